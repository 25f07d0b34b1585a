"""Hypothesis strategies: random trees, arrays and models, built in this one place."""

from collections import OrderedDict, defaultdict
from typing import Any, Generic, NamedTuple, TypeVar

import attrs
import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from miniml.tree import Static, model

T = TypeVar("T")


@model
class Line:
    """Two leaves and a static field."""

    w: Any
    b: Any
    label: Static[str] = "line"


@model
class Pair(Generic[T]):
    """Two parts of one type."""

    first: T
    second: T


@attrs.frozen(slots=False, eq=False)
class Loose:
    """A foreign attrs class without slots; its static field is written in text."""

    part: Any
    _scale: Any
    size: "Static[int]" = attrs.field(default=3, kw_only=True)


class Point(NamedTuple):
    """A named tuple."""

    x: Any
    y: Any


def arrays() -> st.SearchStrategy[np.ndarray[Any, Any]]:
    """Small arrays of several dtypes and ranks, all finite."""
    dtypes = st.sampled_from([np.float64, np.float32, np.int64])
    return dtypes.flatmap(
        lambda dtype: hnp.arrays(
            dtype,
            hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
            elements=st.integers(-9, 9).map(dtype),
        )
    )


def leaves() -> st.SearchStrategy[Any]:
    """Arrays, NumPy scalars, Python numbers, strings and objects of no known type."""
    return st.one_of(
        arrays(),
        st.floats(allow_nan=False),
        st.integers(-9, 9),
        st.booleans(),
        st.complex_numbers(allow_nan=False),
        st.text(max_size=3),
        st.floats(-9, 9).map(np.float64),
        st.just(object()),
    )


def keys() -> st.SearchStrategy[Any]:
    """Lists of dict keys with an order: all strings, all integers or all pairs."""
    return st.one_of(
        st.lists(st.text(max_size=3), unique=True, max_size=3),
        st.lists(st.integers(-9, 9), unique=True, max_size=3),
        st.lists(st.tuples(st.integers(0, 2), st.booleans()), unique=True, max_size=3),
    )


def _dicts(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[Any, Any]]:
    return keys().flatmap(lambda ks: st.fixed_dictionaries(dict.fromkeys(ks, parts)))


def nodes(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nodes of every kind, around the given parts."""
    return st.one_of(
        st.lists(parts, max_size=4),
        st.lists(parts, max_size=4).map(tuple),
        _dicts(parts),
        _dicts(parts).map(OrderedDict),
        _dicts(parts).map(lambda d: defaultdict(int, d)),
        st.builds(Line, parts, parts, st.sampled_from(["line", "plane"])),
        st.builds(Pair[Any], parts, parts),
        st.builds(Loose, parts, parts, size=st.integers(0, 2)),
        st.builds(Point, parts, parts),
        st.none(),
    )


def trees(leaf: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Any]:
    """Trees of every kind of node, a single leaf among them."""
    return st.recursive(leaves() if leaf is None else leaf, nodes, max_leaves=12)
