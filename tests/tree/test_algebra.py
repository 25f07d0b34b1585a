"""Vectors, reductions, specs, broadcast and transpose of trees."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.transforms import grad, jit
from miniml.tree import (
    Spec,
    ravel,
    shared_leaves,
    tree_allclose,
    tree_broadcast,
    tree_dot,
    tree_equal,
    tree_leaves,
    tree_map,
    tree_norm,
    tree_reduce,
    tree_specs,
    tree_structure,
    tree_transpose,
)
from tests.strategies import Line, arrays, trees

numbers = st.one_of(
    arrays(), st.floats(-9, 9), st.integers(-9, 9), st.floats(-9, 9).map(np.float64)
)


class TestRavel:
    @given(trees(numbers))
    def test_round_trip(self, tree: Any) -> None:
        """Unravelling the vector restores the tree: types, dtypes, shapes and values."""
        vector, unravel = ravel(tree)
        assert vector.ndim == 1
        assert tree_equal(unravel(vector), tree)

    @given(trees(numbers))
    def test_order(self, tree: Any) -> None:
        """The vector holds the elements of the leaves in order."""
        wanted = [x for leaf in tree_leaves(tree) for x in np.ravel(leaf).tolist()]
        assert ravel(tree)[0].tolist() == wanted

    def test_an_integer_that_floats_cannot_hold(self) -> None:
        """An integer that the vector would round is refused."""
        with pytest.raises(ValueError, match="at n: 9007199254740993 is not exact as float64"):
            ravel({"n": np.array([3, 2**53 + 1]), "w": 1.0})
        with pytest.raises(ValueError, match="at n: 9007199254740993 is not exact as float64"):
            ravel({"n": 2**53 + 1, "w": 1.0})

    def test_integers_that_the_vector_has_moved(self) -> None:
        """An element that is not whole is refused where the leaf is of integers."""
        vector, unravel = ravel({"n": np.array([3]), "w": 1.0})
        assert unravel(2 * vector) == {"n": np.array([6]), "w": 2.0}
        with pytest.raises(ValueError, match=r"at n: 4\.5 is not exact as int64"):
            unravel(1.5 * vector)

    def test_fresh_memory(self) -> None:
        """A leaf is not a view of the vector."""
        vector, unravel = ravel({"w": np.ones(2)})
        assert not np.shares_memory(unravel(vector)["w"], vector)

    def test_complex(self) -> None:
        """Complex and real leaves are restored."""
        tree = (np.array([1 + 2j]), 3.0)
        vector, unravel = ravel(tree)
        assert tree_equal(unravel(vector), tree)

    def test_traced(self) -> None:
        """A traced tree is raveled like any other."""
        tree = {"w": np.array([[1.0, 2.0]]), "b": 3.0}
        doubled = jit(lambda tree: ravel(tree)[1](2.0 * ravel(tree)[0]))(tree)
        assert ravel(doubled)[0].tolist() == [6.0, 2.0, 4.0]

    def test_wrong_size(self) -> None:
        """A vector of another size is refused."""
        with pytest.raises(
            ValueError, match=r"expected a vector of shape \(3,\), found shape \(2,\)"
        ):
            ravel([np.ones(3)])[1](np.ones(2))

    def test_no_number(self) -> None:
        """Text is refused; the message names the leaf."""
        with pytest.raises(TypeError, match="at 1: dtype <U1"):
            ravel([1.0, "a"])
        with pytest.raises(TypeError, match="at the root: dtype <U1"):
            ravel("a")


class TestReduce:
    @given(trees(numbers))
    def test_norm_is_that_of_the_vector(self, tree: Any) -> None:
        """The norm and the dot product equal those of the raveled vector."""
        vector, _ = ravel(tree)
        largest = np.max(np.abs(vector), initial=0.0) or 1.0  # whose square may be 0
        wanted = largest * np.linalg.norm(vector / largest)
        np.testing.assert_allclose(tree_norm(tree), wanted, rtol=1e-6)
        np.testing.assert_allclose(tree_norm(tree, squared=True), vector @ vector, rtol=1e-5)
        np.testing.assert_allclose(tree_dot(tree, tree), vector @ vector, rtol=1e-5)

    def test_halves(self) -> None:
        """Squares of float16 do not overflow."""
        halves = {"w": np.full(300, 300, np.float16), "b": np.float16(2.0)}
        assert tree_norm(halves) == pytest.approx(np.sqrt(300 * 300**2 + 4))
        assert tree_dot(halves, halves) == pytest.approx(300 * 300**2 + 4)

    def test_gradient_of_the_norm(self) -> None:
        """The gradient of the norm is the normalised tree, and 0 for the zero tree."""
        gradient = grad(tree_norm)
        assert tree_equal(gradient({"w": np.zeros(2), "b": 0.0}), {"w": np.zeros(2), "b": 0.0})
        assert tree_allclose(
            gradient({"w": np.array([3.0, 0.0]), "b": 4.0})["w"], np.array([0.6, 0])
        )

    def test_reduce_goes_in_order(self) -> None:
        """Leaves are combined from the first to the last."""
        assert tree_reduce(lambda a, b: a + b, {"b": "2", "a": "1"}) == "12"
        assert tree_reduce(lambda n, _: n + 1, [None, ()], 0) == 0
        with pytest.raises(TypeError):
            tree_reduce(lambda a, b: a + b, None)

    def test_dot_of_other_shapes(self) -> None:
        """Shapes that would broadcast are refused; the message names the leaf."""
        with pytest.raises(ValueError, match=r"at 0: leaves of shapes \(2,\) and \(\)"):
            tree_dot([np.ones(2)], [1.0])


class TestArrange:
    @given(trees(numbers))
    def test_specs(self, tree: Any) -> None:
        """A spec has the shape and the dtype of its leaf."""
        for leaf, spec in zip(tree_leaves(tree), tree_leaves(tree_specs(tree)), strict=True):
            assert spec == Spec(np.shape(leaf), np.asarray(leaf).dtype)

    @given(trees())
    def test_broadcast(self, tree: Any) -> None:
        """A single leaf is a prefix of every tree; a tree is a prefix of itself."""
        assert set(tree_leaves(tree_broadcast(7, tree))) <= {7}
        whole = tree_broadcast(tree, tree)
        assert all(a is b for a, b in zip(tree_leaves(whole), tree_leaves(tree), strict=True))

    def test_no_prefix(self) -> None:
        """A tree that is not a prefix is refused; the message names the path."""
        with pytest.raises(ValueError, match="at a expected a list, found a tuple"):
            tree_broadcast({"a": [1]}, {"a": (1, 2)})

    @given(trees(), trees())
    def test_transpose_twice(self, outer: Any, inner: Any) -> None:
        """The transpose of the transpose is the tree."""
        outside, inside = tree_structure(outer), tree_structure(inner)
        tree = tree_map(lambda a: tree_map(lambda b: _Pair(a, b), inner), outer)
        if outside.num_leaves == 0 or inside.num_leaves == 0:
            return
        turned = tree_transpose(outside, inside, tree)
        back = tree_transpose(inside, outside, turned)
        assert all(a is b for a, b in zip(tree_leaves(back), tree_leaves(tree), strict=True))


class _Pair:
    def __init__(self, a: object, b: object) -> None:
        self.both = a, b


class TestShared:
    def test_aliases_and_views(self) -> None:
        """One array twice and overlapping views are found; disjoint views are not."""
        w = np.arange(6.0)
        tree = {"a": w, "b": w, "c": w[:2], "d": np.arange(6.0), "e": Line(w[4:], 1.0)}
        assert shared_leaves(tree) == (("a", "b", "c", "e.w"),)
        assert shared_leaves([w, w]) == (("0", "1"),)
        assert shared_leaves([w[:3], w[3:]]) == ()
        assert shared_leaves([1.0, 1.0, "a", "a"]) == ()
