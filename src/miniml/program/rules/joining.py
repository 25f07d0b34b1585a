"""Joining arrays and splitting them."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.rules.define import joined, part, traced
from miniml.program.trace.registry import implements, named


@implements(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return np.concatenate([np.atleast_2d(x) for x in joined(*tup)], 0, dtype=dtype)


@implements(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    xs = [np.atleast_1d(x) for x in joined(*tup)]
    return np.concatenate(xs, 0 if xs[0].ndim == 1 else 1, dtype=dtype)


@implements(np.dstack)
def dstack(tup: Any) -> Any:
    return np.concatenate([np.atleast_3d(x) for x in joined(*tup)], 2)


@implements(np.column_stack)
def column_stack(tup: Any) -> Any:
    return np.concatenate([x[:, None] if x.ndim == 1 else x for x in joined(*tup)], 1)


@implements(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return np.concatenate(joined(arr, values), axis)


@implements(np.block)
def block(arrays: Any) -> Any:
    leaves = joined(*_leaves(arrays))
    depth = _depth(arrays)
    ndim = max(depth, *(x.ndim for x in leaves))
    rest = iter(np.reshape(x, (*(1,) * (ndim - x.ndim), *x.shape)) for x in leaves)

    def build(part: Any, level: int) -> Any:
        if isinstance(part, list):
            return np.concatenate([build(p, level + 1) for p in part], ndim - depth + level)
        return next(rest)

    return build(arrays, 0)


def _leaves(nested: Any) -> list[Any]:
    return [x for part in nested for x in _leaves(part)] if isinstance(nested, list) else [nested]


def _depth(nested: Any) -> int:
    return 1 + max(_depth(part) for part in nested) if isinstance(nested, list) else 0


@implements(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    x = traced(ary)
    n = x.shape[axis]
    if isinstance(indices_or_sections, int | np.integer):
        count = int(indices_or_sections)
        extra = n % count
        sizes = [n // count + 1] * extra + [n // count] * (count - extra)
        ends = [int(end) for end in np.cumsum(sizes)[:-1]]
    else:
        ends = [int(end) for end in indices_or_sections]
    starts: Sequence[int | None] = [0, *ends]
    stops: Sequence[int | None] = [*ends, None]
    return [part(x, axis % x.ndim, a, b) for a, b in zip(starts, stops, strict=True)]


@implements(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    x = traced(ary)
    if isinstance(indices_or_sections, int | np.integer) and x.shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return array_split(x, indices_or_sections, axis)


@implements(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    return split(ary, indices_or_sections, 0)


@implements(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    return split(ary, indices_or_sections, min(np.ndim(ary) - 1, 1))


@implements(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    return split(ary, indices_or_sections, 2)


@implements(*named("unstack"))
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    return tuple(np.moveaxis(traced(x), axis, 0))
