"""Derivatives of functions of a matrix whose eigenvalues or singular values are equal."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml import transforms

ml: Any = transforms  # untyped: NumPy's functions have too many overloads

WEIGHTS = np.random.default_rng(3).normal(size=(4, 4))


def turned(values: Any, seed: int) -> Any:
    """A symmetric matrix with these eigenvalues; without a seed, it is diagonal, and they are exact."""
    if not seed:
        return np.diag(values)
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values), len(values))))
    x = (q * values) @ q.T
    return (x + x.T) / 2.0


def by_eigenvalues(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        values, vectors = np.linalg.eigh(x)
        return np.sum(WEIGHTS * ((vectors * f(values)) @ vectors.T))

    return function


def rebuilt(x: Any) -> Any:
    u, s, vt = np.linalg.svd(x)
    return np.sum(WEIGHTS * ((u * s) @ vt))


UNKNOWN: dict[str, Callable[[Any], Any]] = {
    "square root": by_eigenvalues(np.sqrt),
    "logarithm": by_eigenvalues(np.log),
    "vectors": lambda x: np.sum(np.linalg.eigh(x)[1]),
    "singular vectors": lambda x: np.sum(np.linalg.svd(x)[0]),
    "rebuilt": rebuilt,
    "curvature of log det by values": lambda x: np.sum(
        WEIGHTS * ml.grad(lambda x: np.sum(np.log(np.linalg.eigvalsh(x))))(x)
    ),
}


@pytest.mark.parametrize("function", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize(
    "values", [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 2.0, 3.0], [2.0, 5.0, 3.0, 3.0]]
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_unknown(function: Callable[[Any], Any], values: list[float], seed: int) -> None:
    """How the vectors of equal values turn is unknown: NaN, and never a finite number."""
    assert np.all(np.isnan(ml.grad(function)(turned(values, seed))))


def top(x: Any) -> Any:
    return (np.linalg.eigh(x)[1][:, 3] @ np.arange(4.0)) ** 2


def projector(x: Any) -> Any:
    vectors = np.linalg.eigh(x)[1][:, :2]
    return np.sum(WEIGHTS * (vectors @ vectors.T))


def polar(x: Any) -> Any:
    u, _, vt = np.linalg.svd(x)
    return np.sum(WEIGHTS * (u @ vt))


def low_rank(x: Any) -> Any:
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return np.sum(WEIGHTS[:, :3] * ((u[:, :1] * s[:1]) @ vt[:1]))


KNOWN: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "trace": (lambda x: np.sum(np.linalg.eigvalsh(x)), [1.0, 1.0, 1.0, 1.0]),
    "log det": (lambda x: np.sum(np.log(np.linalg.eigvalsh(x))), [2.0, 2.0, 2.0, 3.0]),
    "nuclear norm": (lambda x: np.linalg.norm(x, "nuc"), [2.0, 2.0, 2.0, 3.0]),
    "vector of a single value": (top, [1.0, 1.0, 1.0, 3.0]),
    "vectors of two equal values": (projector, [1.0, 1.0, 2.0, 3.0]),
    "beside equal values": (projector, [1.0, 2.0, 3.0, 3.0]),
    "polar factor": (polar, [1.0, 1.0, 1.0, 1.0]),
    "polar factor, two equal": (polar, [1.0, 1.0, 2.0, 3.0]),
}


@pytest.mark.parametrize(("function", "values"), KNOWN.values(), ids=KNOWN)
@pytest.mark.parametrize("seed", [0, 1])
def test_known(function: Callable[[Any], Any], values: list[float], seed: int) -> None:
    """If the loss does not vary as those vectors turn, the derivative is that of differences."""
    x = turned(values, seed)
    rng = np.random.default_rng(5)
    direction = rng.normal(size=x.shape)
    direction = (direction + direction.T) / 2.0
    step = 1e-6
    ends = [function(x + sign * step * direction) for sign in (1.0, -1.0)]
    found = np.sum(direction * ml.grad(function)(x))
    assert found == pytest.approx((ends[0] - ends[1]) / (2.0 * step), rel=1e-6, abs=1e-8)


def test_known_of_zeros() -> None:
    """The best matrix of rank one varies with nothing of the vectors whose values are all 0."""
    x = np.zeros((4, 3))
    x[:, 0] = [1.0, 2.0, 0.5, -1.0]
    direction = np.random.default_rng(6).normal(size=x.shape)
    ends = [low_rank(x + sign * 1e-6 * direction) for sign in (1.0, -1.0)]
    found = np.sum(direction * ml.grad(low_rank)(x))
    assert found == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_curvature_of_the_polar_factor() -> None:
    """The second derivative of the nuclear norm at the identity is that of its polar factor."""
    bent = ml.grad(lambda x: np.sum(WEIGHTS * ml.grad(lambda x: np.linalg.norm(x, "nuc"))(x)))
    np.testing.assert_allclose(bent(np.eye(4)), (WEIGHTS - WEIGHTS.T) / 2.0, atol=1e-12)
    traced = ml.grad(
        lambda x: np.sum(WEIGHTS * ml.grad(lambda x: np.sum(np.linalg.eigvalsh(x)))(x))
    )
    np.testing.assert_array_equal(traced(np.eye(4)), np.zeros((4, 4)))


def test_one_matrix_of_a_stack() -> None:
    """Equal values of one matrix leave the gradients of the others in its stack as they are."""
    stack = np.stack([np.eye(4), turned([1.0, 2.0, 3.0, 4.0], 1)])

    def root(x: Any) -> Any:
        values, vectors = np.linalg.eigh(x)
        return np.sum((vectors * np.sqrt(values)[:, None, :]) @ np.swapaxes(vectors, -1, -2))

    found = ml.grad(root)(stack)
    assert np.all(np.isnan(found[0]))
    np.testing.assert_allclose(found[1], ml.grad(root)(stack[1:])[0], rtol=1e-12)
    assert np.all(np.isfinite(found[1]))


@given(seed=st.integers(0, 1000), power=st.integers(-150, 150))
def test_of_any_size(seed: int, power: int) -> None:
    """The gradient of singular vectors is right for matrices whose squares are out of range."""
    x = np.random.default_rng(seed).normal(size=(3, 3))
    scale = 10.0**power

    def vectors(x: Any) -> Any:
        u, _, vt = np.linalg.svd(x)
        return np.sum(WEIGHTS[:3, :3] * u * vt[:, ::-1])

    expected = ml.grad(vectors)(x)
    found = ml.grad(vectors)(scale * x) * scale
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9 * np.max(np.abs(expected)))


def test_close_values() -> None:
    """Values that are close, but further apart than rounding, have a derivative."""
    for gap in (1e-3, 1e-6, 1e-9):
        x = np.diag([1.0, 1.0 + gap])
        found = ml.grad(lambda x: np.linalg.eigh(x)[1][0, 0] * np.linalg.eigh(x)[1][1, 0])(x)
        np.testing.assert_allclose(found[0, 1] * gap, -0.5, rtol=1e-6)
