"""Bad inputs, and the words that each gets."""

import math
from typing import Any

import attrs
import numpy as np
import pytest

from miniml.tree import Static, at, model, replace_leaves, tree_flatten, tree_leaves, tree_map
from tests.strategies import Line, Pair, Point


@attrs.frozen
class Foreign:
    """A class whose constructor lets any static value in."""

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
    ([Foreign(1, [2])], TypeError, r"at 0: Foreign\.size: \[2\] of type list is no static value"),
    ({"a": {1: 0, "b": 0}}, TypeError, r"at a: the keys of a dict must have an order.*int, str"),
    (nested(10**5), RecursionError, "the tree is nested too deeply"),
    (endless(), RecursionError, "or contains itself"),
]

MISFITS = [
    ((1, 2), (1, 2, 3), r"at the root a tuple has other keys: 2 too many \(2 .* and 3"),
    ({"a": [1]}, {"a": []}, r"at a a list has other keys: 0 missing"),
    ({"a": 1, "b": 1}, {"a": 1, "c": 1}, r"a dict has other keys: b missing; c too many"),
    ([Line(1, 2)], [Pair(1, 2)], r"at 0 a Line was expected and a Pair was found"),
    (Line(1, 2), Line(1, 2, "x"), r"at label the static value 'line' was expected and 'x' was"),
    (Foreign(1, math.nan), Foreign(1, math.nan * 2), "nan was expected and another such, which is"),
    (Line(1, (2,)), Line(1, 2), r"at b a tuple was expected and a leaf was found"),
    (Line(1, 2), Line(1, (2,)), r"at b a leaf was expected and a tuple was found"),
    ([None], [1.0], r"at 0 None was expected and a leaf was found"),
    ([1.0], [None], r"at 0 a leaf was expected and None was found"),
    (Point(1, 2), (1, 2), r"at the root a Point was expected and a tuple was found"),
    ({"a": {1: 0}}, {"a": {True: 0}}, r"at a a dict has other keys: 1 missing; \[True\] too many"),
]

WRONG_PLACES = [
    (lambda m: m.lines[0].c, AttributeError, r"at lines\.0: a Line has no field 'c'"),
    (lambda m: m.line, AttributeError, r"no field 'line'; did you mean 'lines'\?"),
    (lambda m: m.lines[5], IndexError, r"at lines: there is no part 5 among 2"),
    (lambda m: m.table["x"], KeyError, r"at table: there is no 'x' among the keys 'a'"),
    (lambda m: m.table.a, AttributeError, r"at table: .* point at a part by its key: \['a'\]"),
    (lambda m: m.lines.first, AttributeError, r"a tuple has no field 'first'; .*: \[0\], \[1\]"),
    (lambda m: m.none.first, AttributeError, "at none: a tuple has no field 'first'; it has no"),
    (lambda m: m["lines"], TypeError, "a Net has fields and no items"),
    (lambda m: m.lines[0].w[0], TypeError, r"at lines\.0\.w: a leaf has no parts to point at"),
    (lambda m: m.spare.w, TypeError, "at spare: None has no parts to point at"),
    (lambda m: m.lines[0].w + 1, TypeError, r"at lines\.0\.w: `where` only points at parts"),
    (lambda m: -m.lines[0].w, TypeError, "cannot compute with them; compute in .apply"),
    (lambda m: m.lines[0].w > 0, TypeError, "cannot compute"),
    (lambda m: m.lines if m.lines[0].w else m, TypeError, "cannot compute"),
    (lambda m: float(m.lines[0].w), TypeError, "cannot compute"),
    (lambda m: np.tanh(m.lines[0].w), TypeError, "cannot compute"),
    (lambda m: m.lines[0](1.0), TypeError, "cannot compute"),
    (lambda _: 1.0, TypeError, "`where` returned 1.0 of type float, which is no part"),
    (lambda m: (m.lines, 1.0), TypeError, "returned 1.0 of type float"),
    (lambda m: (m.table, m.table), ValueError, "at table: the place is named twice"),
    (lambda m: (m.lines[0].w, m.lines), ValueError, r"at lines\.0\.w lies inside the place at li"),
]


@model
class Net:
    """What the wrong places point into."""

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
        """What is no tree is an error with its path."""
        for _ in range(3):
            with pytest.raises(kind, match=words):
                tree_flatten(tree)

    @pytest.mark.parametrize(("a", "b", "words"), MISFITS, ids=[w[2] for w in MISFITS])
    def test_map(self, a: Any, b: Any, words: str) -> None:
        """Trees that do not fit are an error with the path, both types, and the keys."""
        for _ in range(4):
            tree_map(lambda x: x, a)
            with pytest.raises(ValueError, match=words):
                tree_map(lambda x, _: x, a, b)

    @pytest.mark.parametrize(
        ("where", "kind", "words"), WRONG_PLACES, ids=[w[2] for w in WRONG_PLACES]
    )
    def test_at(self, where: Any, kind: type[Exception], words: str) -> None:
        """What is no place is an error that says what is there."""
        with pytest.raises(kind, match=words):
            at(net(), where)

    def test_values(self) -> None:
        """As many values as places; a static value that can be hashed; a frozen stand-in."""
        with pytest.raises(ValueError, match="2 places, but 3 values to set"):
            at(net(), lambda m: (m.lines, m.table)).set((1, 2, 3))  # type: ignore[arg-type]  # that is the test
        with pytest.raises(TypeError, match=r"2 places, but array.* of type ndarray to set"):
            at([1.0, 2.0], lambda m: (m[0], m[1])).set(np.ones(2))  # type: ignore[arg-type]  # that is the test
        with pytest.raises(TypeError, match=r"at 0\.label: Line\.label: an array of shape"):
            at([Line(1, 2)], lambda m: m[0].label).set(np.ones(2))  # type: ignore[arg-type]  # that is the test
        with pytest.raises(TypeError, match="cannot compute"):
            at(net(), lambda m: setattr(m, "lines", ()))

    def test_order_of_trees(self) -> None:
        """The error says which of the trees does not fit."""
        with pytest.raises(ValueError, match="tree 3 does not fit tree 1: at the root"):
            tree_map(lambda a, b, c: (a, b, c), (1,), (1,), [1])

    def test_from_a_function(self) -> None:
        """A program that fails falls back to the words, also after many good calls."""
        for _ in range(5):
            tree_leaves([Line(1, 2)])
        with pytest.raises(TypeError, match="at 0"):
            tree_leaves([Foreign(1, [])])
        with pytest.raises(KeyError, match=r"nearest names are '0\.w', '0\.b'"):
            replace_leaves([Line(1, 2)], {"0.v": 1})
