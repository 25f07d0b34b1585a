"""The derivative of a determinant: the cofactors of any matrix."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml


def cofactors(x: Any) -> Any:
    """Return the signed determinants of the minors."""

    def minor(i: int, j: int) -> float:
        return float(np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)))

    n = len(x)
    return np.array([[(-1) ** (i + j) * minor(i, j) for j in range(n)] for i in range(n)])


@given(n=st.integers(1, 5), lost=st.integers(0, 5), seed=st.integers(0, 2**32 - 1))
def test_of_any_rank(n: int, lost: int, seed: int) -> None:
    """The gradient is the cofactors, for matrices of every rank."""
    rng = np.random.default_rng(seed)
    rank = max(n - lost, 0)
    x = rng.normal(size=(n, rank)) @ rng.normal(size=(rank, n))
    scale = max(float(np.linalg.norm(x)), 1.0) ** (n - 1)
    np.testing.assert_allclose(ml.grad(np.linalg.det)(x), cofactors(x), atol=1e-13 * scale)


def test_of_a_matrix_that_is_singular_but_for_rounding() -> None:
    """The factors of 1 to 9 end in 1e-16, and the inverse in 1e16; the gradient has neither."""
    x = np.arange(1.0, 10.0).reshape(3, 3)
    expected = [[-3.0, 6.0, -3.0], [6.0, -12.0, 6.0], [-3.0, 6.0, -3.0]]
    np.testing.assert_allclose(ml.grad(np.linalg.det)(x), expected, rtol=1e-12)


def test_of_a_stack_with_a_singular_matrix() -> None:
    """A singular matrix does not affect the gradients of the others in the stack."""
    stack = np.stack([np.diag([1.0, 2.0]), np.zeros((2, 2)), np.array([[1.0, 2.0], [2.0, 4.0]])])
    expected = [cofactors(x) for x in stack]
    np.testing.assert_allclose(ml.grad(lambda s: np.sum(np.linalg.det(s)))(stack), expected)
    np.testing.assert_allclose(ml.vmap(ml.grad(np.linalg.det))(stack), expected)


@given(n=st.integers(1, 5), lost=st.integers(0, 5), seed=st.integers(0, 2**32 - 1))
def test_second_derivatives_of_any_rank(n: int, lost: int, seed: int) -> None:
    """The second derivative is the change of the cofactors, for matrices of every rank."""
    rng = np.random.default_rng(seed)
    rank = max(n - lost, 0)
    x = rng.normal(size=(n, rank)) @ rng.normal(size=(rank, n))
    weights, direction = rng.normal(size=(2, n, n))
    bent = ml.grad(lambda x: np.sum(weights * ml.grad(np.linalg.det)(x)))(x)
    # Cofactors are polynomials of degree 4 at most: these differences are exact.
    steps = np.array([-2.0, -1.0, 1.0, 2.0])
    change = [np.sum(weights * cofactors(x + h * direction)) for h in steps]
    expected = np.dot([1.0, -8.0, 8.0, -1.0], change) / 12.0
    scale = np.max(np.abs(change)) + 1.0
    assert np.sum(bent * direction) == pytest.approx(expected, abs=1e-12 * scale)


def test_third_derivatives() -> None:
    """A third derivative needs the inverse: without one NumPy raises, and if it is inexact it is NaN."""

    def third(x: Any) -> Any:
        gradient: Any = ml.grad(np.linalg.det)
        bent: Any = ml.grad(lambda x: np.sum(gradient(x) ** 2))
        return ml.grad(lambda x: np.sum(bent(x) ** 2))(x)

    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    np.testing.assert_allclose(third(x), 8.0 * x, rtol=1e-12)
    assert np.all(np.isnan(third(np.array([[1.0, 1.0], [1.0, 1.0 + 1e-9]]))))
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        third(np.zeros((2, 2)))
