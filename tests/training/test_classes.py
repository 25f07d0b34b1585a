"""More than two classes."""

from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import Array, IntArray, Scalar

pytestmark = pytest.mark.sklearn


@ml.model
class Digits:
    x: Array
    y: IntArray


def loss(model: ml.MLP, data: Digits) -> Scalar:
    return np.mean(ml.softmax_cross_entropy(model(data.x), data.y))


def test_a_small_net_tells_the_ten_digits_apart() -> None:
    """One hidden layer and a softmax classify 95 % of the held-out digits."""
    datasets: Any = pytest.importorskip("sklearn.datasets")
    x, y = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    held_out, rest = order[:450], order[450:]
    net = ml.MLP.init(np.random.default_rng(1), 64, (64,), 10)
    digits = Digits(x[rest] / 16, y[rest])
    net = ml.fit(loss, net, digits, ml.adam(0.003), steps=800, batch_size=64).state.params
    predicted = net(x[held_out] / 16).argmax(axis=1)
    assert ml.metrics.accuracy(y[held_out], predicted) > 0.95
