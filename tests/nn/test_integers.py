"""Activations and losses of integers, bools and lists."""

from typing import Any

import numpy as np
import pytest

import miniml as ml

FUNCTIONS = [ml.sigmoid, ml.log_sigmoid, ml.softmax, ml.log_softmax, ml.logsumexp]
KINDS = [np.bool_, np.int8, np.uint8, np.uint16, np.int32, np.int64, np.uint64]


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_integers_are_floats(function: Any, kind: Any, *, traced: bool) -> None:
    """The value of integers and bools is that of the same floats: small ones do not wrap around."""
    x = np.array([0, 1, 100], np.int64).astype(kind)
    found = (ml.jit(function) if traced else function)(x)
    np.testing.assert_allclose(found, function(x.astype(np.float64)), rtol=1e-15)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lists_are_arrays(function: Any) -> None:
    """A list of numbers, or of traced ones, is an array."""
    x = np.array([0.5, 2.0])
    assert ml.tree_equal(function([0.5, 2.0]), function(x))
    assert ml.tree_equal(ml.jit(lambda x: function([x[0], x[1]]))(x), ml.jit(function)(x))


@pytest.mark.parametrize("labels", [[0, 1], (0, 1), [[0.9, 0.1], [0.2, 0.8]]])
def test_labels_as_a_list(labels: Any) -> None:
    """Labels may be a list, given to the function that is traced or made in it."""

    def loss(w: Any, labels: Any) -> Any:
        return np.mean(ml.softmax_cross_entropy(w, labels))

    w = np.array([[1.0, 2.0], [3.0, -1.0]])
    wanted = ml.value_and_grad(loss)(w, np.array(labels))
    assert ml.tree_allclose(ml.value_and_grad(loss)(w, labels), wanted)
    assert ml.tree_allclose(ml.value_and_grad(lambda w: loss(w, labels))(w), wanted)
