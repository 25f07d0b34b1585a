"""Time Hessians, Hessian products, Jacobians and per-point gradients against JAX, in turns.

Run `python benchmarks/derivatives.py`; `--rounds` sets how often each is called. The table shows
medians in microseconds; `first` is the time from the Python function to the first result, in milliseconds.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import miniml as ml

Timed = Callable[[], Any]


def logistic(xp: Any, points: int, width: int) -> tuple[Any, Any, Any]:
    """Return a regression: its loss at one point, its parameters, and the points."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(points, width)), np.sign(rng.normal(size=points))

    def loss(w: Any, x: Any, y: Any) -> Any:
        return xp.logaddexp(xp.zeros_like(y), -y * (x @ w)) + 0.5e-2 * xp.sum(w * w)

    return loss, rng.normal(size=width) * 0.1, (x, y)


def net(xp: Any, points: int, sizes: Sequence[int]) -> tuple[Any, Any, Any]:
    """Return a tanh network: its loss at one point, its parameters, and the points."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(points, sizes[0])), np.sign(rng.normal(size=points))
    layers = [
        (rng.normal(size=(a, b)) / np.sqrt(a), np.zeros(b)) for a, b in itertools.pairwise(sizes)
    ]

    def loss(layers: Any, x: Any, y: Any) -> Any:
        *hidden, (w, b) = layers
        for u, c in hidden:
            x = xp.tanh(x @ u + c)
        return xp.logaddexp(xp.zeros_like(y), -y * (x @ w + b)[..., 0])

    return loss, layers, (x, y)


def by_miniml(kind: str, loss: Callable[..., Any], params: Any, points: Any) -> Timed:
    def mean(p: Any, x: Any, y: Any) -> Any:
        return np.mean(loss(p, x, y))

    if kind == "each":
        each = ml.vmap(ml.grad(loss), in_axes=(None, 0, 0))
        return lambda: each(params, *points)
    if kind == "hvp":
        product = ml.hvp(mean)
        return lambda: product(params, params, *points)
    if kind == "jacobian":
        jacobian = ml.jacobian(loss)
        return lambda: jacobian(params, *points)
    hessian = ml.hessian(mean)
    return lambda: hessian(params, *points)


def by_jax(kind: str, loss: Any, params: Any, points: Any) -> Timed:
    def mean(p: Any, x: Any, y: Any) -> Any:
        return jnp.mean(loss(p, x, y))

    def product(p: Any, v: Any, x: Any, y: Any) -> Any:
        return jax.jvp(jax.grad(lambda q: mean(q, x, y)), (p,), (v,))[1]

    programs: dict[str, Callable[..., Any]] = {
        "each": jax.jit(jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))),
        "hvp": jax.jit(product),
        "jacobian": jax.jit(jax.jacrev(loss)),
        "hessian": jax.jit(jax.hessian(mean)),
    }
    args = (params, params, *points) if kind == "hvp" else (params, *points)
    on_device = jax.tree.map(jnp.asarray, args)
    return lambda: jax.block_until_ready(programs[kind](*on_device))


ROWS: dict[str, tuple[str, Callable[..., Any], tuple[Any, ...]]] = {
    "Hessian, logistic 569 x 31": ("hessian", logistic, (569, 31)),
    "Hessian, logistic 1,797 x 65": ("hessian", logistic, (1797, 65)),
    "Hessian, MLP 2-10-10-1, 200": ("hessian", net, (200, (2, 10, 10, 1))),
    "Hessian, MLP 8-16-1, 500": ("hessian", net, (500, (8, 16, 1))),
    "product, MLP 2-10-10-1, 200": ("hvp", net, (200, (2, 10, 10, 1))),
    "product, MLP 64-256-256-1, 128": ("hvp", net, (128, (64, 256, 256, 1))),
    "Jacobian, MLP 2-10-10-1, 200": ("jacobian", net, (200, (2, 10, 10, 1))),
    "each point, logistic 1,797 x 65": ("each", logistic, (1797, 65)),
    "each point, MLP 2-10-10-1, 200": ("each", net, (200, (2, 10, 10, 1))),
    "each point, MLP 64-32-1, 500": ("each", net, (500, (64, 32, 1))),
}


def timed(run: Timed) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def settled(run: Timed) -> float:
    """Return the median of several calls, after a few calls that warm up the cache."""
    for _ in range(5):
        run()
    return statistics.median(timed(run) for _ in range(11))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    print(f"{'':34}{'miniml':>10}{'jax.jit':>10}{'ratio':>8}  first ms: miniml, jax")
    for name, (kind, make, sizes) in ROWS.items():
        runs = {
            "miniml": by_miniml(kind, *make(np, *sizes)),
            "jax": by_jax(kind, *make(jnp, *sizes)),
        }
        first = {peer: 1e3 * timed(run) for peer, run in runs.items()}
        ours, theirs = (jax.tree.leaves(run()) for run in runs.values())
        whole = np.concatenate([np.ravel(leaf) for leaf in ours])
        assert whole.size == sum(leaf.size for leaf in theirs), name
        times: dict[str, list[float]] = {peer: [] for peer in runs}
        for _ in range(options.rounds):
            for peer, run in runs.items():
                times[peer].append(1e6 * settled(run))
        middle = {peer: statistics.median(values) for peer, values in times.items()}
        print(
            f"{name:34}{middle['miniml']:10,.1f}{middle['jax']:10,.1f}"
            f"{middle['jax'] / middle['miniml']:8.2f}  {first['miniml']:.1f}, {first['jax']:.0f}"
        )


if __name__ == "__main__":
    main()
