"""Norms and standard deviations at zeros, and of numbers whose squares are out of range."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml import transforms

ml: Any = transforms  # untyped: NumPy's functions have too many overloads

mpmath = pytest.importorskip("mpmath")

ORDERS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 7.0, np.inf, -np.inf, -1.0, -2.0)
SCALES = {"f8": (1e-300, 1e-160, 1.0, 1e160, 1e300), "f4": (1e-37, 1e-20, 1.0, 1e20, 1e37)}


def norm_of(x: Any, order: float) -> tuple[float, list[float]]:
    """Return the norm of numbers that are not 0, and its derivatives, with 50 digits."""
    with mpmath.workdps(50):
        sizes = [abs(mpmath.mpf(float(v))) for v in x]
        if np.isinf(order):
            value = max(sizes) if order > 0 else min(sizes)
            slopes = [mpmath.mpf(size == value) for size in sizes]
        else:
            value = mpmath.fsum(size**order for size in sizes) ** (1 / mpmath.mpf(order))
            slopes = [(size / value) ** (order - 1) for size in sizes]
        signed = [float(s) * float(np.sign(v)) for s, v in zip(slopes, x, strict=True)]
        return float(value), signed


@given(
    order=st.sampled_from(ORDERS),
    numbers=st.lists(st.floats(0.1, 1.0), min_size=1, max_size=5, unique=True),
    signs=st.integers(0, 31),
    dtype=st.sampled_from(["f8", "f4"]),
    scale=st.integers(0, 4),
    zeros=st.integers(0, 2),
)
def test_any_order_of_any_size(
    *, order: float, numbers: list[float], signs: int, dtype: str, scale: int, zeros: int
) -> None:
    """Value and gradient of a norm are right where the powers of the numbers overflow or underflow."""
    near = np.array(numbers) * [1 if signs >> k & 1 else -1 for k in range(len(numbers))]
    x = (near * 0.1 * SCALES[dtype][scale]).astype(dtype)
    value, slopes = norm_of(x, order)
    if order > 0:  # a zero adds nothing, and its gradient is 0
        x, slopes = np.append(x, np.zeros(zeros, dtype)), slopes + [0.0] * zeros
    found, gradient = ml.value_and_grad(lambda x: np.linalg.norm(x, order))(x)
    tolerance = 1e-12 if dtype == "f8" else 2e-5
    np.testing.assert_allclose(found, value, rtol=tolerance)
    np.testing.assert_allclose(gradient, slopes, rtol=10 * tolerance)
    rows = ml.grad(lambda x: np.sum(np.linalg.norm(x, order, axis=0)))(np.stack([x, x], 1))
    np.testing.assert_allclose(rows, np.stack([slopes, slopes], 1), rtol=10 * tolerance)


@pytest.mark.parametrize("order", [None, *ORDERS])
def test_gradient_at_zero(order: float | None) -> None:
    """At 0 the gradient of each norm is 0, as in PyTorch, and so is that of a zero among others."""
    gradient = ml.grad(lambda x: np.linalg.norm(x, order))
    np.testing.assert_array_equal(gradient(np.zeros(3)), np.zeros(3))
    if order is None or order != 1:
        assert gradient(np.array([3.0, 0.0, -4.0]))[1] == 0.0


def test_half_order_with_a_zero() -> None:
    """The norm of order 1/2 of (3, 0, 4) has PyTorch's gradient."""
    found = ml.grad(lambda x: np.linalg.norm(x, 0.5))(np.array([3.0, 0.0, 4.0]))
    np.testing.assert_allclose(found, [1.0 + 2.0 / np.sqrt(3.0), 0.0, 1.0 + np.sqrt(3.0) / 2.0])


def test_float16() -> None:
    """In float16, where squares overflow from 256, the norm of (300, 400) is 500."""
    x = np.array([300.0, 400.0], np.float16)
    value, gradient = ml.value_and_grad(np.linalg.norm)(x)
    assert (value, gradient.dtype) == (500.0, np.float16)
    np.testing.assert_allclose(gradient, [0.6, 0.8], rtol=1e-3)


@pytest.mark.parametrize("order", [2.0, 2.5, 3.0, 4.0])
def test_second_and_third_derivatives(order: float) -> None:
    """Differences of the gradient agree with the next two derivatives, beside zeros where they exist."""
    x, d, e = np.array([0.3, -0.7, 0.5]), np.array([1.0, 0.4, -0.2]), np.array([0.3, 1.0, 0.8])

    def slope(x: Any) -> Any:
        return np.sum(d * ml.grad(lambda x: np.linalg.norm(x, order))(x))

    def bend(x: Any) -> Any:
        return np.sum(e * ml.grad(slope)(x))

    for function in (slope, bend):
        found = ml.grad(function)(x)
        for k, unit in enumerate(np.eye(3)):
            step = 1e-5 * unit
            ends = ml.jit(function)(x + step), ml.jit(function)(x - step)
            assert found[k] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-6, abs=1e-7)
    if order == 3.0:
        bent = ml.hessian(lambda x: np.linalg.norm(x, 3.0))(np.array([3.0, 0.0, 4.0]))
        assert np.all(bent[1] == 0.0)


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1.0, 1e200])
def test_matrix_norms_of_any_size(scale: float) -> None:
    """The gradient of a norm of a matrix does not vary with the matrix's size; nor does its value's ratio."""
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    orders: list[Any] = ["fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf]
    for order in orders:
        value, gradient = ml.value_and_grad(lambda x, o=order: np.linalg.norm(x, o))(scale * x)
        np.testing.assert_allclose(value / scale, np.linalg.norm(x, order), rtol=1e-12)
        expected = ml.grad(lambda x, o=order: np.linalg.norm(x, o))(x)
        np.testing.assert_allclose(gradient, expected, rtol=1e-10)
    kinds: list[Any] = [None, -2, "fro", 1]
    for kind in kinds:
        found = ml.grad(lambda x, p=kind: np.linalg.cond(x, p))(scale * x)
        expected = ml.grad(lambda x, p=kind: np.linalg.cond(x, p))(x)
        np.testing.assert_allclose(found * scale, expected, rtol=1e-9)


def test_conditions_of_singular_matrices() -> None:
    """As in NumPy, the condition of zeros is infinite; the smallest ratio has a derivative at 0."""
    assert ml.jit(np.linalg.cond)(np.zeros((2, 2))) == np.inf
    found = ml.grad(lambda x: np.linalg.cond(x, -2))(np.diag([2.0, 0.0]))
    np.testing.assert_allclose(np.abs(found), np.diag([0.0, 0.5]))


class TestStandardDeviation:
    @pytest.mark.parametrize("scale", [1e-200, 1e-160, 1.0, 1e160, 1e200])
    def test_of_any_size(self, scale: float) -> None:
        """Its value scales with the numbers, and its gradient does not vary."""
        x = np.array([[1.0, 2.0, 4.0], [0.5, 0.5, 3.0]])
        for function in (np.std, np.nanstd):

            def spread(x: Any, function: Any = function) -> Any:
                return np.sum(function(x, axis=1, ddof=1))

            value, gradient = ml.value_and_grad(spread)(scale * x)
            np.testing.assert_allclose(value / scale, spread(x), rtol=1e-12)
            np.testing.assert_allclose(gradient, ml.grad(spread)(x), rtol=1e-11)

    def test_float16(self) -> None:
        """In float16, squares and their sums are computed in float32."""
        value, gradient = ml.value_and_grad(np.std)(np.array([0.0, 600.0], np.float16))
        assert (value, gradient.tolist()) == (300.0, [-0.5, 0.5])
        assert ml.jit(np.var)(np.array([0.0, 300.0] * 4, np.float16)) == np.float16(22500.0)

    @pytest.mark.parametrize("number", [0.0, 0.1, 1e200])
    def test_of_equal_numbers(self, number: float) -> None:
        """Of equal numbers the gradient is 0, as in PyTorch, for those of one row among others too."""
        found = ml.grad(lambda x: np.sum(np.std(x, 1)))(
            np.stack([np.full(4, number), np.arange(4.0)])
        )
        np.testing.assert_allclose(found[0], np.zeros(4), atol=1e-15)
        assert np.all(found[1] != 0.0)


def test_hypot_reduce() -> None:
    """`np.hypot.reduce` has the same range, and gradient 0 at 0."""
    x = np.array([3e200, 4e200])
    value, gradient = ml.value_and_grad(np.hypot.reduce)(x)
    assert value == pytest.approx(5e200)
    np.testing.assert_allclose(gradient, [0.6, 0.8])
    np.testing.assert_array_equal(ml.grad(np.hypot.reduce)(np.zeros(2)), [0.0, 0.0])


def test_vmap() -> None:
    """Under vmap each element of the batch has its own range."""
    x = np.array([[3e200, 4e200], [3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(ml.vmap(np.linalg.norm)(x), [5e200, 5.0, 0.0])
    found = ml.vmap(ml.grad(np.linalg.norm))(x)
    np.testing.assert_allclose(found, [[0.6, 0.8], [0.6, 0.8], [0.0, 0.0]])
