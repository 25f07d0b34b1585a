"""A small problem that the tests of training share."""

import numpy as np

import miniml as ml

RNG = np.random.default_rng(0)
DATA = ml.datasets.xor(RNG, 50)
NET = ml.MLP.init(np.random.default_rng(1), 2, (8,), activation=np.tanh)


def loss(params: ml.MLP, data: ml.Dataset) -> ml.Scalar:
    return ml.mean_loss(params, data)
