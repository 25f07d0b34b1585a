"""No rewrite hides a NaN or an infinity: programs of such numbers have NumPy's values."""

# ruff: noqa: ARG005  # all steps have one signature

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import miniml as ml

SPECIAL = [np.nan, np.inf, -np.inf, 0.0, 1.0, -1.0, 2.0, 1e-3, -3.0, 7.0]
SHAPES = [(1, 1), (3, 1), (1, 3), (4, 5), (40, 3), (3000, 2)]

Step = Callable[[Any, Any, Any], Any]

STEPS: dict[str, Step] = {
    "times 0": lambda a, b, w: a * 0.0,
    "0 times": lambda a, b, w: 0 * a,
    "minus itself": lambda a, b, w: a - a,
    "over itself": lambda a, b, w: a / a,
    "power 0": lambda a, b, w: a**0,
    "power 1": lambda a, b, w: a**1,
    "powers": lambda a, b, w: a**3 + a**4,
    "neutral": lambda a, b, w: ((a + 0) * 1 - 0) / 1,
    "signs": lambda a, b, w: -a * -b,
    "factors": lambda a, b, w: 2.0 * (-4.0 * a),
    "relu": lambda a, b, w: np.maximum(a, 0.0),
    "least": lambda a, b, w: np.minimum(a, b),
    "softplus": lambda a, b, w: np.logaddexp(0.0, a),
    "masked": lambda a, b, w: np.where(a > 0, a, 0.0),
    "chosen": lambda a, b, w: np.where(a > b, a, b),
    "times a mask": lambda a, b, w: (np.arange(a.shape[1]) == 0) * a,
    "one hot": lambda a, b, w: a @ np.eye(a.shape[1]),
    "inner of 1": lambda a, b, w: a[:, :1] @ w[:1],
    "inner of 1, vector": lambda a, b, w: (a[:, :1] @ w[0, :1])[:, None] + b,
    "einsum of 1": lambda a, b, w: np.einsum("ij,kj->ik", a[:, :1], w[:, :1]),
    "outer": lambda a, b, w: a[:, :1] * w[0],
    "product": lambda a, b, w: a @ w,
    "sum of rows": lambda a, b, w: np.ones(len(a)) @ a * b,
    "sums": lambda a, b, w: a * np.sum(b, axis=1, keepdims=True) - np.sum(a, axis=0),
    "mean": lambda a, b, w: a - np.mean(a),
    "largest": lambda a, b, w: a - np.max(a, axis=1, keepdims=True),
    "running sum": lambda a, b, w: np.cumsum(a, axis=1),
    "unrolled loop": lambda a, b, w: sum(a[k] * w[0] for k in range(min(4, len(a)))) + b,
    "sum": lambda a, b, w: a + b,
    "quotient": lambda a, b, w: a / b,
    "reciprocal": lambda a, b, w: 1.0 / a,
    "square root": lambda a, b, w: np.sqrt(np.abs(a)),
    "exponential": lambda a, b, w: np.exp(a),
    "loop": lambda a, b, w: ml.scan(lambda c, x: (c + 0.0 * x, c * x), b[0], a)[1],
}


def written(steps: list[tuple[str, int, int]]) -> Callable[[Any, Any], Any]:
    """Return the program of these steps, each on results of earlier ones."""

    def function(x: Any, w: Any) -> Any:
        values = [x]
        for name, i, j in steps:
            values.append(STEPS[name](values[i], values[j], w))
        return values[-1]

    return function


@st.composite
def programs(draw: st.DrawFn) -> tuple[Callable[[Any, Any], Any], Any, Any]:
    """Return a program of a few steps, points and weights."""
    count = draw(st.integers(1, 5))
    names = st.sampled_from(list(STEPS))
    steps = [(draw(names), draw(st.integers(0, k)), draw(st.integers(0, k))) for k in range(count)]
    shape = draw(st.sampled_from(SHAPES))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x, w = rng.normal(size=shape), rng.normal(size=(shape[1], shape[1]))
    special = rng.random(shape) < draw(st.sampled_from([0.02, 0.3]))
    x[special] = rng.choice(SPECIAL, size=int(special.sum()))
    w[rng.random(w.shape) < draw(st.sampled_from([0.0, 0.5, 1.0]))] = 0.0
    return written(steps), x, w


def equal(found: Any, wanted: Any) -> bool:
    """Return whether NaNs and infinities are the same, and other numbers close if they are not huge."""
    with np.errstate(all="ignore"):
        huge = (np.abs(found) > 1e15) & (np.abs(wanted) > 1e15)  # a sum may overflow in one order
        near = np.isclose(found, wanted, rtol=1e-6, atol=1e-9, equal_nan=True)
    return bool((huge | near).all())


@settings(max_examples=150, deadline=None)
@given(programs())
def test_values_are_those_of_numpy(program: tuple[Callable[[Any, Any], Any], Any, Any]) -> None:
    """A program gives NaN and infinity where NumPy does."""
    function, x, w = program
    with np.errstate(all="ignore"):
        wanted = function(x, w)
    assert equal(ml.jit(function)(x, w), wanted)


@settings(max_examples=80, deadline=None)
@given(programs())
def test_gradients_are_those_of_the_tape(
    program: tuple[Callable[[Any, Any], Any], Any, Any],
) -> None:
    """The gradient is NaN or infinite where that of the operations one by one is."""
    function, x, w = program

    def loss(params: Any) -> Any:
        return np.sum(function(*params))

    found, wanted = ml.grad(loss)((x, w)), ml.grad(loss, eager=True)((x, w))
    assert all(map(equal, found, wanted))


PRODUCTS = [
    *[((3, 1), (1,)), ((3, 1), (1, 1)), ((1,), (1, 4)), ((1, 1), (1, 4)), ((1,), (1,))],
    *[((2, 3, 1), (1,)), ((1, 1, 1), (2, 1, 3)), ((1, 1), (2, 1, 3))],
]


@pytest.mark.parametrize("shapes", PRODUCTS)
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int8])
def test_products_by_one_number(shapes: Any, kind: Any) -> None:
    """A product by a matrix of one element is that of `@`: BLAS would skip a factor of 0."""
    a, b = (np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape).astype(kind) for shape in shapes)
    product = ml.jit(lambda a, b: a @ b)
    assert ml.tree_equal(product(a, b), a @ b)
    if kind is np.int8:
        return
    for one, other in ((a, b * 0), (a * 0, b)):
        one = one * kind(np.nan) if not other.any() else one
        other = other * kind(np.inf) if other.any() else other
        with np.errstate(all="ignore"):
            assert equal(product(one, other), one @ other)


def test_a_loss_that_is_nan_has_no_finite_gradient() -> None:
    """One input and a weight of 0 do not hide a NaN among the points."""
    x = np.array([[np.nan], [1.0], [2.0]])
    assert equal(ml.jit(lambda x, w: x @ w)(x, np.zeros(1)), [np.nan, 0.0, 0.0])
    data = ml.Dataset(x, np.array([1.0, 1.0, -1.0]))
    gradient: Any
    value, gradient = ml.value_and_grad(ml.mean_loss)(ml.Linear(np.zeros(1), 0.0), data)
    assert np.isnan([value, *gradient.w, gradient.b]).all()
