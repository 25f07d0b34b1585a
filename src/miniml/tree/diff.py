"""The differences between two trees."""

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np

from miniml.tree.compare import same_leaf
from miniml.tree.depth import explained
from miniml.tree.node import node_at
from miniml.tree.path import Path, path_name
from miniml.tree.show import leaf_text
from miniml.tree.structure import same_static


@attrs.frozen
class Difference:
    """One difference between two trees.

    Attributes:
        name: The dotted name of the part.
        what: "node", "static", "missing", "extra", "type", "shape", "dtype" or "value".
        left: The part of the first tree; None if it is extra.
        right: The part of the second tree; None if it is missing.
        amount: The largest absolute difference of elements, if they are numbers.
        count: The number of differing elements.
    """

    name: str
    what: str
    left: Any = attrs.field(eq=False)
    right: Any = attrs.field(eq=False)
    amount: float | None = None
    count: int | None = None

    def __str__(self) -> str:
        head = f"{self.name or 'the root'}: {self.what}"
        if self.amount is None:
            return f"{head}: {leaf_text(self.left)} against {leaf_text(self.right)}"
        return f"{head}: {self.count} of {np.size(self.left)} elements, by up to {self.amount:g}"


@explained
def tree_diff(a: Any, b: Any) -> tuple[Difference, ...]:
    """List the differences between two trees: their places, kinds and sizes.

    Args:
        a: A tree.
        b: Another tree.

    Returns:
        The differences, in order; empty if `tree_equal(a, b)`.

    Example:
        >>> for difference in tree_diff({"w": 1.0, "b": (2.0,)}, {"w": 1.5, "b": (2.0, 0.0)}):
        ...     print(difference)
        b.1: extra: None against 0.0
        w: value: 1 of 1 elements, by up to 0.5
    """
    return tuple(_differences(a, b, ()))


def _differences(a: Any, b: Any, path: Path) -> Iterator[Difference]:
    name = path_name(path)
    left, right = node_at(a), node_at(b)
    if left is not right:
        yield Difference(name, "node", a, b)
    elif left is None:
        yield from _leaf_differences(a, b, name)
    else:
        parts, aux = left.explode(a)
        others, other_aux = left.explode(b)
        for field, x, y in zip(left.static_names, aux, other_aux, strict=False):
            if not same_static(x, y):
                yield Difference(path_name((*path, field)), "static", x, y)
        mine = dict(zip(left.keys(aux, len(parts)), parts, strict=True))
        theirs = dict(zip(left.keys(other_aux, len(others)), others, strict=True))
        for key, part in mine.items():
            if key in theirs:
                yield from _differences(part, theirs[key], (*path, key))
            else:
                yield Difference(path_name((*path, key)), "missing", part, None)
        for key, part in theirs.items():
            if key not in mine:
                yield Difference(path_name((*path, key)), "extra", None, part)
        if (
            not left.static_names
            and mine.keys() == theirs.keys()
            and not same_static(aux, other_aux)
        ):
            # The types or the order of the keys, or the factory of a defaultdict.
            yield Difference(name, "static", aux, other_aux)


def _leaf_differences(a: Any, b: Any, name: str) -> Iterator[Difference]:
    if same_leaf(a, b):
        return
    if type(a) is not type(b):
        yield Difference(name, "type", a, b)
    elif np.shape(a) != np.shape(b):
        yield Difference(name, "shape", a, b)
    elif np.asarray(a).dtype != np.asarray(b).dtype:
        yield Difference(name, "dtype", a, b)
    elif np.asarray(a).dtype.kind not in "biufc":
        yield Difference(name, "value", a, b)
    else:
        x, y = np.asarray(a), np.asarray(b)
        unequal = (x != y) & ~((x != x) & (y != y))  # noqa: PLR0124 - NaN is not itself
        amount = np.max(_distances(x[unequal], y[unequal]))
        yield Difference(name, "value", a, b, float(amount), int(np.count_nonzero(unequal)))


def _distances(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Any:
    if x.dtype.kind in "iu":  # floats cannot represent large integers; the unsigned difference can
        return np.where(x > y, x - y, y - x).view(f"u{x.itemsize}")
    kind = complex if x.dtype.kind == "c" else float
    with np.errstate(invalid="ignore", over="ignore"):
        return np.abs(x.astype(kind) - y.astype(kind))
