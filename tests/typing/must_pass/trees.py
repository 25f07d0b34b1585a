"""Programs about trees that must type-check in mypy and pyright, both strict; `test_run_time.py` runs them."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, assert_type

import attrs
import numpy as np

import miniml as ml
from miniml import Array, Static

L = TypeVar("L")


@ml.model
class Linear:
    w: Array
    b: float
    label: Static[str] = "separator"

    def __call__(self, x: Array) -> Array:
        return x @ self.w + self.b


@ml.model
class Chain(Generic[L]):
    layers: tuple[L, ...]
    table: dict[str, L]


@ml.model(kw_only=True)
class Net:
    first: Linear
    rest: Chain[Linear]
    spare: Linear | None = None
    scale: float = attrs.field(default=1.0, kw_only=True)
    size: Static[int] = 3


@ml.model
class Named(ml.Linear):
    label: Static[str] = "named"


LINE = Linear(np.ones(2), -1.0)
NET = Net(first=LINE, rest=Chain((LINE, LINE), {"a": LINE}))
ARGUMENTS = {"w": np.ones(2), "line": LINE, "net": NET, "models": NET.rest}


def constructors(w: Array) -> None:
    line = Linear(w, -1.0)
    assert_type(line, Linear)
    assert_type(line.w, Array)
    assert_type(line.b, float)
    assert_type(line.label, str)
    Linear(w=w, b=1.0, label="other")
    net = Net(first=line, rest=Chain((line,), {"a": line}), size=4)
    assert_type(net.size, int)
    assert_type(net.rest.layers, tuple[Linear, ...])
    assert_type(Named.init(np.random.default_rng(0), 2).label, str)


def maps(line: Linear, net: Net) -> None:
    assert_type(ml.tree_map(lambda p: p, line), Linear)
    assert_type(ml.tree_map(lambda p, g: p - 0.1 * g, net, net), Net)
    assert_type(ml.tree_map(lambda p, q, r: p + q + r, net, net, net), Net)
    assert_type(ml.tree_map_with_path(lambda path, p: (path, p), line), Any)
    assert_type(ml.over(line).map(lambda p: 2 * p), Linear)
    assert_type(ml.over(line).zip_with(line, lambda p, q: p - q), Linear)
    assert_type(ml.tree_map(lambda p: p, {"a": line}), dict[str, Linear])
    assert_type(ml.tree_specs(net), Any)
    assert_type(ml.tree_broadcast(0.1, net), Any)


def flattening(net: Net) -> None:
    leaves, structure = ml.tree_flatten(net)
    assert_type(leaves, list[Any])
    assert_type(structure, ml.tree.Structure[Net])
    assert_type(ml.tree_unflatten(structure, leaves), Net)
    assert_type(ml.tree_unflatten(ml.tree_structure(net), ml.tree_leaves(net)), Net)
    assert_type(structure.names, tuple[str, ...])
    assert_type(ml.tree_reduce(lambda n, _: n + 1, net, 0), int)


def names(net: Net, w: Array) -> None:
    assert_type(ml.named_leaves(net), dict[str, Any])
    assert_type(ml.replace_leaves(net, {"first.w": w}), Net)


def places(net: Net, w: Array) -> None:
    assert_type(ml.at(net, lambda m: m.first.w).get(), Array)
    assert_type(ml.at(net, lambda m: m.first.w).set(w), Net)
    assert_type(ml.at(net, lambda m: m.scale).apply(lambda s: 2.0 * s), Net)
    assert_type(ml.at(net, lambda m: m.rest.layers[0]).get(), Linear)
    assert_type(ml.at(net, lambda m: m.rest.layers[0].b).set(1.0), Net)
    assert_type(ml.at(net, lambda m: m.rest.table["a"].w).get(), Array)
    assert_type(ml.at(net, lambda m: m.spare).set(Linear(w, 1.0)), Net)
    assert_type(ml.at(net, lambda m: m.spare).set(None), Net)
    assert_type(ml.at(net, lambda m: m.size).set(4), Net)
    assert_type(ml.at(net, lambda m: m.first.label).get(), str)
    assert_type(ml.at(net, lambda m: (m.first.w, m.scale)).get(), tuple[Array, float])
    assert_type(ml.at(net, lambda m: (m.first.w, m.scale)).set((w, 2.0)), Net)
    listed = ml.at(net, lambda m: [layer.b for layer in m.rest.layers])
    assert_type(listed, ml.tree.At[Net, list[float]])
    assert_type(listed.apply(lambda bs: [2.0 * b for b in bs]), Net)
    pairs = ml.at(net, lambda m: [(layer.w, layer.b) for layer in m.rest.layers])
    assert_type(pairs, ml.tree.At[Net, list[tuple[Array, float]]])
    assert_type(pairs.apply(lambda ps: [(w, 0.0) for w, _ in ps]), Net)
    keyed = ml.at(net, lambda m: {"w": m.first.w, "v": m.rest.layers[0].w})
    assert_type(keyed.set({"w": w, "v": w}), Net)
    assert_type(ml.at(net, lambda m: ml.tree_leaves(m.rest)).get(), list[Any])
    several = ml.at(net, lambda m: tuple(layer.b for layer in m.rest.layers))
    assert_type(several, ml.tree.At[Net, tuple[float, ...]])


def generic(models: Chain[Linear], w: Array) -> None:
    assert_type(ml.at(models, lambda m: m.layers[0].w).set(w), Chain[Linear])
    assert_type(ml.tree_map(lambda p: p, models), Chain[Linear])


def parts(net: Net) -> None:
    trained, fixed = ml.partition(net, ml.is_parameter)
    assert_type(trained, Any)  # it has None in some places
    assert_type(fixed, Any)
    whole: Net = ml.combine(trained, fixed)
    assert_type(whole, Net)
    assert_type(ml.partition(net, ["**.b", Linear]), tuple[Any, Any])
    assert_type(ml.tree.partition_at(net, lambda m: m.first), tuple[Any, Any])
    assert_type(ml.check(net), Net)


def vectors(net: Net) -> None:
    vector, unravel = ml.ravel(net)
    assert_type(vector, Array)
    assert_type(unravel, Callable[[Array], Net])
    assert_type(unravel(2.0 * vector), Net)


def node(line: Linear) -> None:
    class Bag:
        def __init__(self, items: tuple[float, ...]) -> None:
            self.items = items

    ml.register_node(Bag, lambda bag: (bag.items, None), lambda _, items: Bag(items))
    assert_type(ml.tree_equal(line, line), bool)
    assert_type(np.mean(line(line.w)), np.floating[Any])
