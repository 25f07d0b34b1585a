"""Random programs have the same values after all passes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import miniml as ml

POINTS = 24
Step = Callable[[Any, list[Any]], Any]


def softened(np: Any, x: Any) -> Any:
    """Keep values in a range where every function is smooth and none overflows."""
    return np.tanh(x)


UNARY: list[Callable[[Any, Any], Any]] = [
    lambda np, x: np.exp(softened(np, x)),
    lambda np, x: np.sin(x),
    lambda np, x: np.log1p(x * x),
    lambda np, x: np.sqrt(x * x + 1.0),
    lambda np, x: np.logaddexp(0.0, x),
    lambda np, x: np.maximum(x, 0.3),
    lambda np, x: np.where(x > 0.2, x * x, 0.0),
    lambda np, x: np.abs(x - 0.1),
    lambda np, x: 1.0 / (2.0 + softened(np, x)),
    lambda np, x: np.negative(x),
    lambda np, x: x - np.max(x, axis=-1, keepdims=True),
    lambda np, x: x / (1.0 + np.sum(x * x, axis=-1, keepdims=True)),
    lambda np, x: np.abs(x[:, ::-1] - 0.2),
    lambda np, x: np.concatenate([x[:, 1:], x[:, :1]], axis=1),
    lambda np, x: np.reshape(np.reshape(x, (-1, 2, 2)) * 0.5, (x.shape[0], 4)),
    lambda np, x: np.transpose(np.transpose(x) * 1.5),
    lambda np, x: np.cumsum(x, axis=1) * 0.5,
    lambda np, x: np.sort(softened(np, x), axis=1),
    lambda np, x: np.take(x, np.array([0, 2, 2, 1]), axis=1),
    lambda np, x: np.take_along_axis(x, np.argsort(softened(np, x), axis=1)[:, ::-1], axis=1),
    lambda np, x: x * x[np.arange(POINTS), np.argmax(softened(np, x), axis=1)][:, None],
    lambda np, x: np.prod(softened(np, x), axis=1, keepdims=True) + x,
    lambda np, x: np.reshape(np.reshape(x, (-1, 2))[:, ::-1] * 0.5, (POINTS, 4)),
    lambda np, x: np.pad(x[:, 1:-1], ((0, 0), (1, 1)), mode="edge"),
    lambda np, x: x - np.mean(x, axis=0),
]
BINARY: list[Callable[[Any, Any, Any], Any]] = [
    lambda np, a, b: np.add(a, b),
    lambda np, a, b: np.multiply(a, b),
    lambda np, a, b: np.subtract(a, 0.5 * b),
    lambda np, a, b: np.maximum(a, b),
    lambda np, a, b: a / (1.5 + softened(np, b)),
    lambda np, a, b: np.where(a > b, a, 0.5 * b),
    lambda np, a, b: a * np.sum(b, axis=1, keepdims=True),
]


@st.composite
def losses(draw: st.DrawFn, *, mixing: bool) -> Callable[[Any], Callable[..., Any]]:
    """A loss as a list of steps, each on results of earlier steps."""
    unary = UNARY if mixing else UNARY[:-1]
    steps: list[tuple[Any, int, int]] = []
    for count in range(draw(st.integers(2, 8))):
        function = draw(st.sampled_from([*unary, *BINARY, "w", "b"]))
        steps.append((function, draw(st.integers(0, count)), draw(st.integers(0, count))))

    def dialect(np: Any) -> Callable[..., Any]:
        def loss(p: Any, x: Any, y: Any) -> Any:
            values = [x]
            for function, i, j in steps:
                a, b = values[i], values[j]
                if function == "w":
                    values.append(softened(np, a @ p["w"]))
                elif function == "b":
                    values.append(a * p["b"] + p["c"])
                else:
                    arguments = (a,) if function in UNARY else (a, b)
                    values.append(function(np, *arguments))
            return np.mean((values[-1] @ p["b"] - y) ** 2) + 0.1 * np.sum(p["w"] * p["w"])

        return loss

    return dialect


def arguments() -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    params = {"w": rng.normal(size=(4, 4)) * 0.5, "b": rng.normal(size=4), "c": 0.25}
    return params, rng.normal(size=(POINTS, 4)), rng.normal(size=POINTS)


quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quick
@given(dialect=losses(mixing=True))
def test_program_says_what_its_operations_say(
    dialect: Callable[[Any], Callable[..., Any]],
) -> None:
    """The program's value is that of its operations one by one, and NumPy's."""
    loss, args = dialect(np), arguments()
    found = ml.value_and_grad(loss)(*args)
    assert found[0] == pytest.approx(float(loss(*args)), rel=1e-9, abs=1e-12)
    assert ml.tree_allclose(
        found, ml.value_and_grad(loss, eager=True)(*args), rtol=1e-8, atol=1e-10
    )


@pytest.mark.usefixtures("small_chunks")
@quick
@given(dialect=losses(mixing=False))
def test_chunks_say_what_the_whole_says(dialect: Callable[[Any], Callable[..., Any]]) -> None:
    """If points do not mix, the program is cut, and its values are the same."""
    loss, args = dialect(np), arguments()
    gradient = ml.value_and_grad(loss)
    assert gradient.explain(*args).chunks > 1
    expected = ml.value_and_grad(loss, eager=True)(*args)
    assert ml.tree_allclose(gradient(*args), expected, rtol=1e-8, atol=1e-10)


@pytest.mark.jax
@settings(quick, max_examples=15)
@given(dialect=losses(mixing=True))
def test_program_says_what_jax_says(dialect: Callable[[Any], Callable[..., Any]]) -> None:
    """Value, gradient and Hessian times vector agree with JAX."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", val=True)
    args = arguments()
    found = ml.value_and_grad(dialect(np))(*args)
    loss = dialect(jax.numpy)
    assert ml.tree_allclose(found, plain(jax.value_and_grad(loss)(*args)), rtol=1e-7, atol=1e-9)
    product = ml.hvp(dialect(np))(args[0], args[0], *args[1:])
    gradient = jax.grad(loss)
    expected = jax.jvp(lambda p: gradient(p, *args[1:]), (args[0],), (args[0],))[1]
    assert ml.tree_allclose(product, plain(expected), rtol=1e-6, atol=1e-8)


def plain(tree: Any) -> Any:
    """Return NumPy's arrays and Python's floats for JAX's."""
    return ml.tree_map(lambda x: np.asarray(x) if np.ndim(x) else float(x), tree)
