"""Optimisers: frozen pairs of pure functions, `init` and `update`, as in Optax.

An optimiser is itself a pytree: its rates are leaves. A training step that takes the optimiser
as an argument can therefore change the rate without a new program.
"""

from miniml.optimizers._adam import Adam, adam, adamw
from miniml.optimizers._lion import Lion, lion
from miniml.optimizers._multi_transform import multi_transform
from miniml.optimizers.base import Optimizer, OptimizerState, apply_updates
from miniml.optimizers.combine import add_decayed_weights, chain, clip, clip_by_global_norm
from miniml.optimizers.descent import SGD, Momentum, momentum, nesterov, sgd
from miniml.optimizers.scaled import Adagrad, RMSprop, adagrad, rmsprop

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "Lion",
    "Momentum",
    "Optimizer",
    "OptimizerState",
    "RMSprop",
    "adagrad",
    "adam",
    "adamw",
    "add_decayed_weights",
    "apply_updates",
    "chain",
    "clip",
    "clip_by_global_norm",
    "lion",
    "momentum",
    "multi_transform",
    "nesterov",
    "rmsprop",
    "sgd",
]
