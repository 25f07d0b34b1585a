"""Random graphs of operations, with shared values: value and gradient are JAX's."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniml.transforms import value_and_grad
from tests.program.table import QUICK

jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")

pytestmark = pytest.mark.jax

ONE: dict[str, Callable[[Any, Any], Any]] = {
    "tanh": lambda np, a: np.tanh(a),
    "sin": lambda np, a: np.sin(a),
    "square": lambda np, a: a * a * 0.1,
    "relu": lambda np, a: np.maximum(a, 0.0),
    "softplus": lambda np, a: np.logaddexp(0.0, a),
    "half": lambda np, a: a / 2.0 - 0.25,
    "root": lambda np, a: np.sqrt(a * a + 1.0),
    "abs": lambda np, a: np.abs(a),
    "clip": lambda np, a: np.clip(a, -1.0, 1.5),
    "centred": lambda np, a: a - np.mean(a),
    "softmax": lambda np, a: np.exp(a - np.max(a)) / np.sum(np.exp(a - np.max(a))),
    "sum of rows": lambda np, a: np.sum(a, axis=0, keepdims=True),
    "largest": lambda np, a: np.max(a, axis=-1, keepdims=True),
    "product": lambda np, a: np.prod(np.tanh(a), axis=-1, keepdims=True),
    "spread": lambda np, a: np.var(a, axis=0),
    "cumsum": lambda np, a: np.cumsum(a, axis=-1),
    "sort": lambda np, a: np.sort(a, axis=-1),
    "flip": lambda np, a: np.flip(a, 0),
    "roll": lambda np, a: np.roll(a, 1, axis=-1),
    "first": lambda np, a: a[:1],
    "twice": lambda np, a: a[np.asarray([0, -1, 0])],
    "strided": lambda np, a: a[..., ::-2],
    "gram": lambda np, a: 0.3 * (a @ a.T),
    "flat": lambda np, a: np.reshape(a, (1, -1)),
    "copied": lambda np, a: np.concatenate([a, a], axis=0)[1:],
    "stopped": lambda np, a: np.sign(a) * a,
}
TWO: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add": lambda np, a, b: a + b,
    "subtract": lambda np, a, b: a - b,
    "multiply": lambda np, a, b: a * b,
    "divide": lambda np, a, b: a / (b * b + 1.0),
    "maximum": lambda np, a, b: np.maximum(a, b + 0.01),
    "logaddexp": lambda np, a, b: np.logaddexp(a, b),
    "where": lambda np, a, b: np.where(a > 0.1, a, b),
    "hypot": lambda np, a, b: np.hypot(a, b + 3.0),
}
SHAPES = [(3, 4), (1, 4), (3, 1)]


@pytest.fixture(autouse=True, scope="module")
def _double_precision() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[Any], Callable[[Any, list[Any]], Any]]:
    """Draw arrays, and a function of a namespace and of them: a random graph of operations."""
    dtypes = draw(st.sampled_from([("f8", "f8"), ("f8", "f4")]))
    shapes = [draw(st.sampled_from(SHAPES)) for _ in dtypes]
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    arrays = [rng.uniform(-2, 2, s).astype(d) for s, d in zip(shapes, dtypes, strict=True)]
    steps: list[tuple[Callable[..., Any], tuple[int, ...]]] = []
    known = list(shapes)
    for _ in range(draw(st.integers(1, 6))):
        chosen = draw(st.sampled_from([*ONE, *TWO]))
        count = 1 if chosen in ONE else 2
        operands = tuple(draw(st.integers(0, len(known) - 1)) for _ in range(count))
        rule: Callable[..., Any] = ONE[chosen] if chosen in ONE else TWO[chosen]
        try:
            shape = rule(np, *(np.ones(known[i]) for i in operands)).shape
        except ValueError:  # the shapes do not fit
            continue
        if len(shape) == 2 and np.prod(shape) <= 64:
            steps.append((rule, operands))
            known.append(shape)

    def function(namespace: Any, inputs: list[Any]) -> Any:
        values = list(inputs)
        for rule, operands in steps:
            values.append(rule(namespace, *(values[i] for i in operands)))
        return sum(namespace.sum(v * 0.7) for v in values[-3:])

    return arrays, function


@settings(max_examples=25, deadline=None)
@given(programs())
def test_random_graph(program: tuple[list[Any], Callable[[Any, list[Any]], Any]]) -> None:
    """The value, the gradient and the gradient's dtypes of a random graph are JAX's."""
    arrays, function = program
    value, gradient = value_and_grad(lambda inputs: function(np, inputs))(arrays)
    oracle = jax.jit(jax.value_and_grad(lambda inputs: function(jnp, inputs))).lower(arrays)
    expected, slopes = oracle.compile(compiler_options=QUICK)(arrays)
    exact = all(a.dtype == np.float64 for a in arrays)
    rtol, atol = (1e-9, 1e-10) if exact else (1e-4, 1e-5)
    np.testing.assert_allclose(value, expected, rtol=rtol, atol=atol)
    for array, g, e in zip(arrays, gradient, slopes, strict=True):
        assert g.dtype == array.dtype
        np.testing.assert_allclose(g, np.asarray(e), rtol=rtol, atol=atol)
