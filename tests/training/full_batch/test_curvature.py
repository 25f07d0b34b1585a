"""The compact form of L-BFGS, and its line search."""

import math
from typing import Any

import numpy as np
import pytest

from miniml.training.full_batch.curvature import Curvature
from miniml.training.full_batch.line_search import search
from miniml.training.full_batch.vectors import Point
from miniml.types import Array


def by_two_loops(pairs: list[tuple[Array, Array]], gradient: Array) -> Array:
    """Return the direction by the two-loop recursion (Nocedal and Wright, algorithm 7.4)."""
    found = gradient.copy()
    shares: list[Any] = []
    for step, change in reversed(pairs):
        shares.append(step @ found / (step @ change))
        found -= shares[-1] * change
    step, change = pairs[-1]
    found *= step @ change / (change @ change)
    for (step, change), share in zip(pairs, reversed(shares), strict=True):
        found += (share - change @ found / (step @ change)) * step
    return -found


@pytest.mark.parametrize("size", [3, 40])
@pytest.mark.parametrize("memory", [1, 2, 7])
def test_it_is_the_two_loops(memory: int, size: int) -> None:
    """With any number of pairs, the oldest dropped, the direction is that of the recursion."""
    rng = np.random.default_rng(size + memory)
    root = rng.normal(size=(size, size))
    hessian = root @ root.T + np.eye(size)
    curvature = Curvature(memory, size, np.dtype(np.float64))
    pairs: list[tuple[Array, Array]] = []
    for _ in range(3 * memory + 2):
        step = rng.normal(size=size)
        pairs.append((step, hessian @ step))
        curvature.add(*pairs[-1])
        gradient = rng.normal(size=size)
        wanted = by_two_loops(pairs[-memory:], gradient)
        np.testing.assert_allclose(curvature.direction(gradient), wanted, rtol=1e-9, atol=1e-12)


def test_it_solves_a_quadratic_of_as_many_parameters_as_pairs() -> None:
    """Along steps that span the space, conjugate to each other, the estimate is the inverse."""
    diagonal = np.array([1.0, 10.0, 100.0])
    curvature = Curvature(3, 3, np.dtype(np.float64))
    for row in np.eye(3):
        curvature.add(row, diagonal * row)
    np.testing.assert_allclose(curvature.direction(np.ones(3)), -1.0 / diagonal)


def test_without_pairs_it_goes_down_the_gradient() -> None:
    """Without pairs, before the first and after `forget`, the direction is down the gradient."""
    curvature = Curvature(4, 2, np.dtype(np.float64))
    np.testing.assert_array_equal(curvature.direction(np.array([3.0, 4.0])), [-3.0, -4.0])
    curvature.add(np.array([1.0, 0.0]), np.array([2.0, 0.5]))
    curvature.forget()
    np.testing.assert_allclose(
        curvature.direction(np.array([3.0, 4.0])), curvature.scale * np.array([-3.0, -4.0])
    )


@pytest.mark.parametrize(
    "change", [[-1.0, 0.0], [0.0, 0.0], [1e-320, 0.0], [math.nan, 0.0], [math.inf, 1.0]]
)
def test_a_step_without_curvature_teaches_nothing(change: list[float]) -> None:
    """A step along which the slope does not increase, or not finitely, does not change the estimate."""
    curvature = Curvature(4, 2, np.dtype(np.float64))
    curvature.add(np.array([1.0, 0.0]), np.array([2.0, 0.5]))
    gradient = np.array([3.0, 4.0])
    before = curvature.direction(gradient)
    with np.errstate(invalid="ignore", over="ignore"):
        curvature.add(np.array([1.0, 0.0]), np.array(change))
    np.testing.assert_array_equal(curvature.direction(gradient), before)


@pytest.mark.parametrize("scale", [1e-6, 1e-2, 1.0, 30.0, 1e5])
def test_a_line_search_ends_if_the_wolfe_conditions_hold(scale: float) -> None:
    """However far off the first trial is, the loss is lower and its slope flatter."""

    def at(x: Array) -> Point:
        value = float(x[0] ** 4 - 3.0 * x[0] ** 2 - 2.0 * x[0])
        return Point(x, value, np.array([4.0 * x[0] ** 3 - 6.0 * x[0] - 2.0]))

    start, direction = at(np.array([-0.2])), np.array([scale])
    slope = float(start.gradient @ direction)
    found = search(at, start, direction, slope, 0.0)
    assert found is not None
    length = float(found.vector[0] - start.vector[0]) / scale
    assert found.value <= start.value + 1e-4 * length * slope
    assert float(found.gradient @ direction) >= 0.9 * slope


def test_a_line_search_up_a_hill_finds_nothing() -> None:
    """If the loss increases along the direction, there is no point."""
    up = search(
        lambda x: Point(x, float(x[0]), np.ones(1)),
        Point(np.zeros(1), 0.0, -np.ones(1)),  # a gradient that is wrong
        np.ones(1),
        -1.0,
        0.0,
    )
    assert up is None
