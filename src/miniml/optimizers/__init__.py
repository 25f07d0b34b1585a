"""Optimisers: frozen pairs of pure functions, `init` and `update`, as in Optax.

An optimiser is itself a tree: its learning rates are leaves. A training step that takes the
optimiser as an argument can therefore change the rate without a new program.

Arguments and defaults are Optax's, with four differences. `momentum` and `nesterov` are functions,
where `optax.sgd` has arguments. `where` selects the leaves that decay, in place of `mask`.
`multi_transform` takes pairs of a selector and an optimiser, in place of labels. The learning rate
of Adam is 1e-3 by default, as in its paper; weights have no default decay in `add_decayed_weights`.
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
