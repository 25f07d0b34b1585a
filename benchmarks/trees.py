"""Time trees against those of the peers: one run, interleaved, medians and ratios.

Run `python benchmarks/trees.py`; `--sizes 2 101` and `--rows flatten map` choose.
Every peer builds the same objects: frozen classes, with slots if it allows them. Peers that are not
installed are left out.
"""

import argparse
import dataclasses
import gc
import itertools
import math
import operator
import statistics
import sys
import time
import timeit
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

import miniml as ml
from miniml import Static

ROUNDS = 15
LEVELS = 50  # of the deep models


@ml.model
class Linear:
    w: Any
    b: Any
    label: Static[str] = "separator"


@ml.model
class Wide:
    layers: tuple[Linear, ...]
    scale: Any


@ml.model
class Deep:
    head: tuple[Linear, ...]
    rest: Any


@dataclasses.dataclass(frozen=True)
class Library:
    """The functions of one library by row, and its three classes."""

    name: str
    classes: tuple[Any, Any, Any]
    flatten: Callable[..., Any]
    unflatten: Callable[[Any, list[Any]], Any]
    map: Callable[..., Any]
    named: Callable[[Any], Any] | None = None
    set: Callable[[Any, Callable[[Any], Any], Any], Any] | None = None


def by_miniml() -> Library:
    return Library(
        "miniml",
        (Linear, Wide, Deep),
        ml.tree_flatten,
        ml.tree_unflatten,
        ml.tree_map,
        ml.named_leaves,
        lambda tree, where, value: ml.at(tree, where).set(value),
    )


def by_jax() -> Library:
    import jax.tree_util as jtu

    @jtu.register_dataclass
    @dataclasses.dataclass(frozen=True, slots=True)
    class Linear:
        w: Any
        b: Any
        label: str = dataclasses.field(default="separator", metadata={"static": True})

    @jtu.register_dataclass
    @dataclasses.dataclass(frozen=True, slots=True)
    class Wide:
        layers: Any
        scale: Any

    @jtu.register_dataclass
    @dataclasses.dataclass(frozen=True, slots=True)
    class Deep:
        head: Any
        rest: Any

    return Library(
        "jax",
        (Linear, Wide, Deep),
        jtu.tree_flatten,
        jtu.tree_unflatten,
        jtu.tree_map,
        lambda tree: {
            jtu.keystr(path, simple=True, separator="."): leaf
            for path, leaf in jtu.tree_flatten_with_path(tree)[0]
        },
    )


def by_equinox() -> Library:
    import equinox as eqx

    class Linear(eqx.Module):  # type: ignore[misc]  # skipped by mypy.ini
        w: Any
        b: Any
        label: str = eqx.field(default="separator", static=True)

    class Wide(eqx.Module):  # type: ignore[misc]  # skipped by mypy.ini
        layers: Any
        scale: Any

    class Deep(eqx.Module):  # type: ignore[misc]  # skipped by mypy.ini
        head: Any
        rest: Any

    return dataclasses.replace(
        by_jax(),
        name="equinox",
        classes=(Linear, Wide, Deep),
        set=lambda tree, where, value: eqx.tree_at(where, tree, value),
    )


def by_optree() -> Library:
    import optree
    import optree.integrations.attrs

    frozen = optree.integrations.attrs.frozen

    @frozen(namespace="bench", eq=False)
    class Linear:
        w: Any
        b: Any
        label: str = optree.integrations.attrs.field(default="separator", pytree_node=False)

    @frozen(namespace="bench", eq=False)
    class Wide:
        layers: Any
        scale: Any

    @frozen(namespace="bench", eq=False)
    class Deep:
        head: Any
        rest: Any

    return Library(
        "optree",
        (Linear, Wide, Deep),
        lambda tree: optree.tree_flatten(tree, namespace="bench"),
        optree.tree_unflatten,
        lambda f, *trees: optree.tree_map(f, *trees, namespace="bench"),
        lambda tree: {
            ".".join(map(str, path)): leaf
            for path, leaf in zip(
                *optree.tree_flatten_with_path(tree, namespace="bench")[:2], strict=True
            )
        },
    )


def by_torch() -> Library:
    import torch.utils._pytree as ttu

    @attrs.frozen(eq=False)
    class Linear:
        w: Any
        b: Any
        label: str = "separator"

    @attrs.frozen(eq=False)
    class Wide:
        layers: Any
        scale: Any

    @attrs.frozen(eq=False)
    class Deep:
        head: Any
        rest: Any

    for cls, names in (
        (Linear, ("w", "b")),
        (Wide, ("layers", "scale")),
        (Deep, ("head", "rest")),
    ):

        def parts(tree: Any, get: Any = operator.attrgetter(*names)) -> tuple[list[Any], Any]:
            return list(get(tree)), getattr(tree, "label", None)

        def keyed(tree: Any, names: Any = names) -> tuple[list[Any], Any]:
            pairs = [(ttu.GetAttrKey(name), getattr(tree, name)) for name in names]
            return pairs, getattr(tree, "label", None)

        def put_together(parts: Any, label: Any, cls: Any = cls) -> Any:
            return cls(*parts) if label is None else cls(*parts, label)

        ttu.register_pytree_node(cls, parts, put_together, flatten_with_keys_fn=keyed)
    return Library(
        "torch",
        (Linear, Wide, Deep),
        ttu.tree_flatten,
        lambda structure, leaves: ttu.tree_unflatten(leaves, structure),
        ttu.tree_map,
        lambda tree: {ttu.keystr(path): leaf for path, leaf in ttu.tree_flatten_with_path(tree)[0]},
    )


def installed() -> list[Library]:
    """Return the libraries that are installed."""
    found: list[Library] = []
    for make in (by_miniml, by_jax, by_equinox, by_optree, by_torch):
        try:
            found.append(make())
        except ImportError as error:
            print(error, file=sys.stderr)
    return found


LIBRARIES = installed()


def build(classes: tuple[Any, Any, Any], leaves: int, shape: str) -> Any:
    """Build a model with the given number of leaves: one linear, many side by side, or many levels."""
    linear, wide, deep = classes
    layers = [linear(np.ones(3), 1.0) for _ in range(max(1, leaves // 2))]
    if len(layers) == 1:
        return layers[0]
    if shape == "wide":
        return wide(tuple(layers), 1.0)
    rest: Any = 1.0
    levels = min(LEVELS, len(layers))
    for level in range(levels):  # neighbours in the tree are neighbours in memory
        start, end = level * len(layers) // levels, (level + 1) * len(layers) // levels
        rest = deep(tuple(layers[start:end]), rest)
    return rest


def where_of(leaves: int, shape: str) -> Callable[[Any], Any]:
    """Return the `where` of the leaf in the middle."""
    if leaves == 2:
        return lambda m: m.b
    if shape == "wide":
        return lambda m: m.layers[leaves // 4].b
    return lambda m: m.rest.rest.head[0].b


def identity(leaf: Any) -> Any:
    return leaf


def first_of_three(a: Any, _b: Any, _c: Any) -> Any:
    return a


ROWS = {
    "flatten": "flatten(tree)",
    "unflatten": "unflatten(structure, flat)",
    "map": "map(identity, tree)",
    "map of 3": "map(first_of_three, tree, other, tree)",
    "structure ==": "structure == same",
    "hash": "hash(structure)",
    "named leaves": "named(tree)",
    "at().set": "set(tree, where, 2.0)",
}


def timers(library: Library, leaves: int, shape: str) -> dict[str, timeit.Timer]:
    """Return the statements to time, by row, in CPU time, which other processes disturb less."""
    tree = build(library.classes, leaves, shape)
    other = build(library.classes, leaves, shape)
    flat, structure = library.flatten(tree)
    names = vars(library) | {
        "tree": tree,
        "other": other,
        "flat": flat,
        "structure": structure,
        "same": library.flatten(other)[1],
        "where": where_of(leaves, shape),
        "identity": identity,
        "first_of_three": first_of_three,
    }
    return {
        row: timeit.Timer(statement, timer=time.thread_time, globals=names)
        for row, statement in ROWS.items()
        if names.get(statement.partition("(")[0], statement) is not None
    }


def loops_for(timer: timeit.Timer, seconds: float) -> int:
    """Return how many calls fill the given time."""
    loops = 1
    while (spent := timer.timeit(loops)) < seconds / 2 and loops < 10**6:
        loops = max(2 * loops, int(loops * seconds / max(spent, 1e-9) / 2))
    return loops


def compare(leaves: int, shape: str, wanted: list[str]) -> None:
    """Time every row of every library in turns, and print medians in microseconds."""
    table = {library.name: timers(library, leaves, shape) for library in LIBRARIES}
    for row in wanted or ROWS:
        found = {name: of_library[row] for name, of_library in table.items() if row in of_library}
        loops = {name: loops_for(timer, 0.004) for name, timer in found.items()}
        times: dict[str, list[float]] = {name: [] for name in found}
        gc.collect()
        for _ in range(ROUNDS if leaves < 10_000 else 5):
            for name, timer in found.items():
                times[name].append(timer.timeit(loops[name]) / loops[name] * 1e6)
        ratios = [
            statistics.median(a / b for a, b in zip(times[name], times["miniml"], strict=True))
            for name in found
            if name != "miniml"
        ]
        cells = [
            f"{statistics.median(times[library.name]):>11.3f}"
            if library.name in times
            else f"{'-':>11}"
            for library in LIBRARIES
        ]
        print(
            f"{leaves:>7} {shape:<5} {row:<13}{''.join(cells)} {min(ratios, default=math.nan):>8.2f}"
        )


def first_calls() -> None:
    """Print the cost of the first calls on new classes and new structures."""

    def fresh() -> tuple[Any, Any]:
        @ml.model
        class Layer:
            w: Any
            b: Any
            label: Static[str] = "separator"

        @ml.model
        class Net:
            layers: tuple[Any, ...]
            scale: Any

        return Layer, Net

    layer, net = fresh()
    serial = itertools.count()
    makers: list[tuple[str, Callable[[], Any]]] = [
        ("a new class of 2 leaves", lambda: fresh()[0](np.ones(3), 1.0)),
        (
            "a new structure of 101 leaves",
            lambda: net(tuple(layer(1.0, 1.0, f"layer {next(serial)}") for _ in range(50)), 1.0),
        ),
    ]
    for title, make in makers:
        times: list[list[float]] = []
        for _ in range(21):
            tree = make()
            spent: list[float] = []
            for _ in range(3):
                start = time.thread_time()
                leaves, structure = ml.tree_flatten(tree)
                middle = time.thread_time()
                ml.tree_unflatten(structure, leaves)
                spent += [(middle - start) * 1e3, (time.thread_time() - middle) * 1e3]
            times.append(spent)
        medians = [statistics.median(column) for column in zip(*times, strict=True)]
        calls = "; ".join(
            f"call {i + 1}: flatten {medians[2 * i]:.3f}, unflatten {medians[2 * i + 1]:.3f}"
            for i in range(3)
        )
        print(f"{title}: {calls} (milliseconds)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[2, 11, 101, 1001, 100_001])
    parser.add_argument("--rows", nargs="*", default=[])
    parser.add_argument("--shapes", nargs="*", default=["wide", "deep"])
    chosen = parser.parse_args()
    sys.setrecursionlimit(10_000)  # the peers recurse
    first_calls()
    names = "".join(f"{library.name:>11}" for library in LIBRARIES)
    print(f"{'leaves':>7} {'shape':<5} {'microseconds':<13}{names} {'x faster':>8}")
    for size in chosen.sizes:
        for shape in chosen.shapes:
            if size > 2 or shape == "wide":
                compare(size, shape, chosen.rows)


if __name__ == "__main__":
    main()
