"""Activations against SciPy, and their limits."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit, log_expit

import miniml as ml
from miniml.types import Array

SCORES = np.array([-1e4, -700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 700.0, 1e4])


def test_sigmoid_agrees_with_scipy() -> None:
    """The sigmoid has SciPy's values, to relative precision in both tails."""
    np.testing.assert_allclose(ml.sigmoid(SCORES), expit(SCORES), rtol=1e-12)


def test_log_sigmoid_agrees_with_scipy() -> None:
    """The log-sigmoid has SciPy's values."""
    np.testing.assert_allclose(ml.log_sigmoid(SCORES), log_expit(SCORES), rtol=1e-13)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [(ml.relu, [0.0, np.inf]), (ml.sigmoid, [0.0, 1.0]), (ml.log_sigmoid, [-np.inf, 0.0])],
)
def test_infinite_scores_have_their_limits(
    function: Callable[[Array], Array], wanted: list[float]
) -> None:
    """At infinity each activation returns its limit, without a warning."""
    np.testing.assert_array_equal(function(np.array([-np.inf, np.inf])), wanted)


def test_relu_has_zero_slope_at_its_kink() -> None:
    """The subgradient of relu at 0 is 0, as on the lecture's last slide."""

    def first(z: Array) -> ml.Scalar:
        value: ml.Scalar = ml.relu(z)[0]
        return value

    np.testing.assert_array_equal(ml.grad(first)(np.array([0.0])), [0.0])
