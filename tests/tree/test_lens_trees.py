"""Trees of parts: what `where` may return, and functions of trees inside it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import miniml as ml
from miniml.tree import (
    Static,
    at,
    is_parameter,
    leaf_mask,
    leaf_names,
    model,
    named_leaves,
    partition,
    partition_at,
    tree_equal,
    tree_leaves,
    tree_map,
    tree_structure,
)
from tests.strategies import Line, Point, trees


@model
class Net:
    """Layers, a table, a point and a static field."""

    layers: tuple[Line, ...]
    table: dict[str, float]
    point: Point
    spare: Line | None = None
    size: Static[int] = 3

    def parts(self, *positions: int) -> list[Any]:
        """Return the weights of some layers."""
        return [self.layers[i].w for i in positions]

    @property
    def last(self) -> Line:
        """The last layer."""
        return self.layers[-1]


def net() -> Net:
    return Net((Line(1.0, 2.0), Line(3.0, 4.0)), {"a": 5.0, "b": 6.0}, Point(7.0, 8.0))


class TestLaws:
    @given(trees())
    def test_all_leaves(self, tree: Any) -> None:
        """`tree_leaves` inside `where` selects all leaves, in order."""
        place = at(tree, tree_leaves)
        assert all(a is b for a, b in zip(place.get(), tree_leaves(tree), strict=True))
        new = place.set([f"new {i}" for i in range(len(tree_leaves(tree)))])
        assert tree_structure(new) is tree_structure(tree)
        assert tree_leaves(new) == [f"new {i}" for i in range(len(tree_leaves(tree)))]

    @given(trees())
    def test_the_tree_itself(self, tree: Any) -> None:
        """A map inside `where` selects a tree of the same structure."""
        assume(tree is not None)
        whole = {"head": tree, "rest": (tree, 1.0)}
        place = at(whole, lambda t: tree_map(lambda part: part, t["head"]))
        assert tree_equal(place.get(), tree)
        new = place.set(tree_map(lambda _: "new", tree))
        assert tree_leaves(new["head"]) == ["new"] * len(tree_leaves(tree))
        assert new["rest"] is whole["rest"]

    @given(trees(), st.data())
    def test_any_shape(self, tree: Any, data: st.DataObject) -> None:
        """Leaves in a nested selection are read and set in its shape."""
        count = len(tree_leaves(tree))
        cut = data.draw(st.integers(0, count))

        def where(t: Any) -> Any:
            leaves = tree_leaves(t)
            return {"first": [(leaf,) for leaf in leaves[:cut]], "rest": (leaves[cut:],)}

        found = at(tree, where).get()
        assert tree_leaves(found["first"], is_leaf=lambda _: False) is not None
        again = at(tree, where).set(found)
        assert tree_equal(again, tree)
        named = {"first": [(i,) for i in range(cut)], "rest": (list(range(cut, count)),)}
        assert tree_leaves(at(tree, where).set(named)) == list(range(count))

    @given(trees())
    def test_names_and_partition(self, tree: Any) -> None:
        """`named_leaves` and `partition` inside `where` choose as outside of it."""
        by_name = at(tree, named_leaves).get()
        assert by_name.keys() == named_leaves(tree).keys()
        assert all(by_name[name] is leaf for name, leaf in named_leaves(tree).items())
        live, _ = partition(tree, is_parameter)
        assume(live is not None)
        assert tree_equal(at(tree, lambda t: partition(t, is_parameter)[0]).get(), live)
        assert tree_equal(partition_at(tree, lambda t: partition(t, is_parameter)[0])[0], live)


class TestPlaces:
    def test_pairs(self) -> None:
        """A list of pairs is set by a list of pairs; tuples and lists are exchangeable."""
        place = at(net(), lambda m: [(layer.w, layer.b) for layer in m.layers])
        assert place.get() == [(1.0, 2.0), (3.0, 4.0)]
        new = place.set([(10.0, 20.0), (30.0, 40.0)])
        assert tree_leaves(new.layers) == [10.0, 20.0, 30.0, 40.0]
        loose: Any = ([10.0, 20.0], (30.0, 40.0))
        assert tree_leaves(place.set(loose).layers) == [10.0, 20.0, 30.0, 40.0]

    def test_dicts(self) -> None:
        """A dict of parts is set by a dict of the same keys, in any order."""
        place = at(net(), lambda m: {"x": m.point.x, "w": m.layers[0].w})
        assert place.get() == {"x": 7.0, "w": 1.0}
        new = place.set({"w": -1.0, "x": -7.0})
        assert (new.point.x, new.layers[0].w) == (-7.0, -1.0)
        with pytest.raises(ValueError, match=r"has the keys or static values \('w', 'y'\)"):
            place.set({"w": -1.0, "y": -7.0})

    def test_zip_enumerate_reversed_and_slices(self) -> None:
        """Python's loops over parts give the parts."""
        assert at(net(), lambda m: [b.b for _, b in zip(m.table, m.layers, strict=True)]).get() == [
            2.0,
            4.0,
        ]
        assert at(net(), lambda m: {i: b.b for i, b in enumerate(m.layers)}).get() == {0: 2, 1: 4}
        assert at(net(), lambda m: [b.b for b in reversed(m.layers)]).get() == [4.0, 2.0]
        assert tree_leaves(at(net(), lambda m: m.layers[-1:]).get()) == [3.0, 4.0]
        assert at(net(), lambda m: [m.table[key] for key in sorted(m.table)]).get() == [5.0, 6.0]
        assert at(net(), lambda m: [m.table["a"]] if "a" in m.table else []).get() == [5.0]

    def test_methods_and_properties(self) -> None:
        """A method or a property of the model may select its parts."""
        assert at(net(), lambda m: m.parts(1, 0)).get() == [3.0, 1.0]
        assert at(net(), lambda m: m.last.b).set(0.0).layers[1].b == 0.0

    def test_by_shape(self) -> None:
        """Arrays are selected by their number of axes, shape and dtype."""
        tree = {"w": np.ones((2, 3)), "b": np.ones(3), "n": np.ones(3, int)}
        assert tree_leaves(at(tree, lambda t: [x for x in tree_leaves(t) if x.ndim == 2]).get())
        found = at(tree, lambda t: [x for x in tree_leaves(t) if x.dtype == float]).get()
        assert [leaf.shape for leaf in found] == [(3,), (2, 3)]
        with pytest.raises(TypeError, match="returned 2 of type int, which is not a part"):
            at(tree, lambda t: t["w"].ndim)

    def test_is_leaf(self) -> None:
        """`is_leaf` inside `where` selects nodes."""
        layers = at(net(), lambda m: tree_leaves(m, is_leaf=lambda part: isinstance(part, Line)))
        assert tree_leaves(layers.get()[:2]) == [1.0, 2.0, 3.0, 4.0]


class TestRefused:
    @pytest.mark.parametrize(
        "where",
        [
            lambda m: (layer.w for layer in m.layers),
            lambda m: m.table.values(),
            lambda m: m.table.get("c"),
            lambda _: None,
            lambda m: (m.point.x, 1.0),
            lambda m: {"n": len(m.layers)},
        ],
    )
    def test_no_parts(self, where: Any) -> None:
        """What is not a tree of parts is refused; the message shows how to return several."""
        with pytest.raises(TypeError, match="not a part of the tree: return a part, or a tuple"):
            at(net(), where)

    @pytest.mark.parametrize(
        "where",
        [
            lambda m: tree_map(lambda leaf: 2 * leaf, m),
            lambda m: ml.tree_norm(m.layers),
            lambda m: sorted(m.layers),
            lambda m: sum(tree_leaves(m)),
            lambda m: m.layers + m.layers,
            lambda m: m.layers[m.size],
        ],
    )
    def test_computing(self, where: Any) -> None:
        """Computing with parts is refused, also inside functions of trees."""
        with pytest.raises(
            TypeError,
            match=r"`where` selects parts of a tree and cannot compute|a leaf has no parts",
        ):
            at(net(), where)

    @pytest.mark.parametrize(
        ("where", "message"),
        [
            (lambda m: {"a": m.layers, "b": [m.layers[0].w]}, "at layers.0.w: the part is inside"),
            (lambda m: [(m.point.x,), {"x": m.point[0]}], "at point.x: the part is selected twice"),
            (lambda m: (tree_leaves(m), m.layers), "the part is inside the one at layers"),
        ],
    )
    def test_overlap(self, where: Any, message: str) -> None:
        """Parts that overlap are refused, wherever they are in the tree of parts."""
        with pytest.raises(ValueError, match=message):
            at(net(), where)

    def test_another_shape(self) -> None:
        """A value of another shape is refused; the message says where it differs."""
        place: Any = at(net(), lambda m: [(layer.w, layer.b) for layer in m.layers])
        with pytest.raises(ValueError, match=r"are 2 parts to set at 1 of what .* but 1 values"):
            place.set([(1.0, 2.0), (3.0,)])
        with pytest.raises(TypeError, match=r"are 2 parts to set at 0 of what .* value is 5\.0"):
            place.set([5.0, 6.0])
        with pytest.raises(ValueError, match="are 4 parts to set, but 1 values"):
            at(net(), lambda m: tree_leaves(m.layers)).set([5.0])


class TestUsers:
    """`wrt` and the like take any tree of parts."""

    @pytest.mark.parametrize(
        "wrt",
        [
            lambda m: [(layer.w, layer.b) for layer in m.layers],
            lambda m: tree_leaves(m.layers),
            lambda m: {"all": {"table": m.layers}},
        ],
    )
    def test_gradient(self, wrt: Any) -> None:
        """The gradient has the shape of the selection, and the values of the whole gradient."""

        def loss(params: Any) -> Any:
            return sum((i + 2.0) * leaf * leaf for i, leaf in enumerate(tree_leaves(params)))

        whole = ml.grad(loss)(net())
        wanted = at(whole, wrt).get()
        for found in (ml.grad(loss, wrt=wrt)(net()), ml.jit(ml.grad(loss, wrt=wrt))(net())):
            assert tree_structure(found) is tree_structure(wanted)
            assert tree_leaves(found) == pytest.approx(tree_leaves(wanted))

    def test_fit(self) -> None:
        """`fit` trains the selected parts and no others."""

        def loss(params: Any, _: Any) -> Any:
            return sum(leaf * leaf for leaf in tree_leaves(params))

        def wrt(m: Any) -> Any:
            return [(layer.w,) for layer in m.layers]

        fitted = ml.fit(
            loss, net(), np.zeros((3, 1)), ml.sgd(0.1), steps=2, wrt=wrt, progress=False
        )
        changed = {
            name
            for name, leaf in named_leaves(fitted.state.params).items()
            if leaf != named_leaves(net())[name]
        }
        assert changed == {"layers.0.w", "layers.1.w"}

    def test_partition_sees_the_leaves(self) -> None:
        """`where` of `partition_at` sees the tree's own leaves."""
        tree = {"w": np.ones(2), "n": 3}
        chosen, _ = partition_at(
            tree, lambda t: [x for x in tree_leaves(t) if isinstance(x, np.ndarray)]
        )
        assert leaf_names(chosen) == ("w",)
        assert leaf_mask(tree, lambda leaf: isinstance(leaf, np.ndarray)) == [False, True]

    def test_partition_refuses_a_static_field(self) -> None:
        """A static field has no leaves, and is refused."""
        with pytest.raises(ValueError, match="at size: a static field has no leaves to select"):
            partition_at(net(), lambda m: (m.point, m.size))


def test_the_text_of_a_part() -> None:
    """A part prints as its place, also inside a model."""
    seen: list[str] = []

    def where(m: Any) -> Any:
        seen.extend([repr(m.layers[0].w), repr(Net((), {}, m.point, m.spare))])
        return m.point

    at(net(), where)
    assert seen == [
        "<the part at layers.0.w>",
        "Net(layers=(), table={}, point=<the part at point>, spare=<the part at spare>, size=3)",
    ]
