"""Equality and differences of trees."""

import copy
from collections import OrderedDict, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from miniml.tree import tree_allclose, tree_diff, tree_equal, tree_leaves, tree_map
from tests.strategies import Line, trees


class TestEqual:
    @given(trees(), trees())
    def test_no_difference_is_equal(self, a: Any, b: Any) -> None:
        """Two trees are equal if and only if there is no difference between them."""
        assert tree_equal(a, a)
        assert tree_equal(a, b) == (tree_diff(a, b) == ())

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            (1, 1.0),
            (1.0, np.float64(1.0)),
            (np.ones(2), np.ones(2, np.float32)),
            (np.ones(2), np.ones((2, 1))),
            (np.ones(2), np.array([1.0, np.nan])),
            (np.float64(1), np.array(1.0)),
            ("a", "b"),
            (1, None),
            ((1,), [1]),
            (Line(1, 2), Line(1, 2, "other")),
            ({1: 2}, {True: 2}),
            (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
            (defaultdict(int, a=1), defaultdict(lambda: 0, a=1)),
        ],
    )
    def test_unequal(self, a: Any, b: Any) -> None:
        """Any difference of type, dtype, shape, value, node, static value, key or order is listed."""
        assert not tree_equal({"x": a}, {"x": b})
        assert tree_diff({"x": a}, {"x": b})

    def test_nan(self) -> None:
        """NaN equals NaN, in arrays, NumPy scalars and Python floats; NaT equals NaT."""
        nan = float("nan")
        times = [np.datetime64("NaT", "s"), np.array(["NaT", 1], "m8[s]")]
        assert tree_equal(times, copy.deepcopy(times))
        tree = [np.array([nan, 1.0]), np.float32(nan), nan, complex(nan, 1)]
        assert tree_equal(tree, tree_map(lambda x: x * 1, tree))
        assert tree_diff(tree, tree_map(lambda x: x * 1, tree)) == ()


class TestAllclose:
    @given(trees())
    @example(tree=complex(7e304, 1.79e308))  # its absolute value is no float
    def test_reflexive(self, tree: Any) -> None:
        """A tree is close to itself."""
        assert tree_allclose(tree, tree)

    def test_tolerance(self) -> None:
        """The tolerances are those of NumPy; shapes must be equal, dtypes need not."""
        assert tree_allclose(np.ones(2), np.ones(2, np.float32) + np.float32(1e-6))
        assert not tree_allclose(np.ones(2), np.ones(2) + 1e-4)
        assert tree_allclose(1.0, 1.1, atol=0.2)
        assert not tree_allclose(np.ones(2), 1.0)
        assert not tree_allclose("a", "b")


class TestDiff:
    @given(trees())
    def test_every_leaf(self, tree: Any) -> None:
        """If all leaves are replaced, each is listed."""
        new = tree_map(lambda _: object(), tree)
        assert len(tree_diff(tree, new)) == len(tree_leaves(tree))

    @given(st.sampled_from("iu"), st.sampled_from("1248"), st.data())
    def test_integers(self, kind: str, size: str, data: st.DataObject) -> None:
        """The distance of integers is exact, up to the rounding of its float."""
        dtype = np.dtype(kind + size)
        ends = np.iinfo(dtype)
        numbers = st.sampled_from([ends.min, ends.min + 1, 7, ends.max - 1, ends.max])
        x, y = data.draw(hnp.arrays(dtype, (2, 1), elements=numbers))
        distances = [abs(int(a) - int(b)) for a, b in zip(x, y, strict=True)]
        assert [d.amount for d in tree_diff(x, y)] == [float(max(distances))] * any(distances)

    def test_words(self) -> None:
        """The text of a difference has its place, kind and size."""
        a = {"line": Line(np.zeros(3), 1.0), "gone": 1, "s": "a"}
        b = {"line": Line(np.array([0.0, -2.0, 1.0]), 1, "plane"), "new": (), "s": "b"}
        assert [str(d) for d in tree_diff(a, b)] == [
            "gone: missing: 1 against None",
            "line.label: static: 'line' against 'plane'",
            "line.w: value: 2 of 3 elements, by up to 2",
            "line.b: type: 1.0 against 1",
            "s: value: 'a' against 'b'",
            "new: extra: None against ()",
        ]
