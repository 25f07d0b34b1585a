"""Random programs with views, aliases and assignments, against NumPy itself and against JAX.

A program is a list of steps on arrays that it made: it computes, takes views, assigns to arrays and to
views of them. NumPy runs the same steps on arrays; what is assigned through one name must be seen
through all others. The loss weighs every array that was made, so that no difference is lost.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import event, given, reject
from hypothesis import strategies as st

import miniml as ml
from miniml.program.chunking import layout
from tests.program.test_random_graphs import arguments, losses, plain

Step: TypeAlias = Callable[[list[Any]], Any]
Program: TypeAlias = Callable[..., Any]

POINTS, WIDTH = 12, 4

UNARY: dict[str, Callable[[Any], Any]] = {
    "tanh": np.tanh,
    "square": lambda a: np.square(np.tanh(a)),
    "abs": lambda a: np.abs(a - 0.1),
    "exp": lambda a: np.exp(-a * a),
    "relu": lambda a: np.maximum(a, 0.05),
    "where": lambda a: np.where(a > 0.1, a, -0.5 * a),
    "cumsum": lambda a: np.cumsum(a, axis=-1) * 0.3,
    "sort": lambda a: np.sort(a, axis=0),
    "centred": lambda a: a - np.mean(a, axis=0),
    "normed": lambda a: a / (1.0 + np.sum(a * a, axis=-1, keepdims=True)),
    "roll": lambda a: np.roll(a, 1, axis=0),
    "copy": np.copy,
    "float": lambda a: a * (a > 0.0),
    "half": lambda a: a.astype(np.float32).astype(a.dtype) if a.dtype == np.float64 else +a,
}

VIEWS: dict[str, Callable[[Any], Any]] = {
    "rows": lambda a: a[1:-1],
    "every": lambda a: a[::2],
    "back": lambda a: a[::-1],
    "last": lambda a: a[..., -1:],
    "columns": lambda a: a[:, 1:3],
    "transposed": lambda a: a.T,
    "flat": lambda a: a.reshape(-1),
    "raveled": np.ravel,
    "axis": lambda a: a[:, None],
    "swapped": lambda a: np.swapaxes(a, 0, -1),
    "row": lambda a: a[0],
    "itself": lambda a: a,
    "whole": lambda a: a[...],
    "split": lambda a: np.split(a, [1], axis=0)[1],
}

PLACES: dict[str, Any] = {
    "all": Ellipsis,
    "slice": slice(1, None),
    "step": slice(None, None, 2),
    "one": 0,
    "last": -1,
    "column": (Ellipsis, 0),
    "list": [0, -1],
    "back": slice(None, None, -1),
}


def smaller(value: Any, place: Any) -> Any:
    """Return a value for a place: of its shape, or a number if shapes differ."""
    shape = np.shape(place)
    return value.reshape(shape) if np.shape(value) == shape else np.sum(value) * 0.1


def assign(values: list[Any], i: int, j: int, place: str, how: str) -> None:
    """Assign to a place of one array from another."""
    target, index = values[i], PLACES[place]
    value = smaller(values[j] * 0.5, target[index])
    if how == "set":
        target[index] = value
    elif how == "add":
        target[index] += value
    elif how == "multiply":
        target[index] *= value
    elif how == "out":
        np.multiply(target, 0.5, out=target)
    elif how == "masked":
        target[target > 0.2] = 0.1
    else:
        target -= np.sum(values[j]) * 0.01


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], Program]:
    """Draw the steps of a program, and the program."""
    steps: list[tuple[Any, ...]] = []
    for count in range(draw(st.integers(2, 9))):
        i, j = draw(st.integers(0, count)), draw(st.integers(0, count))
        kind = draw(st.sampled_from(["unary", "view", "binary", "assign", "assign"]))
        if kind == "unary":
            steps.append((kind, i, j, draw(st.sampled_from(sorted(UNARY)))))
        elif kind == "view":
            steps.append((kind, i, j, draw(st.sampled_from(sorted(VIEWS)))))
        elif kind == "binary":
            steps.append((kind, i, j, draw(st.sampled_from(["add", "multiply", "maximum"]))))
        else:
            how = st.sampled_from(["set", "add", "multiply", "out", "masked", "name"])
            steps.append((kind, i, j, draw(st.sampled_from(sorted(PLACES))), draw(how)))

    def loss(w: Any, x: Any) -> Any:
        values = [x * w]
        for kind, i, j, name, *how in steps:
            if kind == "assign":
                assign(values, i, j, name, *how)
                values.append(values[i])
            elif kind == "binary":
                one, other = values[i], smaller(values[j], values[i])
                values.append(getattr(np, name)(one, other) * 0.5)
            else:
                values.append((UNARY if kind == "unary" else VIEWS)[name](values[i]))
        total = np.sum(values[0]) * 0.1
        for number, value in enumerate(values):
            total = total + np.sum(np.sin(value * (1.0 + 0.1 * number))) / (1.0 + number)
        return total

    return steps, loss


def points(dtype: Any) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.normal(size=WIDTH).astype(dtype), rng.normal(size=(POINTS, WIDTH)).astype(dtype)


def by_numpy(loss: Program, w: Any, x: Any) -> Any:
    """Return NumPy's value; reject what NumPy refuses."""
    try:
        with np.errstate(all="ignore"):
            return loss(w, x)
    except (ValueError, IndexError, TypeError):  # shapes that do not fit
        return reject()


def attempt(run: Callable[[], Any]) -> Any:
    """Return what a transform gives; reject what miniml refuses with a reason."""
    try:
        return run()
    except (TypeError, ValueError, NotImplementedError) as error:
        if len(str(error)) < 20:
            raise AssertionError("a refusal without a reason") from error
        event(f"refused: {str(error)[:60]}")
        return reject()


CLOSE = {np.float64: 1e-9, np.float32: 3e-4, np.float16: 6e-2}


@given(programs(), st.sampled_from([np.float64, np.float32, np.float16]))
def test_values_are_numpys(case: tuple[Any, Program], dtype: Any) -> None:
    """Value and dtype are NumPy's, also without a program."""
    _, loss = case
    w, x = points(dtype)
    wanted = by_numpy(loss, w, x)
    assert np.array_equal(x, points(dtype)[1])
    for found in (
        attempt(lambda: ml.jit(loss)(w, x)),
        attempt(lambda: ml.jit(loss, eager=True)(w, x)),
    ):
        assert np.asarray(found).dtype == wanted.dtype
        np.testing.assert_allclose(found, wanted, rtol=CLOSE[dtype], atol=CLOSE[dtype])


@given(programs())
def test_gradients_are_differences(case: tuple[Any, Program]) -> None:
    """In float64 the gradient is NumPy's central difference, unless a kink is near."""
    _, loss = case
    w, x = points(np.float64)
    by_numpy(loss, w, x)
    gradient = attempt(lambda: ml.grad(loss)(w, x))
    slopes = [
        np.array([(loss(w + h * e, x) - loss(w - h * e, x)) / (2.0 * h) for e in np.eye(WIDTH)])
        for h in (1e-5, 3e-6)
    ]
    if np.abs(slopes[0] - slopes[1]).max() > 1e-6 * (1.0 + np.abs(slopes[0]).max()):
        reject()  # a jump or a kink within the step
    size = 1.0 + np.abs(slopes[0]).max()
    np.testing.assert_allclose(gradient / size, slopes[1] / size, atol=1e-5)


@given(programs())
def test_chunks_change_nothing(case: tuple[Any, Program]) -> None:
    """Cut into chunks, value and gradient are those of the operations one by one."""
    _, loss = case
    w, x = points(np.float64)
    by_numpy(loss, w, x)
    wanted = attempt(lambda: ml.value_and_grad(loss, eager=True)(w, x))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "STARTING": -np.inf,
            "TURN": 0.0,
            "CACHE": 64,
            "FEWEST_ROWS": 4,
        }.items():
            patch.setattr(layout, name, value)
        found = ml.value_and_grad(loss)(w, x)
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-8, atol=1e-8)


@pytest.mark.jax
@given(dialect=losses(mixing=True))
def test_gradients_are_those_of_jax(dialect: Callable[[Any], Program]) -> None:
    """Value and gradient of programs without assignments agree with JAX in float64."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", val=True)
    args = arguments()
    found = ml.value_and_grad(dialect(np))(*args)
    wanted = jax.value_and_grad(dialect(jax.numpy))(*args)
    value = float(dialect(np)(*args))
    assert found[0] == pytest.approx(value, rel=1e-9, abs=1e-12)
    if not np.isclose(value, wanted[0], rtol=1e-7, atol=1e-9):
        reject()  # NumPy and JAX sort equal keys in another order
    assert ml.tree_allclose(found, plain(wanted), rtol=1e-7, atol=1e-9)
