"""Models that cannot be called."""

from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml._playground.core.creation import new_session
from miniml.types import Array


@ml.model
class Forward:
    """A model in the words of PyTorch."""

    w: Array

    def forward(self, x: Array) -> Array:
        return x @ self.w


DATA = ml.Dataset(np.ones((3, 2)), np.array([-1.0, 1.0, 1.0]))
NET: Any = Forward(np.ones(2))


@pytest.mark.parametrize(
    "run",
    [
        lambda: ml.mean_loss(NET, DATA),
        lambda: ml.full_loss(NET, DATA),
        lambda: ml.fit(ml.mean_loss, NET, DATA, ml.sgd(0.1), steps=1),
        lambda: ml.Sequential((NET,))(DATA.x),
        lambda: new_session(NET),
    ],
)
def test_a_model_with_forward_alone_is_refused(run: Any) -> None:
    """The message says to name the method `__call__`."""
    with pytest.raises(TypeError, match="cannot be called: name its method __call__ in place of"):
        run()


def test_its_method_is_a_scorer() -> None:
    """The way out that the message names works: a bound method scores points."""
    assert ml.mean_loss(NET.forward, DATA) > 0.0
