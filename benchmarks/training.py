"""Measure the time to a target loss against scikit-learn, PyTorch and JAX with Optax.

Run it: `python benchmarks/training.py [--tasks NAME ...] [--points N] [--repeats N]`.

The peers take turns in one process, each after a pause and untimed runs. A time runs from arrays in
memory to parameters whose loss is at or below the target. "first" is a peer's first run at the
loosest tolerance, tracing and compiling included; "then" is the median of the later runs. One
function computes the final loss of all peers. PyTorch is left out if it is not installed.

- breast-cancer, digits odd/even, a million (1,000,000 x 30 float32, drawn by Philox from known
  weights): logistic regression with a ridge of 1e-2 / 2 on the weights. The target is the optimum
  plus 1e-6 (1e-4 for the million). Each peer runs with the loosest tolerance of a common ladder
  that reaches the target.
- net: a 64-32-1 net with tanh on digits odd/even, by Adam with a learning rate of 3e-3 in batches of 64,
  until the mean log-loss, computed after each epoch, is below 0.02.
"""

import argparse
import importlib.util
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

import miniml as ml
from miniml.datasets import Standardizer, breast_cancer

_HAS_TORCH = importlib.util.find_spec("torch") is not None

RIDGE = 1e-2
LADDER = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6, 1e-7)
RATE, BATCH, HIDDEN = 3e-3, 64, 32
GOLDEN = {"breast-cancer": 0.099591375485, "digits": 0.222935641539}
Found = tuple[NDArray[Any], float]


@attrs.frozen
class Task:
    """Points, labels -1 and +1, and the loss to reach."""

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    target: float

    def loss(self, found: Found) -> float:
        w, b = np.asarray(found[0], np.float64), float(found[1])
        margins = self.y.astype(np.float64) * (self.x.astype(np.float64) @ w + b)
        return float(np.mean(np.logaddexp(0.0, -margins)) + RIDGE / 2 * (w @ w))


def ridge_loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
    total: ml.Scalar = ml.mean_loss(params, data) + RIDGE / 2 * np.sum(np.square(params.w))
    return total


# --- Logistic regression: each peer makes a run from a task and a tolerance ------------------


def by_miniml(task: Task, tolerance: float) -> Found:
    start = ml.Linear(np.zeros(task.x.shape[1], task.x.dtype), np.zeros((), task.x.dtype))
    data = ml.Dataset(task.x, task.y)
    params = ml.lbfgs(ridge_loss, start, data, tolerance=tolerance).state.params
    return params.w, float(params.b)


def by_scikit_learn(solver: str) -> Callable[[Task, float], Found]:
    from sklearn.linear_model import LogisticRegression

    def run(task: Task, tolerance: float) -> Found:
        strength = 1.0 / (RIDGE * len(task.x))
        fitted = LogisticRegression(C=strength, solver=solver, tol=tolerance, max_iter=10_000)
        fitted.fit(task.x, task.y)
        return fitted.coef_[0], float(fitted.intercept_[0])

    return run


def by_sgd_classifier(task: Task, tolerance: float) -> Found:
    from sklearn.linear_model import SGDClassifier

    fitted = SGDClassifier(
        loss="log_loss",
        alpha=RIDGE,
        tol=tolerance * 1e-2,
        max_iter=2000,
        average=True,
        random_state=0,
    ).fit(task.x, task.y)
    return fitted.coef_[0], float(fitted.intercept_[0])


def by_torch(task: Task, tolerance: float) -> Found:
    import torch

    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    w = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    b = torch.zeros((), dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [w, b],
        max_iter=1000,
        tolerance_grad=tolerance,
        tolerance_change=0.0,
        history_size=10,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Any:
        optimizer.zero_grad()
        losses = torch.nn.functional.softplus(-y * (x @ w + b))
        loss = losses.mean() + RIDGE / 2 * (w @ w)
        loss.backward()
        return loss

    optimizer.step(closure)
    return w.detach().numpy(), float(b)


def by_jax() -> Callable[[Task, float], Found]:
    import jax
    import jax.numpy as jnp
    import optax

    def loss(params: Any, x: Any, y: Any) -> Any:
        w, b = params
        return jnp.mean(jax.nn.softplus(-y * (x @ w + b))) + RIDGE / 2 * (w @ w)

    optimizer = optax.lbfgs(memory_size=10)

    def minimize(x: Any, y: Any, tolerance: Any) -> Any:
        def of(params: Any) -> Any:
            return loss(params, x, y)

        value_and_grad = optax.value_and_grad_from_state(of)

        def step(carry: Any) -> Any:
            params, state, _, number = carry
            value, grads = value_and_grad(params, state=state)
            updates, state = optimizer.update(
                grads, state, params, value=value, grad=grads, value_fn=of
            )
            params = optax.apply_updates(params, updates)
            norm = optax.tree.norm(optax.tree.get(state, "grad"), ord=jnp.inf)
            return params, state, norm, number + 1

        start = (jnp.zeros(x.shape[1], x.dtype), jnp.zeros((), x.dtype))
        first = (start, optimizer.init(start), jnp.asarray(jnp.inf, x.dtype), 0)
        return jax.lax.while_loop(lambda c: (c[2] > tolerance) & (c[3] < 1000), step, first)[0]

    program = jax.jit(minimize)

    def run(task: Task, tolerance: float) -> Found:
        w, b = program(task.x, task.y, tolerance)
        return np.asarray(w), float(b)

    return run


# --- A net: each peer makes an iterator of losses, one per epoch ------------------------------


def net_loss(params: ml.MLP, data: ml.Dataset) -> ml.Scalar:
    return ml.mean_loss(params, data)


def net_by_miniml(task: Task) -> Iterator[float]:
    net = ml.MLP.init(np.random.default_rng(0), task.x.shape[1], (HIDDEN,), activation=np.tanh)
    data = ml.Dataset(task.x, task.y)
    states = ml.train(net_loss, net, data, ml.adam(RATE), batch_size=BATCH)
    loss = ml.jit(net_loss)
    steps = -(-len(task.x) // BATCH)
    while True:
        params = next(islice(states, steps - 1, None)).params
        yield float(loss(params, data))


def net_by_scan() -> Callable[[Task], Iterator[float]]:
    """Return an epoch as one program, as JAX users write it, with all parameters in one vector."""
    optimizer = ml.adam(RATE)

    def epoch(vector: Any, state: Any, net: ml.MLP, data: ml.Dataset, order: Any) -> Any:
        _, unravel = ml.ravel(net)

        def loss(vector: Any, batch: ml.Dataset) -> ml.Scalar:
            return net_loss(unravel(vector), batch)

        def step(carry: Any, batch: ml.Dataset) -> tuple[Any, None]:
            vector, state = carry
            updates, state = optimizer.update(ml.grad(loss)(vector, batch), state, vector)
            return (ml.apply_updates(vector, updates), state), None

        shuffled = ml.tree_map(lambda leaf: leaf[order], data)
        count = len(order) // BATCH
        batches = ml.tree_map(
            lambda leaf: leaf[: count * BATCH].reshape(count, BATCH, *leaf.shape[1:]), shuffled
        )
        carry, _ = ml.scan(step, (vector, state), batches)
        if count * BATCH < len(order):
            carry, _ = step(carry, ml.tree_map(lambda leaf: leaf[count * BATCH :], shuffled))
        return *carry, loss(carry[0], data)

    program = ml.jit(epoch)

    def run(task: Task) -> Iterator[float]:
        net = ml.MLP.init(np.random.default_rng(0), task.x.shape[1], (HIDDEN,), activation=np.tanh)
        data = ml.Dataset(task.x, task.y)
        vector, _ = ml.ravel(net)
        state = optimizer.init(vector)
        rng = np.random.default_rng(0)
        while True:
            vector, state, value = program(vector, state, net, data, rng.permutation(len(task.x)))
            yield float(value)

    return run


def net_by_scikit_learn(task: Task) -> Iterator[float]:
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(
        (HIDDEN,),
        activation="tanh",
        alpha=0.0,
        batch_size=BATCH,
        learning_rate_init=RATE,
        random_state=0,
    )
    right = (task.y > 0).astype(int)
    while True:
        net.partial_fit(task.x, task.y, classes=[-1.0, 1.0])
        chances = net.predict_proba(task.x)[np.arange(len(right)), right]
        yield float(-np.mean(np.log(np.maximum(chances, 1e-300))))


def net_by_torch(task: Task) -> Iterator[float]:
    import torch

    torch.manual_seed(0)
    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.Tanh(), torch.nn.Linear(HIDDEN, 1)
    ).to(x.dtype)
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    while True:
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            torch.nn.functional.softplus(-y[rows] * net(x[rows])[:, 0]).mean().backward()
            optimizer.step()
        with torch.no_grad():
            yield float(torch.nn.functional.softplus(-y * net(x)[:, 0]).mean())


def net_by_jax() -> Callable[[Task], Iterator[float]]:
    import jax
    import jax.numpy as jnp
    import optax

    optimizer = optax.adam(RATE)

    def loss(params: Any, x: Any, y: Any) -> Any:
        (w1, b1), (w2, b2) = params
        return jnp.mean(jax.nn.softplus(-y * (jnp.tanh(x @ w1 + b1) @ w2 + b2)))

    def epoch(carry: Any, x: Any, y: Any, order: Any) -> Any:
        def step(carry: Any, rows: Any) -> Any:
            params, state = carry
            grads = jax.grad(loss)(params, x[rows], y[rows])
            updates, state = optimizer.update(grads, state, params)
            return (optax.apply_updates(params, updates), state), None

        whole = len(order) // BATCH * BATCH  # the rest of an epoch is a separate step
        carry, _ = jax.lax.scan(step, carry, order[:whole].reshape(-1, BATCH))
        if whole < len(order):
            carry, _ = step(carry, order[whole:])
        return carry, loss(carry[0], x, y)

    program = jax.jit(epoch)

    def run(task: Task) -> Iterator[float]:
        net = ml.MLP.init(np.random.default_rng(0), task.x.shape[1], (HIDDEN,))
        params = tuple((layer.w, layer.b) for layer in net.layers)
        carry = (params, optimizer.init(params))
        rng = np.random.default_rng(0)
        while True:
            carry, value = program(carry, task.x, task.y, rng.permutation(len(task.x)))
            yield float(value)

    return run


# --- Running them ---------------------------------------------------------------------------


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def settled(run: Callable[[], Any]) -> float:
    """Return the seconds of a run, the mean over about 40 ms of runs.

    Untimed runs go before, until the threads of the previous peer no longer spin. There is no pause
    between, since the processor is often slow for a while after one.
    """
    for seconds in (0.3, 0.04):
        number = 0
        start = now = time.perf_counter()
        while now - start < seconds:
            run()
            number += 1
            now = time.perf_counter()
    return (now - start) / number


def table(task: Task, rows: dict[str, tuple[float, list[float], str]]) -> None:
    print(f"\n{task.name}: loss {task.target:.9f}")
    print(f"{'':32}{'first ms':>10}{'then ms':>10}{'ratio':>8}  setting")
    ours = statistics.median(rows["miniml"][1])
    for name, (cold, warm, setting) in sorted(
        rows.items(), key=lambda row: statistics.median(row[1][1])
    ):
        middle = statistics.median(warm)
        print(f"{name:32}{1e3 * cold:10.2f}{1e3 * middle:10.2f}{middle / ours:8.2f}  {setting}")


def convex(task: Task, repeats: int) -> None:
    peers: dict[str, Callable[[Task, float], Found]] = {
        "miniml": by_miniml,
        "scikit-learn, lbfgs": by_scikit_learn("lbfgs"),
        "scikit-learn, newton-cholesky": by_scikit_learn("newton-cholesky"),
        "scikit-learn, SGDClassifier": by_sgd_classifier,
        **({"torch eager, LBFGS": by_torch} if _HAS_TORCH else {}),
        "jax + optax, lbfgs": by_jax(),
    }
    settings: dict[str, float] = {}
    cold: dict[str, float] = {}
    for name, run in peers.items():
        cold[name], _ = timed(lambda run=run: run(task, LADDER[0]))  # type: ignore[misc]  # bound
        for tolerance in LADDER:
            spent, found = timed(lambda run=run, tolerance=tolerance: run(task, tolerance))  # type: ignore[misc]  # bound
            if task.loss(found) <= task.target:
                settings[name] = tolerance
                break
            if spent > 30.0:
                break
        if name not in settings:
            print(f"{task.name}: {name} does not reach the target", file=sys.stderr)
    warm: dict[str, list[float]] = {name: [] for name in settings}
    for _ in range(repeats):
        for name, tolerance in settings.items():
            warm[name].append(settled(lambda name=name, t=tolerance: peers[name](task, t)))  # type: ignore[misc]  # bound
    table(
        task,
        {name: (cold[name], warm[name], f"tolerance {tol:g}") for name, tol in settings.items()},
    )


def net(task: Task, repeats: int) -> None:
    peers: dict[str, Callable[[Task], Iterator[float]]] = {
        "miniml": net_by_miniml,
        "miniml, an epoch a program": net_by_scan(),
        "scikit-learn, MLPClassifier": net_by_scikit_learn,
        **({"torch eager": net_by_torch} if _HAS_TORCH else {}),
        "jax + optax, an epoch a program": net_by_jax(),
    }

    def epochs(run: Callable[[Task], Iterator[float]]) -> int:
        return next(
            n for n, value in zip(count(1), run(task), strict=False) if value <= task.target
        )

    rows: dict[str, tuple[float, list[float], str]] = {}
    for name, run in peers.items():
        cold, number = timed(lambda run=run: epochs(run))  # type: ignore[misc]  # bound
        rows[name] = (cold, [], f"{number} epochs")
    for _ in range(repeats):
        for name, run in peers.items():
            rows[name][1].append(settled(lambda run=run: epochs(run)))  # type: ignore[misc]  # bound
    table(task, rows)


def optimum(x: NDArray[Any], y: NDArray[Any]) -> float:
    task = Task("", x.astype(np.float64), y.astype(np.float64), 0.0)
    return task.loss(by_scikit_learn("newton-cholesky")(task, 1e-9))


def million(points: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Draw shards of 100,000 points, each from a separate generator."""
    known = np.random.Generator(np.random.Philox(key=(0, 0))).standard_normal(30) / 3.0
    xs: list[NDArray[Any]] = []
    ys: list[NDArray[Any]] = []
    for shard in range(1, -(-points // 100_000) + 1):
        rng = np.random.Generator(np.random.Philox(key=(0, shard)))
        size = min(100_000, points - 100_000 * (shard - 1))
        x = rng.standard_normal((size, 30), dtype=np.float32)
        chance = 1.0 / (1.0 + np.exp(-(x @ known)))
        xs.append(x)
        ys.append(np.where(rng.random(size) < chance, 1.0, -1.0).astype(np.float32))
    return np.concatenate(xs), np.concatenate(ys)


def digits() -> tuple[NDArray[Any], NDArray[Any]]:
    from sklearn.datasets import load_digits

    x, number = load_digits(return_X_y=True)
    return Standardizer.of(x)(x), np.where(number % 2 == 1, 1.0, -1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    names = ("breast-cancer", "digits", "net", "million")
    parser.add_argument("--tasks", nargs="+", choices=names, default=names)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    import jax

    jax.config.update("jax_enable_x64", True)
    for name in options.tasks:
        if name == "breast-cancer":
            data = breast_cancer().data
            x, y = Standardizer.of(data.x)(data.x), data.y
            convex(Task("breast-cancer, 569 x 30", x, y, GOLDEN[name] + 1e-6), options.repeats)
        elif name == "digits":
            x, y = digits()
            convex(Task("digits odd/even, 1,797 x 64", x, y, GOLDEN[name] + 1e-6), options.repeats)
        elif name == "net":
            net(
                Task("net 64-32-1 on digits odd/even", *digits(), 0.02),
                max(3, options.repeats // 3),
            )
        else:
            x, y = million(options.points)
            title = f"{options.points:,} x 30 float32"
            convex(Task(title, x, y, optimum(x, y) + 1e-4), max(3, options.repeats // 3))


if __name__ == "__main__":
    main()
