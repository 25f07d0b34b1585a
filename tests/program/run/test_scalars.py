"""A result without axes is a NumPy scalar or a Python number, as NumPy's and Python's own results are."""

import json
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import miniml as ml

X = np.array([1.0, 2.0, 4.0])
BOTH = pytest.mark.parametrize("options", [{}, {"eager": True}], ids=["program", "eager"])


def parts(x: Any) -> list[Any]:
    """Numbers that NumPy makes in many ways."""
    return [
        *(x[0], x[..., 0][...], np.reshape(x[:1], ()), np.squeeze(x[:1]), np.transpose(x[0])),
        *(np.sum(x), np.max(x), np.argmax(x), np.median(x), np.linalg.norm(x), x @ x),
        *(x[0] > 0, x[0].astype(int), x[0].astype(np.float32), np.sum(x, dtype=np.longdouble)),
        *(np.where(x[0] > 0, x[0], x[1]), np.clip(x[0], 0, 1), np.round(x[0]), x[0].copy()),
        *(np.stack([x[0]])[0], np.broadcast_to(x[0], ()), np.einsum("i,i->", x, x)),
        *np.linalg.slogdet(np.outer(x, x) + np.eye(3)),
        *(np.sum(np.zeros_like(x)), np.array(3.0), np.float32(2.0), np.bool_(True)),
    ]


@BOTH
def test_results_of_programs(options: Any) -> None:
    """Each number is a NumPy scalar of the dtype that NumPy gives it."""
    for found, wanted in zip(ml.jit(parts, **options)(X), parts(X), strict=True):
        assert issubclass(type(found), np.generic)
        assert found.dtype == np.asarray(wanted).dtype
        assert found == pytest.approx(wanted, rel=1e-14)


@BOTH
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("wrap", [lambda x: x, np.array], ids=["scalar", "0-d array"])
def test_gradients(wrap: Callable[[Any], Any], kind: Any, options: Any) -> None:
    """The gradient by a number is a scalar of its dtype, whether it came as a scalar or as an array."""
    b = wrap(kind(3.0))
    found = [
        ml.grad(lambda b: b * b, **options)(b),
        ml.grad(lambda b, x: np.sum(b * x), **options)(b, X)[()],
        ml.value_and_grad(lambda b: (b * b, b + b), has_aux=True, **options)(b)[0][1],
        ml.jvp(lambda b: b * b, **options)(b, b)[1],
        ml.hvp(lambda b: b * b, **options)(b, b),
    ]
    assert [type(value) for value in found] == [kind] * len(found)


@BOTH
def test_numbers_of_python_stay(options: Any) -> None:
    """The gradient by a Python float, arithmetic on it, and a loss's value are Python floats."""
    value, gradient = ml.value_and_grad(lambda b: np.sum(b * X), **options)(2.0)
    product = ml.jit(lambda b: b * b + 1, **options)(2.0)
    assert [type(x) for x in (value, gradient, product)] == [float] * 3


def test_loops() -> None:
    """Carried numbers are scalars after the last step, in a program and outside of one."""

    def step(total: Any, x: Any) -> Any:
        return total + x, total * x

    def last(x: Any) -> Any:
        total, products = ml.scan(step, np.float64(0.0), x)
        return total, products[-1]

    for found in (*last(X), *ml.jit(last)(X), *ml.jit(last, eager=True)(X)):
        assert type(found) is np.float64


def test_training() -> None:
    """Parameters without axes are scalars after a step, as after one step of NumPy."""

    def loss(p: Any, x: Any) -> Any:
        return np.mean((p["w"] * x + p["b"]) ** 2)

    params: Any = {"w": np.ones(3), "b": np.array(1.0)}
    for fitted in (
        ml.fit(loss, params, X, ml.adam(0.1), steps=3).state.params,
        ml.lbfgs(loss, params, X).state.params,
    ):
        assert type(fitted["b"]) is np.float64


@pytest.mark.jax
def test_under_jax() -> None:
    """JAX gives NumPy's scalars for NumPy's arrays."""
    pytest.importorskip("jax")
    assert type(ml.jit(lambda x: x[0], backend="jax")(X)) is np.float64


def test_a_log_keeps_its_numbers() -> None:
    """A total that grows in place does not change what was noted, and can be written."""
    total = ml.jit(np.sum)(np.ones(3))
    log = [total]
    total += 1
    assert log == [3.0]
    assert json.dumps(round(log[0], 1)) == "3.0"
    assert hash(log[0]) == hash(3.0)


SHARED: dict[str, Callable[[], Any]] = {
    "set": lambda: {1, 2},
    "bytearray": bytearray,
    "deque": lambda: deque([1]),
    "Counter": lambda: Counter("aab"),
    "generator": lambda: (i for i in range(3)),
    "list_iterator": lambda: iter([1]),
}


@pytest.mark.parametrize("kind", SHARED)
def test_objects_that_change_are_refused(kind: str) -> None:
    """An object of the trace that may change is no result, since all calls would share it."""
    with pytest.raises(
        TypeError, match=rf"returned a {kind} at 1\.k, which it made while .* frozen"
    ):
        ml.grad(lambda x: (np.sum(x), {"k": SHARED[kind]()}), has_aux=True)(X)


def test_containers_and_arrays_are_new() -> None:
    """Each call returns lists, dictionaries and arrays of its own."""
    program: Any = ml.jit(lambda x: (x, [1, {"a": np.ones(2)}]))
    first = program(X)[1]
    first.append(2)
    first[1]["a"][0] = 5.0
    assert ml.tree_equal(program(X)[1], [1, {"a": np.ones(2)}])


def test_the_value_of_a_long_double() -> None:
    """A loss of more than 64 bits keeps them, which a Python float would lose."""
    x = np.array([0.1, 0.2], np.longdouble)
    value, _ = ml.value_and_grad(lambda x: np.sum(x * x))(x)
    assert value == np.sum(x * x)
    assert ml.jit(lambda x: x[0].item())(x) == x[0]


@settings(max_examples=30, deadline=None)
@given(st.booleans(), st.integers(1, 4))
def test_bools_of_python(flag: bool, length: int) -> None:  # noqa: FBT001  # drawn
    """A Python bool is inverted as Python inverts it, also if a loop carries it."""

    def run(flag: Any) -> Any:
        return ml.scan(lambda c, _: (-~c, ~c), flag, None, length=length)

    found, wanted = ml.jit(run)(flag), run(int(flag))
    assert ml.tree_equal(found, wanted)


@BOTH
@settings(max_examples=20, deadline=None)
@given(flag=st.booleans())
def test_bools_of_python_stay(flag: bool, options: Any) -> None:  # noqa: FBT001  # drawn
    """A Python bool is returned as one, so that it is inverted in the same way after the program."""

    def run(flag: Any) -> Any:
        last, flipped = ml.scan(lambda c, _: (c | False, ~c), flag, None, length=2)
        return last, flipped, flag, flag & True, flag < 2.0

    found, wanted = ml.jit(run, **options)(flag), run(flag)
    assert ml.tree_equal(found, wanted)
    assert list(map(type, found)) == list(map(type, wanted))
