"""Losses as in research: plain NumPy, with parameters and data for each."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from scipy import special

import miniml as ml

Loss: TypeAlias = Callable[..., Any]
Make: TypeAlias = Callable[[Generator], tuple[Any, ...]]

MODELS: dict[str, tuple[Loss, Make]] = {}
"""Each loss, and what makes its arguments, the parameters first."""


def model(make: Make) -> Callable[[Loss], Loss]:
    """Add a loss."""

    def add(loss: Loss) -> Loss:
        MODELS[loss.__name__] = loss, make
        return loss

    return add


def normal(rng: Generator, **shapes: tuple[int, ...] | int) -> dict[str, Any]:
    return {name: 0.5 * rng.normal(size=shape) for name, shape in shapes.items()}


def make_transformer(rng: Generator) -> tuple[Any, ...]:
    p: dict[str, Any] = normal(
        rng, embed=(11, 8), place=(6, 8), qkv=(3, 8, 8), out=(8, 8), up=(8, 16), down=(16, 8)
    )
    p["norms"] = [{"gain": 1.0 + rng.normal(size=8), "shift": rng.normal(size=8)} for _ in "ab"]
    return p, rng.integers(0, 11, (9, 7))


def layer_norm(p: Any, x: Any) -> Any:
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) * p["gain"] + p["shift"]


@model(make_transformer)
def transformer(p: Any, tokens: Any) -> Any:
    x, y = tokens[:, :-1], tokens[:, 1:]
    (b, t), heads = x.shape, 2
    h = p["embed"][x] + p["place"]
    z = layer_norm(p["norms"][0], h)
    q, k, v = (np.einsum("btd,de->bte", z, w).reshape(b, t, heads, -1) for w in p["qkv"])
    scores = np.einsum("bihd,bjhd->bhij", q, k) / np.sqrt(q.shape[-1])
    scores = np.where(np.tril(np.ones((t, t), dtype=bool)), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    h = h + np.einsum("bhij,bjhd->bihd", weights, v).reshape(b, t, -1) @ p["out"]
    z = layer_norm(p["norms"][1], h) @ p["up"]
    h = h + 0.5 * z * (1.0 + special.erf(z / np.sqrt(2.0))) @ p["down"]
    logits = h @ p["embed"].T  # tied weights
    log_p = logits - np.log(np.sum(np.exp(logits), axis=-1, keepdims=True))
    return -np.mean(np.take_along_axis(log_p, y[..., None], axis=-1))


@model(
    lambda rng: (
        normal(rng, kernel=(3, 3, 2, 4), w=(4, 3)),
        rng.normal(size=(9, 6, 6, 2)),
        rng.integers(0, 3, 9),
    )
)
def convolution(p: Any, images: Any, labels: Any) -> Any:
    b, rows, columns, _ = images.shape
    padded = np.pad(images, [(0, 0), (1, 1), (1, 1), (0, 0)])
    h: Any = 0.0
    for i in range(3):
        for j in range(3):
            h = h + padded[:, i : i + rows, j : j + columns] @ p["kernel"][i, j]
    pooled = np.maximum(h, 0.0).reshape(b, rows // 2, 2, columns // 2, 2, -1).max(axis=(2, 4))
    logits = pooled.mean(axis=(1, 2)) @ p["w"]
    return np.mean(np.log(np.exp(logits).sum(1)) - logits[np.arange(b), labels])


@model(
    lambda rng: (
        normal(rng, x=(3, 8), h=(2, 8), b=8, out=2),
        rng.normal(size=(9, 4, 3)),
        rng.normal(size=9),
    )
)
def lstm(p: Any, x: Any, y: Any) -> Any:
    h = c = np.zeros((len(x), 2))
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ p["x"] + h @ p["h"] + p["b"], 4, axis=-1)
        c = special.expit(f + 1.0) * c + special.expit(i) * np.tanh(g)
        h = special.expit(o) * np.tanh(c)
    return np.mean((h @ p["out"] - y) ** 2)


@model(
    lambda rng: (
        normal(rng, code=(5, 8), mean=(8, 2), spread=(8, 2), decode=(2, 5)),
        (rng.random((20, 5)) > 0.5).astype(float),
        rng.normal(size=(20, 2)),
    )
)
def variational(p: Any, x: Any, noise: Any) -> Any:
    h = np.tanh(x @ p["code"])
    mean, log_var = h @ p["mean"], h @ p["spread"]
    logits = (mean + np.exp(0.5 * log_var) * noise) @ p["decode"]
    rebuilt = np.maximum(logits, 0) - logits * x + np.log1p(np.exp(-np.abs(logits)))
    divergence = -0.5 * np.sum(1.0 + log_var - mean**2 - np.exp(log_var), axis=1)
    return np.mean(np.sum(rebuilt, axis=1) + divergence)


@model(
    lambda rng: (
        {"length": 0.3, "scale": 0.2, "noise": -1.0},
        rng.uniform(0, 5, (12, 1)),
        rng.normal(size=12),
    )
)
def gaussian_process(p: Any, x: Any, y: Any) -> Any:
    n = len(y)
    distance = np.sum((x[:, None, :] - x[None, :, :]) ** 2, axis=-1)
    kernel = np.exp(p["scale"] - 0.5 * distance / np.exp(2.0 * p["length"]))
    root = np.linalg.cholesky(kernel + np.exp(2.0 * p["noise"]) * np.eye(n))
    alpha = np.linalg.solve(root.T, np.linalg.solve(root, y))
    fit = 0.5 * y @ alpha + np.sum(np.log(np.diag(root))) + 0.5 * n * np.log(2.0 * np.pi)
    return fit - special.gammaln(np.exp(p["length"]))


@model(
    lambda rng: ({**normal(rng, a=(2, 2), c=(1, 2)), "q": -1.0, "r": -0.5}, rng.normal(size=(5, 1)))
)
def kalman(p: Any, observed: Any) -> Any:
    a, c = p["a"], p["c"]
    mean, spread, total = np.zeros(2), np.eye(2), 0.0
    for y in observed:
        mean, spread = a @ mean, a @ spread @ a.T + np.exp(p["q"]) * np.eye(2)
        s = c @ spread @ c.T + np.exp(p["r"]) * np.eye(1)
        off = y - c @ mean
        total += 0.5 * (off @ np.linalg.solve(s, off) + np.linalg.slogdet(s)[1])
        gain = np.linalg.solve(s, c @ spread).T
        mean, spread = mean + gain @ off, spread - gain @ s @ gain.T
    return total


@model(lambda rng: (normal(rng, pi=3, mu=(3, 2), log_s=(3, 2)), rng.normal(size=(40, 2))))
def mixture(p: Any, x: Any) -> Any:
    d = (x[:, None] - p["mu"]) / np.exp(p["log_s"])
    parts = p["pi"] - 0.5 * np.sum(d * d, -1) - np.sum(p["log_s"], -1)
    top = np.max(parts, axis=1)
    inside = np.log(np.sum(np.exp(parts - top[:, None]), axis=1))
    return -np.mean(top + inside - np.log(np.sum(np.exp(p["pi"]))))


@model(
    lambda rng: (rng.normal(size=4), rng.normal(size=(30, 4)), rng.random(30), rng.random(30) > 0.3)
)
def proportional_hazards(w: Any, x: Any, time: Any, event: Any) -> Any:
    order = np.argsort(-time)
    risk, event = (x @ w)[order], event[order]
    return -np.sum((risk - np.log(np.cumsum(np.exp(risk)))) * event) / np.sum(event)


@model(
    lambda rng: (normal(rng, w=(3, 4), turn=(4, 4)), rng.normal(size=(6, 3)), rng.integers(0, 4, 6))
)
def random_field(p: Any, x: Any, tags: Any) -> Any:
    unary, turn = x @ p["w"], p["turn"]
    score = unary[np.arange(len(tags)), tags].sum() + turn[tags[:-1], tags[1:]].sum()
    alpha = unary[0]
    for u in unary[1:]:
        alpha = u + ml.logsumexp(alpha[:, None] + turn, axis=0)
    return ml.logsumexp(alpha) - score


@model(
    lambda rng: ({"a": 1.1, "b": 0.4, "c": 0.4, "d": 0.1}, np.abs(rng.normal(size=(3, 2))) + 1.0)
)
def predator_and_prey(p: Any, seen: Any) -> Any:
    def slope(z: Any) -> Any:
        x, y = z[..., 0], z[..., 1]
        return np.stack([p["a"] * x - p["b"] * x * y, p["d"] * x * y - p["c"] * y], axis=-1)

    z, h, path = np.asarray([5.0, 3.0]), 0.1, []
    for _ in range(len(seen)):
        k1 = slope(z)
        k2 = slope(z + h / 2 * k1)
        k3 = slope(z + h / 2 * k2)
        z = z + h / 6 * (k1 + 2 * k2 + 2 * k3 + slope(z + h * k3))
        path.append(z)
    return np.mean((np.log(np.stack(path)) - np.log(seen)) ** 2)


@model(
    lambda rng: (
        normal(rng, u=(10, 3), v=(8, 3), bias=10),
        rng.integers(0, 10, 60),
        rng.integers(-8, 8, 60),
        rng.normal(size=60),
    )
)
def factorisation(p: Any, i: Any, j: Any, rating: Any) -> Any:
    error = np.sum(p["u"][i] * p["v"][j], axis=1) + p["bias"][i] - rating
    return np.mean(error**2) + 0.01 * sum(np.sum(a**2) for a in p.values())


@model(
    lambda rng: (normal(rng, u=(10, 3), v=(8, 3)), np.where(rng.random((10, 8)) < 0.4, np.nan, 1.0))
)
def holes(p: Any, x: Any) -> Any:
    known = ~np.isnan(x)
    return np.sum(np.where(known, p["u"] @ p["v"].T - np.nan_to_num(x), 0.0) ** 2) / known.sum()


@model(lambda rng: (normal(rng, w=(4, 3)), rng.normal(size=(12, 4)), rng.normal(size=(12, 4))))
def contrastive(p: Any, a: Any, b: Any) -> Any:
    a, b = a @ p["w"], b @ p["w"]
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    scores = a @ (b / np.linalg.norm(b, axis=-1, keepdims=True)).T / 0.1
    nearest = np.maximum(0.0, np.linalg.norm(a - b, axis=1) - 0.5)
    return np.mean(ml.logsumexp(scores, axis=1) - np.diag(scores)) + np.mean(nearest)


@model(lambda rng: (rng.normal(size=4), rng.normal(size=(50, 4)), rng.integers(0, 2, 50)))
def robust(w: Any, x: Any, y: Any) -> Any:
    score = x @ w
    p = special.expit(score)
    right = np.where(y == 1, p, 1.0 - p)
    focal = -((1.0 - right) ** 2.0) * np.log(np.clip(right, 1e-7, 1.0))
    r, tau = np.abs(y - score), np.asarray([0.1, 0.9])[:, None]
    quantile = np.maximum(tau * (y - score), (tau - 1.0) * (y - score))
    return np.mean(focal + np.where(r <= 1.0, 0.5 * r**2, r - 0.5)) + np.mean(quantile)


@model(
    lambda rng: (
        normal(rng, w=(4, 6), gain=6, shift=6, out=6),
        rng.normal(size=(32, 4)),
        rng.normal(size=32),
        rng.random((32, 6)) < 0.8,
    )
)
def batch_norm(p: Any, x: Any, y: Any, keep: Any) -> Any:
    h = x @ p["w"]
    h = (h - h.mean(0)) / np.sqrt(h.var(0) + 1e-5) * p["gain"] + p["shift"]
    return np.mean((np.maximum(h, 0.0) * keep / 0.8 @ p["out"] - y) ** 2)


@model(
    lambda rng: (
        {**normal(rng, w=3), "log_r": 0.4},
        rng.normal(size=(50, 3)),
        rng.poisson(2.0, 50) * 1.0,
    )
)
def counts(p: Any, x: Any, y: Any) -> Any:
    mean, r = np.exp(x @ p["w"]), np.exp(p["log_r"])
    ways = special.gammaln(y + r) - special.gammaln(r) - special.gammaln(y + 1.0)
    return -np.mean(ways + r * np.log(r / (r + mean)) + special.xlogy(y, mean / (r + mean)))


@model(lambda rng: (rng.normal(size=4), rng.normal(size=(20, 3)), rng.normal(size=(20, 3))))
def rotation(q: Any, x: Any, y: Any) -> Any:
    q = q / np.sqrt(q @ q)
    t = 2.0 * np.cross(q[1:], x)
    return np.mean(np.sum((x + q[0] * t + np.cross(q[1:], t) - y) ** 2, axis=-1))


@model(lambda rng: ({"scale": np.abs(rng.normal(size=4)) + 0.5}, rng.normal(size=(30, 4))))
def principal_components(p: Any, x: Any) -> Any:
    x = x * p["scale"]
    x = x - x.mean(0)
    values, vectors = np.linalg.eigh(x.T @ x / (len(x) - 1))
    rest = x - (x @ vectors[:, -2:]) @ vectors[:, -2:].T
    return (
        np.mean(rest**2) + values[-1] / values.sum() + np.linalg.svd(x, full_matrices=False)[1][0]
    )


@model(
    lambda rng: (
        {**normal(rng, w=3), "b": 0.1},
        rng.normal(size=(2, 10, 3)),
        rng.normal(size=(2, 10)),
    )
)
def learning_to_learn(p: Any, tasks: Any, answers: Any) -> Any:
    def error(q: Any, x: Any, y: Any) -> Any:
        return np.mean((np.tanh(x @ q["w"]) + q["b"] - y) ** 2)

    total: Any = 0.0
    for x, y in zip(tasks, answers, strict=True):
        step = ml.grad(error)(p, x[:5], y[:5])
        total = total + error({name: p[name] - 0.1 * step[name] for name in p}, x[5:], y[5:])
    return total


@model(lambda rng: (normal(rng, x=8, t=8, b=8, out=8), rng.random(30), rng.random(30)))
def physics(p: Any, x: Any, t: Any) -> Any:
    def u(x: Any, t: Any) -> Any:
        return np.tanh(x[:, None] * p["x"] + t[:, None] * p["t"] + p["b"]) @ p["out"]

    by_x = ml.grad(lambda x, t: np.sum(u(x, t)))
    by_xx = ml.grad(lambda x, t: np.sum(by_x(x, t)))
    by_t = ml.grad(lambda t, x: np.sum(u(x, t)))
    return np.mean((by_t(t, x) + u(x, t) * by_x(x, t) - 0.1 * by_xx(x, t)) ** 2)


@model(lambda rng: (normal(rng, moves=(4, 4), start=4, means=4), rng.normal(size=40)))
def hidden_states(p: Any, seen: Any) -> Any:
    moves = p["moves"] - ml.logsumexp(p["moves"], axis=1, keepdims=True)

    def step(chances: Any, x: Any) -> Any:
        chances = ml.logsumexp(chances[:, None] + moves, axis=0) - 0.5 * (x - p["means"]) ** 2
        return chances, ml.logsumexp(chances)

    chances, each = ml.scan(step, p["start"] - ml.logsumexp(p["start"]), seen)
    return -ml.logsumexp(chances) + 0.01 * np.sum(np.tanh(each))


@model(
    lambda rng: (
        normal(rng, w=(3, 5), u=(5, 5), b=5, out=5),
        rng.normal(size=(6, 12, 3)),
        rng.normal(size=6),
    )
)
def each_series(p: Any, series: Any, answers: Any) -> Any:
    def error(p: Any, xs: Any, y: Any) -> Any:
        def step(h: Any, x: Any) -> Any:
            return np.tanh(x @ p["w"] + h @ p["u"] + p["b"]), None

        h, _ = ml.scan(step, np.zeros(5), xs)
        return (h @ p["out"] - y) ** 2

    gradients = ml.vmap(ml.grad(error), (None, 0, 0))(p, series, answers)
    return sum(np.sum(np.sum(g, 0) ** 2) - np.sum(g**2) for g in gradients.values())
