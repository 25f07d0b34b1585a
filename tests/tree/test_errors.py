"""Invalid inputs, and their messages."""

import math
from typing import Any

import attrs
import numpy as np
import pytest

from miniml.tree import Static, at, model, replace_leaves, tree_flatten, tree_leaves, tree_map
from tests.strategies import Line, Pair, Point


@attrs.frozen
class Foreign:
    """A class whose constructor accepts any static value."""

    w: Any
    size: Static[object]


def nested(depth: int) -> list[Any]:
    tree: list[Any] = []
    for _ in range(depth):
        tree = [tree]
    return tree


def endless() -> list[Any]:
    tree: list[Any] = []
    tree.append(tree)
    return tree


WRONG_TREES = [
    ({"a": Foreign(1, np.ones(2))}, TypeError, r"at a: Foreign\.size: an array of shape \(2,\)"),
    ([Foreign(1, [2])], TypeError, r"at 0: Foreign\.size: \[2\] of type list cannot be static"),
    ({"a": {1: 0, "b": 0}}, TypeError, r"at a: the keys of a dict must be sortable.*int, str"),
    (nested(10**5), RecursionError, "the tree is nested too deeply"),
    (endless(), RecursionError, "or contains itself"),
]

MISFITS = [
    ((1, 2), (1, 2, 3), r"at the root a tuple has other keys: extra 2 \(2 expected, 3 found"),
    ({"a": [1]}, {"a": []}, r"at a a list has other keys: missing 0"),
    ({"a": 1, "b": 1}, {"a": 1, "c": 1}, r"a dict has other keys: missing b; extra c"),
    ([Line(1, 2)], [Pair(1, 2)], r"at 0 expected a Line, found a Pair"),
    (Line(1, 2), Line(1, 2, "x"), r"at label expected the static value 'line', found 'x'"),
    (
        Foreign(1, math.nan),
        Foreign(1, math.nan * 2),
        "nan, found an unequal value with the same repr",
    ),
    (Line(1, (2,)), Line(1, 2), r"at b expected a tuple, found a leaf"),
    (Line(1, 2), Line(1, (2,)), r"at b expected a leaf, found a tuple"),
    ([None], [1.0], r"at 0 expected None, found a leaf"),
    ([1.0], [None], r"at 0 expected a leaf, found None"),
    (Point(1, 2), (1, 2), r"at the root expected a Point, found a tuple"),
    ({"a": {1: 0}}, {"a": {True: 0}}, r"at a a dict has other keys: missing 1; extra \[True\]"),
]

WRONG_PLACES = [
    (lambda m: m.lines[0].c, AttributeError, r"at lines\.0: a Line has no field 'c'"),
    (lambda m: m.line, AttributeError, r"no field 'line'; did you mean 'lines'\?"),
    (lambda m: m.lines[5], IndexError, r"at lines: there is no part 5 among 2"),
    (lambda m: m.table["x"], KeyError, r"at table: there is no 'x' among the keys 'a'"),
    (lambda m: m.table.a, AttributeError, r"at table: .* select a part by its key: \['a'\]"),
    (lambda m: m.lines.first, AttributeError, r"a tuple has no field 'first'; .*: \[0\], \[1\]"),
    (lambda m: m.none.first, AttributeError, "at none: a tuple has no field 'first'; it has no"),
    (lambda m: m["lines"], TypeError, "a Net has fields and no items"),
    (lambda m: m.lines[0].w[0], TypeError, r"at lines\.0\.w: a leaf has no parts: select"),
    (lambda m: m.spare.w, TypeError, "at spare: None has no parts: select it and replace it"),
    (lambda m: m.lines[0].w + 1, TypeError, r"at lines\.0\.w: `where` selects parts"),
    (lambda m: -m.lines[0].w, TypeError, "cannot compute with them; compute in .apply"),
    (lambda m: m.lines[0].w > 0, TypeError, "cannot compute"),
    (lambda m: m.lines if m.lines[0].w else m, TypeError, "cannot compute"),
    (lambda m: float(m.lines[0].w), TypeError, "cannot compute"),
    (lambda m: np.tanh(m.lines[0].w), TypeError, "cannot compute"),
    (lambda m: m.lines[0](1.0), TypeError, "cannot compute"),
    (lambda _: 1.0, TypeError, "`where` returned 1.0 of type float, which is not a part"),
    (lambda m: (m.lines, 1.0), TypeError, "returned 1.0 of type float"),
    (lambda m: (m.table, m.table), ValueError, "at table: the part is selected twice"),
    (
        lambda m: (m.lines[0].w, m.lines),
        ValueError,
        r"at lines\.0\.w: the part is inside the one at li",
    ),
]


@model
class Net:
    """The tree that the invalid selections refer to."""

    lines: tuple[Line, ...]
    table: dict[str, float]
    spare: Line | None = None
    none: tuple[()] = ()


def net() -> Net:
    return Net((Line(1.0, 2.0), Line(3.0, 4.0)), {"a": 5.0})


class TestErrors:
    @pytest.mark.parametrize(
        ("tree", "kind", "words"), WRONG_TREES, ids=[w[2] for w in WRONG_TREES]
    )
    def test_flatten(self, tree: Any, kind: type[Exception], words: str) -> None:
        """An invalid tree is refused; the message has the path."""
        for _ in range(3):
            with pytest.raises(kind, match=words):
                tree_flatten(tree)

    @pytest.mark.parametrize(("a", "b", "words"), MISFITS, ids=[w[2] for w in MISFITS])
    def test_map(self, a: Any, b: Any, words: str) -> None:
        """Trees of different structure are refused; the message has the path, both types and the keys."""
        for _ in range(4):
            tree_map(lambda x: x, a)
            with pytest.raises(ValueError, match=words):
                tree_map(lambda x, _: x, a, b)

    @pytest.mark.parametrize(
        ("where", "kind", "words"), WRONG_PLACES, ids=[w[2] for w in WRONG_PLACES]
    )
    def test_at(self, where: Any, kind: type[Exception], words: str) -> None:
        """An invalid selection is refused; the message lists what exists."""
        with pytest.raises(kind, match=words):
            at(net(), where)

    def test_values(self) -> None:
        """Wrong numbers of values, unhashable static values and assignments to tracers are refused."""
        with pytest.raises(ValueError, match="2 parts to set, but 3 values"):
            at(net(), lambda m: (m.lines, m.table)).set((1, 2, 3))  # type: ignore[arg-type]  # that is the test
        with pytest.raises(
            TypeError, match=r"2 parts to set, but the value is array.* of type ndarray"
        ):
            at([1.0, 2.0], lambda m: (m[0], m[1])).set(np.ones(2))  # type: ignore[arg-type]  # that is the test
        with pytest.raises(TypeError, match=r"at 0\.label: Line\.label: an array of shape"):
            at([Line(1, 2)], lambda m: m[0].label).set(np.ones(2))  # type: ignore[arg-type]  # that is the test
        with pytest.raises(TypeError, match="cannot compute"):
            at(net(), lambda m: setattr(m, "lines", ()))

    def test_order_of_trees(self) -> None:
        """The message has the number of the tree that does not match."""
        with pytest.raises(ValueError, match="tree 3 does not match tree 1: at the root"):
            tree_map(lambda a, b, c: (a, b, c), (1,), (1,), [1])

    def test_from_a_function(self) -> None:
        """After many valid calls, the message for an invalid tree is the same."""
        for _ in range(5):
            tree_leaves([Line(1, 2)])
        with pytest.raises(TypeError, match="at 0"):
            tree_leaves([Foreign(1, [])])
        with pytest.raises(KeyError, match=r"nearest names are '0\.w', '0\.b'"):
            replace_leaves([Line(1, 2)], {"0.v": 1})
