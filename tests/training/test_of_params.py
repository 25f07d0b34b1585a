"""Runs without data, by a loss of the parameters alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.training.of_params import with_data
from miniml.types import Array


def distance(params: Array) -> ml.Scalar:
    total: ml.Scalar = np.sum(np.square(params - 3.0))
    return total


def also_data(params: Array, data: None = None) -> ml.Scalar:
    assert data is None
    return distance(params)


def also_any(*given: Any) -> ml.Scalar:
    return distance(given[0])


class Distance:
    """A loss with a setting."""

    def __init__(self) -> None:
        self.at = 3.0

    def __call__(self, params: Array) -> ml.Scalar:
        total: ml.Scalar = np.sum(np.square(params - self.at))
        return total


RUNS: dict[str, Callable[[Any], Any]] = {
    "train": lambda loss: next(ml.train(loss, np.ones(2), None, ml.sgd(0.5))).params,
    "fit": lambda loss: ml.fit(loss, np.ones(2), None, ml.sgd(0.5), steps=1).state.params,
    "lbfgs": lambda loss: ml.lbfgs(loss, np.ones(2), None).state.params,
    "minimize": lambda loss: ml.minimize(loss, np.ones(2), None).state.params,
}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("loss", [distance, also_data, Distance(), also_any])
def test_no_data_takes_a_loss_of_the_parameters(name: str, loss: Any) -> None:
    """Without data, each run takes a loss of one argument, or of two."""
    np.testing.assert_allclose(RUNS[name](loss), [3.0, 3.0], rtol=1e-7)


@pytest.mark.parametrize("name", RUNS)
def test_a_setting_of_the_loss_is_read_anew(name: str) -> None:
    """A second run with another setting of the same loss has the second answer."""
    loss = Distance()
    for loss.at in (3.0, 5.0):
        np.testing.assert_allclose(RUNS[name](loss), [loss.at, loss.at], rtol=1e-7)


def test_the_same_loss_gives_the_same_function() -> None:
    """The loss with data is kept on the loss, and with it its programs."""
    loss: Any = distance
    assert with_data(loss, None) is with_data(loss, None)
    assert with_data(loss, np.ones(2)) is loss


def test_data_need_a_loss_of_two_arguments() -> None:
    """With data, a loss that ignores them is an error of Python's."""
    loss: Any = distance
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        ml.fit(loss, np.ones(2), np.ones(3), ml.sgd(0.5), steps=1)


def test_a_run_of_such_a_loss_resumes(tmp_path: Any) -> None:
    """A checkpoint of a run without data resumes without a warning."""
    loss: Any = distance
    for steps in (3, 6):
        run = ml.fit(
            loss, np.ones(2), None, ml.adam(), steps=steps, checkpoints=tmp_path, resume=True
        )
    whole = ml.fit(loss, np.ones(2), None, ml.adam(), steps=6)
    assert ml.tree_equal(run.state, whole.state)
