"""The logarithm of a sum of exponentials, and the softmax."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import miniml as ml

FUNCTIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "logsumexp": (ml.logsumexp, scipy.special.logsumexp),
    "softmax": (ml.softmax, scipy.special.softmax),
    "log_softmax": (ml.log_softmax, scipy.special.log_softmax),
}
each = pytest.mark.parametrize("name", FUNCTIONS)
anything = arrays(
    np.float64,
    array_shapes(max_dims=3, max_side=4),
    elements=st.one_of(st.floats(-50.0, 50.0), st.sampled_from([-np.inf, -1e300, 1e300])),
)
undefined = pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # inf - inf


@each
@undefined
@given(x=anything, data=st.data())
def test_agrees_with_scipy(name: str, x: Any, data: st.DataObject) -> None:
    """Each has SciPy's values along any axis, also for large and infinite numbers."""
    ours, scipys = FUNCTIONS[name]
    axis = data.draw(st.sampled_from([*range(-x.ndim, x.ndim), tuple(range(x.ndim))]))
    np.testing.assert_allclose(ours(x, axis=axis), scipys(x, axis=axis), rtol=1e-13, atol=1e-14)


@given(x=anything, keepdims=st.booleans())
def test_logsumexp_of_all(x: Any, *, keepdims: bool) -> None:
    """Without an axis the sum is over all elements."""
    expected = scipy.special.logsumexp(x, keepdims=keepdims)
    found = ml.logsumexp(x, keepdims=keepdims)
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14)


def test_infinities() -> None:
    """The result is -inf if all elements are, and inf if one is, without a warning."""
    x = np.array([[-np.inf, -np.inf], [np.inf, 0.0], [np.inf, -np.inf]])
    np.testing.assert_array_equal(ml.logsumexp(x, axis=1), [-np.inf, np.inf, np.inf])


@each
def test_dtype_is_kept(name: str) -> None:
    """The result for float32 is float32."""
    x = np.ones((2, 3), np.float32)
    assert FUNCTIONS[name][0](x, axis=1).dtype == np.float32
    assert ml.jit(FUNCTIONS[name][0])(x).dtype == np.float32


@each
def test_gradient(name: str) -> None:
    """The gradient equals central differences, also beside masked scores."""
    function = FUNCTIONS[name][0]
    mask = np.array([[True, False, True], [False, True, True]])

    def loss(x: Any) -> Any:
        y = function(np.where(mask, x, -np.inf), axis=1)
        return np.sum(np.sin(np.where(np.isfinite(y), y, 0.0)))

    x = np.array([[0.3, -1.0, 2.0], [0.0, 700.0, 701.0]])
    ml.check_grads(loss, x)


@each
def test_traced_as_untraced(name: str) -> None:
    """A program returns the values of plain NumPy."""
    function = FUNCTIONS[name][0]
    x = np.random.default_rng(0).normal(size=(5, 4)) * 10.0
    np.testing.assert_allclose(
        ml.jit(lambda x: function(x, axis=0))(x), function(x, axis=0), rtol=1e-14, atol=1e-15
    )
