"""The norm of a tree at any size of its numbers."""

from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.tree import tree_norm


@pytest.mark.parametrize("number", [6e4, 1e30, 1e38, 1e-30, 1e-44, 1e200, 1e-200, 1e307, 5e-324])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("run", [lambda f: f, ml.jit])
def test_squares_may_overflow_or_underflow(run: Any, dtype: Any, number: float) -> None:
    """The norm is the root of the sum of squares even if those are out of range."""
    with np.errstate(over="ignore"):
        leaf = np.array([number, -number, 0.0, number], dtype)
    if not (np.isfinite(leaf).all() and leaf[0]):
        pytest.skip("no number of this dtype")
    tree = {"a": leaf, "b": leaf[:1]}
    digits = np.finfo(np.result_type(dtype, np.float32))
    np.testing.assert_allclose(
        run(tree_norm)(tree),
        2.0 * float(leaf[0]),
        rtol=8 * float(digits.eps),
        atol=2 * float(digits.smallest_subnormal),
    )


@pytest.mark.parametrize("number", [1e-200, 1.0, 1e200])
def test_its_gradient_is_the_direction(number: float) -> None:
    """The gradient of the norm is the unit vector, at any size."""
    tree = {"a": np.array([3.0, 0.0]) * number, "b": np.array([-4.0]) * number}
    slopes = ml.grad(tree_norm)(tree)
    np.testing.assert_allclose([*slopes["a"], *slopes["b"]], [0.6, 0.0, -0.8], rtol=1e-14)


@pytest.mark.parametrize("wrong", [np.inf, np.nan])
def test_numbers_that_are_not_finite_show(wrong: float) -> None:
    """The norm of a tree with an infinity is infinite, with a NaN it is NaN."""
    np.testing.assert_equal(float(tree_norm({"a": np.array([1.0, wrong]), "b": 2.0})), wrong)
