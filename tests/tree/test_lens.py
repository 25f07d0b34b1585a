"""Typed replacement of parts."""

from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from miniml.tree import (
    Static,
    at,
    model,
    named_leaves,
    register_node,
    tree_leaves,
    tree_structure,
)
from tests.strategies import Line, Pair, Point, trees


@model
class Net:
    """A model with parts of every kind."""

    lines: tuple[Line, ...]
    table: dict[str, float]
    point: Point
    spare: Line | None = None
    name: Static[str] = "net"

    @property
    def first(self) -> Line:
        """The first line."""
        return self.lines[0]


def net() -> Net:
    return Net((Line(1, 2), Line(3, 4)), {"a": 5.0, "b c": 6.0}, Point(7, 8))


class TestLaws:
    @given(trees(), st.data())
    def test_lens(self, tree: Any, data: st.DataObject) -> None:
        """The lens laws hold: set-get, get-set and set-set."""
        structure = tree_structure(tree)
        assume(structure.num_leaves)
        path = data.draw(st.sampled_from(structure.paths))
        place = at(tree, lambda t: follow(t, structure, path))
        assert place.get() is tree_leaves(tree)[structure.paths.index(path)]
        new = place.set("new")
        assert at(new, lambda t: follow(t, structure, path)).get() == "new"
        old = tree_leaves(place.set(place.get()))
        assert all(a is b for a, b in zip(old, tree_leaves(tree), strict=True))
        twice = at(new, lambda t: follow(t, structure, path)).set("newer")
        assert tree_leaves(twice) == tree_leaves(place.set("newer"))


def follow(tree: Any, structure: Any, path: tuple[Any, ...]) -> Any:
    """Follow a path by attributes for fields, else by items."""
    for key in path:
        names = structure.node.child_names if structure.kind != "dict" else ()
        tree = getattr(tree, key) if key in names else tree[key]
        structure = structure.children[structure.keys.index(key)]
    return tree


class TestPlaces:
    def test_field_item_key(self) -> None:
        """Fields, positions, slices, keys and properties are selected as in the tree."""
        assert at(net(), lambda m: m.lines[-1].b).get() == 4
        assert at(net(), lambda m: m.first.w).get() == 1
        assert at(net(), lambda m: m.table["b c"]).get() == 6.0
        assert at(net(), lambda m: m.point.y).get() == at(net(), lambda m: m.point[1]).get() == 8
        assert [line.w for line in at(net(), lambda m: m.lines[:]).get()] == [1, 3]

    def test_several(self) -> None:
        """A tuple of parts is read and replaced in its order."""
        place = at(net(), lambda m: (m.lines[1].w, m.point.x))
        assert place.get() == (3, 7)
        new = place.set((30, 70))
        assert (new.lines[1].w, new.point.x, new.lines[0].w) == (30, 70, 1)

    def test_list(self) -> None:
        """A list of parts, or a slice of a list, is read and replaced as a list."""
        place = at(net(), lambda m: [line.b for line in m.lines])
        assert place.get() == [2, 4]
        assert [line.b for line in place.apply(lambda bs: bs[::-1]).lines] == [4, 2]
        numbers = at([1.0, 2.0, 3.0], lambda t: t[1:])
        assert numbers.get() == [2.0, 3.0]
        assert numbers.set([20.0, 30.0]) == [1.0, 20.0, 30.0]

    @given(trees())
    def test_no_place(self, tree: Any) -> None:
        """An empty selection changes nothing."""
        assert at(tree, lambda _: ()).get() == ()
        assert at(tree, lambda _: ()).set(()) is tree

    def test_by_type(self) -> None:
        """Parts can be selected by isinstance."""
        tree = [Line(1, 2), Point(3, 4), Line(5, 6)]
        lines = at(tree, lambda t: [part.w for part in t if isinstance(part, Line)])
        assert lines.get() == [1, 5]

    def test_by_loop(self) -> None:
        """The parts of a container can be iterated."""
        new = at(net(), lambda m: tuple(line.b for line in m.lines)).set((0, 0))
        assert [line.b for line in new.lines] == [0, 0]
        assert at(net(), lambda m: tuple(m.table.values())).get() == (5.0, 6.0)
        ordered = OrderedDict(b=1.0, a=2.0)
        assert at(ordered, lambda d: tuple(d.values())).set((3.0, 4.0)) == {"b": 3.0, "a": 4.0}

    def test_registered_type(self) -> None:
        """A part of a registered type is selected as an attribute, by its name."""

        class Interval:
            def __init__(self, low: float, high: float) -> None:
                self.low, self.high = low, high

        register_node(
            Interval,
            lambda i: ((i.low, i.high), None),
            lambda _, ends: Interval(*ends),
            lambda *_: ("low", "high"),
        )
        new = at([Interval(1.0, 2.0)], lambda t: t[0].high).set(5.0)
        assert (new[0].low, new[0].high) == (1.0, 5.0)

    def test_none_static_subtree(self) -> None:
        """None, a static field and a whole subtree can be replaced."""
        assert at(net(), lambda m: m.spare).set(Line(0, 0)).spare is not None
        assert at(net(), lambda m: m.name).set("other").name == "other"
        assert at(net(), lambda m: m.lines).set(()).lines == ()
        assert at(net(), lambda m: m).set(net()) is not None

    def test_inside_a_static_field(self) -> None:
        """A part of a static tuple can be replaced by a hashable value."""

        @model
        class Sized:
            shape: Static[tuple[int, object]] = (2, 3)

        assert at(Sized(), lambda m: m.shape[1]).set(4).shape == (2, 4)
        with pytest.raises(TypeError, match=r"at shape: Sized\.shape: \(2, \[\]\) of type tuple"):
            at(Sized(), lambda m: m.shape[1]).set([])

    def test_apply(self) -> None:
        """`apply` replaces a part by a function of it."""
        assert at(net(), lambda m: m.first.w).apply(lambda w: w + 1).lines[0].w == 2

    def test_rest_is_shared(self) -> None:
        """Parts off the path are the same objects."""
        old = net()
        new = at(old, lambda m: m.lines[0].w).set(9)
        assert new.lines[1] is old.lines[1]
        assert new.table is old.table

    def test_equal_leaves_are_told_apart(self) -> None:
        """An array in two places is replaced only in the selected place."""
        w = np.ones(2)
        new = at(Pair(w, w), lambda p: p.second).set(np.zeros(2))
        assert named_leaves(new)["first"] is w

    def test_is_fast_in_the_path_not_the_tree(self) -> None:
        """Only the nodes along the path are rebuilt."""
        tree = [Line(i, i) for i in range(1000)]
        assert at(tree, lambda t: t[500].w).set(0)[499] is tree[499]
