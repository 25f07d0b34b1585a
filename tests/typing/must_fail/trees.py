"""Programs that must not type-check, and what each checker says of the line below its pins."""

from typing import assert_type

import numpy as np

import miniml as ml
from miniml import Array, Scalar, Static


@ml.model
class Linear:
    w: Array
    b: float
    label: Static[str] = "separator"


@ml.model
class Net:
    first: Linear
    spare: Linear | None = None
    size: Static[int] = 3


@ml.model
class Other:
    w: Array


def loss(params: Linear, x: Array) -> Scalar:
    return np.mean(x @ params.w + params.b)


def wrong(net: Net, line: Linear, other: Other, w: Array) -> None:
    # mypy says: Argument 1 to "set" of "At" has incompatible type "str"; expected "float"
    # pyright says: "Literal['oops']" is not assignable to "float"
    ml.at(net, lambda m: m.first.b).set("oops")
    # mypy says: Argument 1 to "set" of "At" has incompatible type "float"; expected
    # pyright says: "float" is not assignable to "ndarray[_AnyShape, dtype[floating[Any]]]"
    ml.at(net, lambda m: m.first.w).set(1.0)
    # mypy says: Argument 1 to "apply" of "At" has incompatible type "Callable[[float], str]";
    # pyright says: "str" is not assignable to "float"
    ml.at(net, lambda m: m.first.b).apply(lambda b: str(b))
    # mypy says: "Linear" has no attribute "c"
    # pyright says: Attribute "c" is unknown
    ml.at(net, lambda m: m.first.c)
    # mypy says: Item "None" of "Linear | None" has no attribute "w"
    # pyright says: "w" is not a known attribute of "None"
    ml.at(net, lambda m: m.spare.w)
    # mypy says: Argument 1 to "set" of "At" has incompatible type "str"; expected "int"
    # pyright says: "Literal['4']" is not assignable to "int"
    ml.at(net, lambda m: m.size).set("4")
    # mypy says: Argument 1 to "set" of "At" has incompatible type "tuple[ndarray[tuple[Any,
    # pyright says: "Literal['oops']" is not assignable to "float"
    ml.at(net, lambda m: (m.first.w, m.first.b)).set((w, "oops"))
    # mypy says: List item 0 has incompatible type "float"; expected "tuple[ndarray[tuple[Any, ...],
    # pyright says: "float" is not assignable to "tuple[Array, float]"
    ml.at(net, lambda m: [(m.first.w, m.first.b)]).set([1.0])
    # mypy says: Property "b" defined in "Linear" is read-only
    # pyright says: Attribute "b" is read-only
    line.b = 2.0
    # mypy says: Argument 3 to "Linear" has incompatible type "int"; expected "str"
    # pyright says: "Literal[3]" is not assignable to "str"
    Linear(w, 1.0, 3)
    # mypy says: Missing positional argument "b" in call to "Linear"
    # pyright says: Argument missing for parameter "b"
    Linear(w)
    # mypy says: Argument 1 to "Linear" has incompatible type "str"; expected
    # pyright says: "Literal['w']" is not assignable to "ndarray[_AnyShape,
    Linear("w", 1.0)
    # mypy says: Argument 1 to "zip_with" of "Over" has incompatible type "Other"; expected
    # pyright says: "Other" is not assignable to "Linear"
    ml.over(line).zip_with(other, lambda p, q: p - q)
    # mypy says: Cannot infer type of lambda
    # pyright says: Extra parameter "q"
    ml.tree_map(lambda p, q: p - q, line)
    # mypy says: Module has no attribute "unknown"
    # pyright says: "unknown" is not a known attribute of module "miniml"
    ml.unknown(line)
    # mypy says: Argument 1 to "__call__" of "Program" has incompatible type "Other"; expected
    # pyright says: "Other" is not assignable to "Linear"
    ml.value_and_grad(loss)(other, w)
    # mypy says: Argument 2 to "__call__" of "Program" has incompatible type "str"; expected
    # pyright says: "Literal['x']" is not assignable to "ndarray[_AnyShape,
    ml.value_and_grad(loss)(line, "x")
    # mypy says: "Linear" has no attribute "head"
    # pyright says: Attribute "head" is unknown
    ml.fit(loss, line, w, ml.adam(), steps=1, wrt=lambda m: m.head)
    # mypy says: Argument 4 to "fit" has incompatible type "Callable[[float |
    # pyright says: is incompatible with protocol "Optimizer"
    ml.fit(loss, line, w, ml.adam, steps=1)
    # mypy says: Expression is of type "Linear", not "Other"
    # pyright says: "assert_type" mismatch: expected "Other" but received "Linear"
    assert_type(ml.replace_leaves(line, {"b": 1.0}), Other)
    # mypy says: Argument 2 to "register_node" has incompatible type "Callable[[int], int]";
    # pyright says: "int" is not assignable to "tuple[Iterable[Any], Hashable]"
    ml.register_node(int, lambda n: n, lambda _, c: 1)
