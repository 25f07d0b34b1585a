"""Time value and gradient against the peers: one run, interleaved, medians and ratios.

Run `python benchmarks/programs.py`; `--rows linear loop` chooses rows by a part of their name,
`--rounds` sets how often each peer is called in turn, `--memory` measures peak memory instead,
each peer in a separate process. `first` is the time from the Python function to the first result.
OpenBLAS chooses the kernels of NumPy's matrix products by the processor; OPENBLAS_CORETYPE chooses
others, and does not affect JAX and PyTorch.
"""

import argparse
import importlib.metadata
import itertools
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

Timed = Callable[[], Any]


@attrs.frozen
class Row:
    """One line of the table: a loss, hand-written for each peer, and its arguments."""

    name: str
    loss: Callable[[Any], Callable[..., Any]]  # from a NumPy-like module to the loss
    by_hand: Callable[..., Any]
    params: list[Any]
    data: tuple[Any, ...]


def linear(xp: Any) -> Callable[..., Any]:
    def loss(p: Any, x: Any, y: Any) -> Any:
        return xp.mean(xp.logaddexp(xp.zeros_like(y), -y * (x @ p[0] + p[1])))

    return loss


def linear_by_hand(p: Any, x: Any, y: Any) -> Any:
    z = -y * (x @ p[0] + p[1])
    value = np.logaddexp(0, z).mean()
    g = -y / (1 + np.exp(-z)) / np.asarray(len(y), y.dtype)
    return value, [g @ x, g.sum()]


def mlp(activation: str) -> Callable[[Any], Callable[..., Any]]:
    def dialect(xp: Any) -> Callable[..., Any]:
        def loss(p: Any, x: Any, y: Any) -> Any:
            h = x
            for w, b in zip(p[:-2:2], p[1:-2:2], strict=True):
                h = h @ w + b
                h = xp.tanh(h) if activation == "tanh" else xp.maximum(h, xp.zeros_like(h))
            z = (h @ p[-2] + p[-1])[:, 0]
            return xp.mean(xp.logaddexp(xp.zeros_like(y), -y * z))

        return loss

    return dialect


def mlp_by_hand(activation: str) -> Callable[..., Any]:
    def program(p: Any, x: Any, y: Any) -> Any:
        hidden = [x]
        for w, b in zip(p[:-2:2], p[1:-2:2], strict=True):
            a = hidden[-1] @ w + b
            hidden.append(np.tanh(a) if activation == "tanh" else np.maximum(a, 0))
        z = -y * (hidden[-1] @ p[-2] + p[-1])[:, 0]
        value = np.logaddexp(0, z).mean()
        g = (-y / (1 + np.exp(-z)) / np.asarray(len(y), y.dtype))[:, None]
        grads: list[Any] = []
        for k in range(len(hidden) - 1, -1, -1):
            h = hidden[k]
            grads[:0] = [h.T @ g, g.sum(0)]
            if k:
                g = g @ p[2 * k].T
                g *= 1 - h * h if activation == "tanh" else h > 0
        return value, grads

    return program


def softmax(xp: Any) -> Callable[..., Any]:
    def loss(p: Any, x: Any, y: Any) -> Any:
        z = x @ p[0] + p[1]
        z = z - (xp.amax(z, 1) if xp.__name__ == "torch" else xp.max(z, axis=1))[:, None]
        return xp.mean(xp.log(xp.sum(xp.exp(z), axis=1)) - xp.sum(z * y, axis=1))

    return loss


def softmax_by_hand(p: Any, x: Any, y: Any) -> Any:
    z = x @ p[0] + p[1]
    z -= z.max(1, keepdims=True)
    e = np.exp(z)
    s = e.sum(1, keepdims=True)
    value = (np.log(s[:, 0]) - (z * y).sum(1)).mean()
    g = (e / s - y) / np.asarray(len(x), x.dtype)
    return value, [x.T @ g, g.sum(0)]


def loop(xp: Any) -> Callable[..., Any]:
    """Return the slides' `full_loss`: a Python loop over the points."""

    def loss(p: Any, xs: Any, ys: Any) -> Any:
        total = 0.0
        for x, y in zip(xs, ys, strict=True):
            total = total + xp.logaddexp(xp.zeros_like(y), -y * (p[0] * x[0] + p[1] * x[1] + p[2]))
        return total

    return loss


def loop_by_hand(p: Any, x: Any, y: Any) -> Any:
    z = -y * (p[0] * x[:, 0] + p[1] * x[:, 1] + p[2])
    g = -y / (1 + np.exp(-z))
    return np.logaddexp(0, z).sum(), [g @ x[:, 0], g @ x[:, 1], g.sum()]


def points(n: int, d: int, dtype: str) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    single = np.dtype(dtype).type
    x: Any = rng.standard_normal((n, d), single)
    noise: Any = rng.standard_normal(n, single)
    return x, np.sign(x[:, 0] + noise)


def weights(*sizes: int, dtype: str) -> list[Any]:
    rng = np.random.default_rng(1)
    params: list[Any] = []
    for a, b in itertools.pairwise(sizes):
        params += [(rng.normal(size=(a, b)) / a**0.5).astype(dtype), np.zeros(b, dtype)]
    return params


def separator(d: int, dtype: str) -> list[Any]:
    return [np.full(d, 0.1, dtype), np.zeros((), dtype)]


ROWS: dict[str, Callable[[], Row]] = {}


def row(
    name: str,
    loss: Callable[[Any], Callable[..., Any]],
    by_hand: Callable[..., Any],
    params: Callable[[], list[Any]],
    data: Callable[[], tuple[Any, ...]],
) -> None:
    ROWS[name] = lambda: Row(name, loss, by_hand, params(), data())


def mlp_row(name: str, activation: str, sizes: tuple[int, ...], n: int, dtype: str) -> None:
    row(
        name,
        mlp(activation),
        mlp_by_hand(activation),
        lambda: weights(*sizes, dtype=dtype),
        lambda: points(n, sizes[0], dtype),
    )


def classes() -> tuple[Any, Any]:
    x, _ = points(10_000, 784, "f4")
    return x, np.eye(10, dtype="f4")[np.arange(10_000) % 10]


def linear_row(name: str, n: int, d: int, dtype: str) -> None:
    row(name, linear, linear_by_hand, lambda: separator(d, dtype), lambda: points(n, d, dtype))


linear_row("linear, 50 x 2, f64", 50, 2, "f8")
row(
    "loop over 50 points, f64",
    loop,
    loop_by_hand,
    lambda: [np.float64(1.0), np.float64(0.5), np.float64(-1.0)],
    lambda: points(50, 2, "f8"),
)
mlp_row("MLP 2-10-10-1, 200, f64", "tanh", (2, 10, 10, 1), 200, "f8")
linear_row("linear, 100,000 x 30, f64", 100_000, 30, "f8")
mlp_row("MLP 64-256-256-1, 128, f32", "relu", (64, 256, 256, 1), 128, "f4")
mlp_row("MLP 784-512-512-1, 1,024, f32", "relu", (784, 512, 512, 1), 1024, "f4")
mlp_row("MLP 2-64-64-1, 10,000, f64", "tanh", (2, 64, 64, 1), 10_000, "f8")
row(
    "softmax 10,000 x 784 x 10, f32",
    softmax,
    softmax_by_hand,
    lambda: weights(784, 10, dtype="f4"),
    classes,
)
linear_row("logistic, 1,000,000 x 100, f32", 1_000_000, 100, "f4")


def run_miniml(row: Row) -> Timed:
    import miniml as ml

    program = ml.value_and_grad(row.loss(np))
    return lambda: program(row.params, *row.data)


def run_by_hand(row: Row) -> Timed:
    return lambda: row.by_hand(row.params, *row.data)


def run_jax(row: Row) -> Timed:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", val=True)
    program = jax.jit(jax.value_and_grad(row.loss(jnp)))
    params, data = jax.tree.map(jnp.asarray, (row.params, row.data))
    return lambda: jax.block_until_ready(program(params, *data))


def run_autograd(row: Row) -> Timed:
    import autograd
    import autograd.numpy as anp

    program = autograd.value_and_grad(row.loss(anp))
    return lambda: program(row.params, *row.data)


def _torch(row: Row, wrap: Callable[[Any], Any]) -> Timed:
    import torch

    params = [torch.tensor(p, requires_grad=True) for p in row.params]
    data = [torch.tensor(d) for d in row.data]
    loss = wrap(row.loss(torch))

    def run() -> Any:
        value = loss(params, *data)
        return value.item(), torch.autograd.grad(value, params)

    return run


def run_torch(row: Row) -> Timed:
    return _torch(row, lambda loss: loss)


def run_compile(row: Row) -> Timed:
    import torch

    return _torch(row, torch.compile)


PEERS: dict[str, Callable[[Row], Timed]] = {
    "miniml": run_miniml,
    "by hand": run_by_hand,
    "jax.jit": run_jax,
    "torch": run_torch,
    "torch.compile": run_compile,
    "autograd": run_autograd,
}


def flat(result: Any) -> list[Any]:
    value, grads = result
    return [np.asarray(value), *(np.asarray(g) for g in grads)]


def agree(name: str, found: Any, wanted: Any) -> None:
    single = wanted[1].dtype == np.float32
    for a, b in zip(found, wanted, strict=True):
        scale = max(float(np.abs(b).max()), 1e-3)
        error = float(np.abs(a - b).max()) / scale
        assert error < (2e-3 if single else 1e-9), f"{name} disagrees by {error}"


def measure(
    row: Row, rounds: int, seconds: float, peers: list[str]
) -> dict[str, tuple[float, float]]:
    """Return the median and the first time of each peer, in microseconds."""
    runs: dict[str, Timed] = {}
    first: dict[str, float] = {}
    wanted: Any = None
    for peer in peers:
        try:
            start = time.perf_counter()
            run = PEERS[peer](row)
            result = flat(run())
            first[peer] = (time.perf_counter() - start) * 1e6
        except Exception as error:  # noqa: BLE001  # a peer that fails is left out, with the reason
            print(f"  {peer} left out: {type(error).__name__}", file=sys.stderr)
            continue
        wanted = result if wanted is None else wanted
        agree(peer, result, wanted)
        runs[peer] = run
    times: dict[str, list[float]] = {peer: [] for peer in runs}
    stop = time.perf_counter() + seconds
    for turn in range(rounds):
        if turn >= 5 and time.perf_counter() > stop:
            break
        for peer, run in runs.items():
            time.sleep(0.3)  # OpenBLAS's threads of the previous peer spin for this long
            block(run)  # untimed, to warm up
            times[peer].append(block(run))
    return {peer: (statistics.median(times[peer]), first[peer]) for peer in runs}


def block(run: Timed) -> float:
    """Return the microseconds of a call, the mean over about 40 ms of calls."""
    count = 0
    start = now = time.perf_counter()
    while now - start < 0.04:
        run()
        count += 1
        now = time.perf_counter()
    return (now - start) / count * 1e6


def machine() -> str:
    """Describe what the figures depend on beside the code."""
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # has no types

    kernels = {p["architecture"] for p in threadpool_info() if p["internal_api"] == "openblas"}
    names = ("numpy", "jax", "torch", "autograd")
    versions: list[str] = []
    for name in names:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    asked = os.environ.get("OPENBLAS_CORETYPE")
    given = f", asked for by OPENBLAS_CORETYPE={asked}" if asked else ""
    return f"{os.cpu_count()} cores; {', '.join(versions)}; kernels {', '.join(kernels)}{given}"


def table(rows: list[str], peers: list[str], rounds: int, seconds: float) -> None:
    print(machine(), end="\n\n")
    print(
        "| microseconds | " + " | ".join(peers) + " | best peer / miniml | first, ms: miniml, jax |"
    )
    print("|---" * (len(peers) + 3) + "|")
    for name in rows:
        found = measure(ROWS[name](), rounds, seconds, peers)
        cells = [f"{found[p][0]:,.1f}" if p in found else "-" for p in peers]
        best = min(t for p, (t, _) in found.items() if p != "miniml")
        first = ", ".join(f"{found[p][1] / 1e3:,.1f}" for p in ("miniml", "jax.jit") if p in found)
        ratio = best / found["miniml"][0]
        print(f"| {name} | {' | '.join(cells)} | {ratio:.2f} | {first} |", flush=True)


def peak(name: str, peer: str) -> None:
    """Print by how many MiB a run of a row raises this process's peak memory."""
    row = ROWS[name]()
    run = PEERS[peer](row)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        run()
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def memory(rows: list[str], peers: list[str]) -> None:
    print("| MiB over the data | " + " | ".join(peers) + " |")
    print("|---" * (len(peers) + 1) + "|")
    for name in rows:
        cells: list[str] = []
        for peer in peers:
            command = [sys.executable, __file__, "--peak", name, peer]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            cells.append(f"{float(done.stdout):,.0f}" if done.returncode == 0 else "-")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", nargs="*", default=[""], help="parts of the rows' names")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--seconds", type=float, default=20.0, help="at most, for each row")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--peak", nargs=2, metavar=("ROW", "PEER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peak:
        peak(*args.peak)
        return
    rows = [name for name in ROWS if any(part in name for part in args.rows)]
    if args.memory:
        memory(rows, args.peers)
    else:
        table(rows, args.peers, args.rounds, args.seconds)


if __name__ == "__main__":
    main()
