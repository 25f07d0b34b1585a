"""Unrolled loops over points become operations on all points, with the same results."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import miniml as ml


def example(points: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(points)
    params = {"w": rng.normal(size=3), "v": rng.normal(size=(3, 4)), "b": 0.3}
    return params, rng.normal(size=(points, 3)), rng.normal(size=points)


def by_elements(p: Any, xs: Any, ys: Any) -> Any:
    """As on the slides."""
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        total += np.maximum(-y * (p["w"][0] * x[0] + p["w"][1] * x[1] + p["b"]), 0.0)
    return total


def by_rows(p: Any, xs: Any, ys: Any) -> Any:
    return sum(np.logaddexp(0.0, -y * (x @ p["w"] + p["b"])) for x, y in zip(xs, ys, strict=True))


def network(p: Any, xs: Any, ys: Any) -> Any:
    total = 0.0
    for i in range(len(xs)):
        hidden = np.tanh(xs[i] @ p["v"] + p["b"])
        total = total + (np.sum(hidden * hidden) - ys[i]) ** 2 / len(xs)
    return total


def swapped(p: Any, xs: Any, ys: Any) -> Any:
    return sum(np.max(p["v"].T @ x) * (x @ x) * y for x, y in zip(xs, ys, strict=True))


def stacked(p: Any, xs: Any, ys: Any) -> Any:
    scores = np.stack([np.exp(x @ p["w"]) for x in xs])
    return np.mean((scores - ys) ** 2)


def some_rows(p: Any, xs: Any, ys: Any) -> Any:
    return sum(xs[i] @ p["w"] * ys[i] for i in range(1, len(xs) - 1)) + p["b"] * ys[0]


def scaled_rows(p: Any, xs: Any, ys: Any) -> Any:
    """A scalar of each row times a vector of it."""
    return np.sum(sum(y * (x * p["w"]).reshape(3, 1) for x, y in zip(xs, ys, strict=True)))


def two_sums(p: Any, xs: Any, ys: Any) -> Any:
    a, b = 0.0, 1.0
    for x, y in zip(xs, ys, strict=True):
        a = a + x[0] * p["w"][0] * y
        b = b + x[1] * p["w"][1]
    return a * b


def neighbours(p: Any, xs: Any, ys: Any) -> Any:
    """Expressions of two rows are not rerolled."""
    return sum(xs[i] @ p["w"] * ys[i + 1] for i in range(len(xs) - 1))


def running(p: Any, xs: Any, ys: Any) -> Any:
    """A recurrence cannot be computed for all points at once."""
    h = p["b"]
    for x, y in zip(xs, ys, strict=True):
        h = np.tanh(h * y + x @ p["w"])
    return h


ONCE = [by_elements, by_rows, network, swapped, stacked, some_rows, scaled_rows, two_sums]


@pytest.mark.parametrize("loss", [*ONCE, neighbours, running])
@settings(max_examples=5, deadline=None)
@given(points=st.integers(3, 12))
def test_same_as_copies(loss: Callable[..., Any], points: int) -> None:
    """Value and gradient are those of the unrolled loop."""
    args = example(points)
    expected = ml.value_and_grad(loss, eager=True)(*args)
    assert ml.tree_allclose(ml.value_and_grad(loss)(*args), expected, rtol=1e-9)


@pytest.mark.parametrize("loss", ONCE)
def test_program_does_not_grow(loss: Callable[..., Any]) -> None:
    """The program for many points has as many operations as the one for few."""
    gradient = ml.value_and_grad(loss)
    few, many = (sum(gradient.explain(*example(n)).operations.values()) for n in (6, 24))
    assert many == few


def test_without_derivative() -> None:
    """A loop under jit alone is rerolled too."""
    program = ml.jit(by_rows)
    args = example(20)
    assert sum(program.explain(*args).operations.values()) < 20
    np.testing.assert_allclose(program(*args), by_rows(*args), rtol=1e-12)
