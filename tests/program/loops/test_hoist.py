"""A loop does in each step only what depends on the step before."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.program.loops import hoist

RNG = np.random.default_rng(0)
W = RNG.normal(size=(3, 3)) / 3.0
XS = RNG.normal(size=(5, 3))
PLACES = np.array([2, 0, -1, 2, 1])

Step = Callable[[Any, Any], tuple[Any, Any]]


def scanned(step: Step, first: Any, w: Any, xs: Any, places: Any, *, reverse: bool) -> Any:
    """Return a loss of the last carry and the outputs of a scan."""
    carry, ys = ml.scan(lambda c, x: step((w, c), x), first, (xs, places), reverse=reverse)
    return np.sum(np.sin(carry)) + np.sum(ys * np.arange(5.0)[:, None])


def by_hand(step: Step, first: Any, w: Any, xs: Any, places: Any, *, reverse: bool) -> Any:
    """Return the same loss of a Python loop."""
    carry, ys = first, [0.0 * xs[0]] * 5
    for t in range(5)[:: -1 if reverse else 1]:
        carry, ys[t] = step((w, carry), (xs[t], places[t]))
    return np.sum(np.sin(carry)) + np.sum(np.stack(ys) * np.arange(5.0)[:, None])


def recurrent(given: Any, row: Any) -> tuple[Any, Any]:
    """Multiply rows, to be hoisted, and the carry, whose gradient sums come after the loop."""
    (w, h), (x, _) = given, row
    h = np.tanh(x @ w + w @ h)
    return h, h * x


def looked_up(given: Any, row: Any) -> tuple[Any, Any]:
    """Take rows of a matrix at places that vary."""
    (w, h), (x, place) = given, row
    return np.cos(w[place] * h + x), w[:, place] * x


def only_added_to(given: Any, row: Any) -> tuple[Any, Any]:
    """Depend on the step before only by a sum."""
    (w, total), (x, place) = given, row
    return total + np.where(place > 0, x @ w, w[0]), np.exp(x @ w)


def sorted_in(given: Any, row: Any) -> tuple[Any, Any]:
    """Use an operation that works row by row only."""
    (w, h), (x, _) = given, row
    found = np.searchsorted(np.sort(x), 0.1)
    return h + found * x @ w, np.interp(x, np.sort(x), h) + found


def loops_within(given: Any, row: Any) -> tuple[Any, Any]:
    """Run an inner loop in each step."""
    (w, h), (x, _) = given, row
    inner, ys = ml.scan(lambda c, r: (np.tanh(c + r @ w), c * r), x, np.stack([x, 2.0 * x]))
    return h * 0.5 + inner, ys[1] + h


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("first", [np.zeros(3), np.ones(3, np.float32)])
@pytest.mark.parametrize("step", [recurrent, looked_up, only_added_to, sorted_in, loops_within])
def test_a_divided_loop_says_what_a_loop_says(step: Step, first: np.ndarray, reverse: bool) -> None:  # noqa: FBT001
    """The value, gradient and Hessian-vector product of a hoisted loop are those of the Python loop."""

    def loss(of: Callable[..., Any]) -> Callable[..., Any]:
        return lambda params, places: of(step, first, *params, places, reverse=reverse)

    params = W, XS
    value, grads = ml.value_and_grad(loss(scanned))(params, PLACES)
    wanted, gradients = ml.value_and_grad(loss(by_hand))(params, PLACES)
    assert value == pytest.approx(wanted, rel=1e-12)
    assert ml.tree_allclose(grads, gradients, rtol=1e-10, atol=1e-12)
    product = ml.hvp(loss(scanned))(params, params, PLACES)
    assert ml.tree_allclose(
        product, ml.hvp(loss(by_hand))(params, params, PLACES), rtol=1e-9, atol=1e-11
    )


def final(w: np.ndarray, xs: np.ndarray) -> Any:
    return np.sum(ml.scan(lambda h, x: (np.tanh(x @ w + h @ w), None), np.zeros(3), xs)[0])


def test_products_of_rows_come_ahead_and_sums_of_products_after() -> None:
    """A recurrent step multiplies only the carry; the gradient of the weights is one product."""
    before, loop = ml.jit(final).source(W, XS).split("def scan_")
    assert before.count("dot(w") == 1
    assert loop.count("dot(") == 1
    _, _, backwards = ml.grad(final).source(W, XS).split("def scan_")
    assert backwards.count("dot(") == 1
    assert "carry_1" not in backwards


def test_what_no_step_needs_of_another_is_no_loop() -> None:
    """A scan without a carry, or with a sum as its carry, is an operation on all rows."""
    apart = ml.jit(lambda w, xs: ml.scan(lambda c, x: (c, np.tanh(x * w)), 0.0, xs)[1])
    added = ml.jit(lambda w, xs: ml.scan(lambda c, x: (c + np.tanh(x * w), None), 0.0 * w, xs)[0])
    for program in (apart, added):
        assert "scan_" not in program.source(W[0], XS)
    np.testing.assert_allclose(apart(W[0], XS), np.tanh(XS * W[0]))
    np.testing.assert_allclose(added(W[0], XS), np.tanh(XS * W[0]).sum(0))


def test_what_would_take_too_much_memory_stays_in_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Values of all steps that exceed the memory limit are computed step by step."""

    def again(w: np.ndarray, xs: np.ndarray) -> Any:
        return final(w, xs)

    expected = ml.jit(final)(W, XS)
    monkeypatch.setattr(hoist, "LARGEST_HOISTED", 0)
    program = ml.jit(again)
    assert program.source(W, XS).split("def scan_")[1].count("dot(") == 2
    assert program(W, XS) == pytest.approx(expected)
