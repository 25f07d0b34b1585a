"""A loop stores only the results that are used."""

from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import scan


def test_only_what_is_read_is_kept() -> None:
    """Without a gradient a loop stores nothing of each step; with one it stores the carry, but no sums."""

    def total(w: Any, x: Any) -> Any:
        return np.sum(scan(lambda h, row: (np.tanh(h @ w + row), np.sum(h)), np.zeros(2), x)[0])

    w, x = np.ones((2, 2)), np.ones((9, 2))
    assert "[t] = carry_" not in ml.jit(total).source(w, x)
    assert "results" not in ml.jit(total).source(w, x)
    gradient = ml.grad(total).source(w, x)
    assert gradient.count("results_0[t] = carry_0") == 1
    assert "results_1" not in gradient


@pytest.mark.parametrize("part", [slice(0, 2), slice(1, 3), slice(0, 4, 2), slice(3, 4)])
def test_a_slice_of_what_is_carried_keeps_nothing_else(part: slice) -> None:
    """A slice of a carried vector, as `ravel` makes, needs no other results."""

    def piece(w: Any, xs: Any) -> Any:
        def step(carry: Any, x: Any) -> Any:
            a, b = carry
            return (np.tanh(a * w + x), b + a), b

        (a, b), _ = ml.scan(step, (w, w), xs)
        return a[part], np.sum(b[part])

    def by_hand(w: Any, xs: Any) -> Any:
        a = b = w
        for x in xs:
            a, b = np.tanh(a * w + x), b + a
        return a[part], np.sum(b[part])

    rng = np.random.default_rng(0)
    w, xs = rng.normal(size=4), rng.normal(size=(5, 4))
    assert "[t] = carry_" not in ml.jit(piece).source(w, xs)
    assert ml.tree_allclose(ml.jit(piece)(w, xs), by_hand(w, xs))

    def loss(of: Any) -> Any:
        return lambda w: np.sum(np.sin(of(w, xs)[0])) + of(w, xs)[1]

    np.testing.assert_allclose(ml.grad(loss(piece))(w), ml.grad(loss(by_hand))(w))


def test_what_is_carried_on_unchanged_is_kept_once() -> None:
    """An unchanged part of the carry costs as much as a variable from outside."""

    def total(w: Any, data: Any) -> Any:
        def step(carry: Any, _: None) -> tuple[Any, Any]:
            rows, mean = carry
            return (rows, mean + np.mean(np.sin(rows @ w) * mean)), rows[0]

        (rows, mean), firsts = scan(step, (data, 1.0), None, length=5)
        return mean * np.sum(rows) + np.sum(firsts**2)

    w, data = np.array([0.5, -1.0]), np.random.default_rng(5).normal(size=(40, 2))
    ml.check_grads(total, w, data)
    ml.check_grads(lambda data: total(w, data), data)
    assert "5 x 40 x 2" not in ml.grad(total).source(w, data)
    assert ml.grad(total).source(w, data).count("[t] = carry_0") == 1


def test_a_loop_keeps_nothing_for_what_another_loop_no_longer_needs() -> None:
    """The counter of a carry is computed in no loop of a gradient that does not depend on it."""

    def loss(w: Any, x: Any) -> Any:
        def step(carry: Any, row: Any) -> Any:
            value, count = carry
            return (w * value + row, count + 1), value * value

        return np.mean(scan(step, (1.0, 0), x)[1])

    source = ml.value_and_grad(loss).source(0.5, np.ones(9))
    assert source.count("for t in") == 2
    assert "+ 1" not in source
