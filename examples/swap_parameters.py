"""Replace parts of a model: by selection, by name, leaf by leaf."""

import numpy as np

import miniml as ml
from miniml import Array, Static


@ml.model
class Linear:
    w: Array
    b: float
    label: Static[str] = "separator"


@ml.model
class Split:
    m1: Linear
    m2: Linear


net = Split(Linear(np.array([1.0, 1.0]), -1.0), Linear(np.array([0.5, 1.5]), -1.0))
print(ml.summary(net))

moved = ml.at(net, lambda m: m.m2.b).set(-1.5)
swapped = ml.at(moved, lambda m: (m.m1, m.m2)).set((moved.m2, moved.m1))
named = ml.replace_leaves(swapped, {"m1.w": np.array([2.0, 2.0])})
doubled = ml.tree_map(lambda leaf: 2 * leaf, named)
print(ml.named_leaves(doubled))
