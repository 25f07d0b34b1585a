"""A loop's gradient is that of the steps written out, if slopes are not finite, too."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import miniml as ml

XS = np.array([1.0, 2.0])


def both(step: Any, *, of: Any, reverse: bool = False) -> tuple[Any, Any]:
    """Return a loss of a loop, and that of its steps written out, by the start, weight and rows."""

    def looped(p: Any) -> Any:
        start, w, xs = p
        return of(*ml.scan(lambda c, x: step(w, c, x), start, xs, reverse=reverse))

    def unrolled(p: Any) -> Any:
        carry, w, xs = p
        made: list[Any] = [None] * len(xs)
        for t in range(len(xs))[:: -1 if reverse else 1]:
            carry, made[t] = step(w, carry, xs[t])
        return of(carry, np.stack(made))

    return looped, unrolled


def outputs(_: Any, made: Any) -> Any:
    """Return a loss that does not use what the last step carries on."""
    return np.sum(made)


def root(w: Any, c: Any, x: Any) -> Any:
    """Carry on a root of zero after the second step, if the start is 2 and w is 1."""
    return np.sqrt(c - w), c * x


def test_the_last_carry_may_have_no_finite_slope() -> None:
    """The slope of what the last step carries on does not count if it is unused."""
    looped, _ = both(root, of=outputs)
    start, w, xs = ml.grad(looped)((2.0, 1.0, XS))
    assert (start, w) == (2.0, -1.0)  # of 2 x0 + sqrt(2 - w) x1
    np.testing.assert_array_equal(xs, [2.0, 1.0])


@pytest.mark.jax
def test_of_jax() -> None:
    """The same holds for programs of JAX."""
    pytest.importorskip("jax")
    looped, _ = both(root, of=outputs)
    found = ml.grad(looped, backend="jax")((2.0, 1.0, XS))
    assert ml.tree_allclose(found, ml.grad(looped, eager=True)((2.0, 1.0, XS)))


def overwritten(w: Any, c: Any, x: Any) -> Any:
    """Carry on nothing of what was carried: minus infinity after the row 0."""
    return np.log(w * x), c


def through_another(w: Any, c: Any, x: Any) -> Any:
    """Carry a root, which reaches the outputs two steps later."""
    a, b, d = c
    return (np.sqrt(d - w), a * x, b + 1.0), b


def swapped(w: Any, c: Any, x: Any) -> Any:
    """Carry two values, of which each has a cotangent after every second step only."""
    a, b = c
    return (b * x, np.sqrt(w + a * a)), x


CASES = {
    "unused": (root, outputs, 2.0, XS),
    "one step": (root, outputs, 1.0, XS[:1]),
    "overwritten": (overwritten, lambda c, _: c, 2.0, np.array([0.0, 0.0, 3.0])),
    "overwritten, unused": (overwritten, lambda _, made: made[0], 2.0, np.array([1.0, 3.0])),
    "another": (through_another, outputs, (0.5, 1.5, 1.0), np.array([1.0, 2.0, 3.0])),
    "alternating": (swapped, lambda c, _: c[0], (0.5, 0.0), np.arange(1.0, 13.0)),
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_the_gradient_is_that_of_the_steps(case: str, reverse: bool) -> None:  # noqa: FBT001 - drawn
    """The gradients by the start, the weight and the rows are those of the steps written out."""
    step, of, start, xs = CASES[case]
    looped, unrolled = both(step, of=of, reverse=reverse)
    args = (start, 1.0, xs[::-1].copy() if reverse else xs)
    expected = ml.grad(unrolled, eager=True)(args)
    assert ml.tree_allclose(ml.grad(looped)(args), expected, rtol=1e-12)
    hessian = ml.hvp(unrolled, eager=True)(args, args)
    assert ml.tree_allclose(ml.hvp(looped)(args, args), hessian, rtol=1e-12)


class Point(NamedTuple):
    """What a step computes with."""

    w: Any
    a: Any
    b: Any
    x: Any


MOVES: list[Callable[[Point], Any]] = [
    lambda s: np.sqrt(np.abs(s.a - s.w)),
    lambda s: s.a * s.x + s.b,
    lambda s: np.log(s.w * s.x * s.x),
    lambda s: s.b / (s.a * s.a + 1.0) + np.cbrt(s.x),
    lambda s: np.tanh(s.w * s.b),
    lambda s: s.x * s.x,
]


@settings(max_examples=40)
@given(
    st.tuples(*[st.sampled_from(MOVES)] * 3),
    st.sampled_from(["made", "first", "second"]),
    st.lists(st.sampled_from([0.0, 1.0, -0.5, 2.0]), min_size=1, max_size=4),
    st.booleans(),
)
def test_random_steps(moves: Any, part: str, xs: list[float], reverse: bool) -> None:  # noqa: FBT001 - drawn
    """A gradient by the start and weight that is finite for the steps written out is the loop's."""

    def step(w: Any, c: Any, x: Any) -> Any:
        a, b = c
        one, other = Point(w, a, b, x), Point(w, b, a, x)
        return (moves[0](one), moves[1](other)), moves[2](one)

    of = {
        "made": outputs,
        "first": lambda c, _: c[0],
        "second": lambda c, _: c[1],
    }[part]
    looped, unrolled = both(step, of=of, reverse=reverse)
    args = ((1.0, 0.5), 1.0, np.array(xs))
    with np.errstate(all="ignore"):
        expected, found = ml.grad(unrolled, eager=True)(args), ml.grad(looped)(args)
    for y, z in zip(ml.tree_leaves(expected), ml.tree_leaves(found), strict=True):
        finite = np.isfinite(y)
        np.testing.assert_allclose(np.asarray(z)[finite], np.asarray(y)[finite], rtol=1e-9)
