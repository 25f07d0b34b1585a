"""Partition and combine."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.tree import (
    combine,
    is_array,
    is_float_array,
    is_parameter,
    leaf_mask,
    leaf_names,
    named_leaves,
    partition,
    partition_at,
    partition_by_mask,
    tree_equal,
    tree_leaves,
)
from tests.strategies import Line, trees


class TestPartition:
    @given(
        trees(), st.sampled_from([is_array, is_float_array, is_parameter, lambda x: type(x) is int])
    )
    def test_combine_is_the_inverse(self, tree: Any, select: Any) -> None:
        """Each leaf is in one part, and the parts combine to the tree, in either order."""
        chosen, others = partition(tree, select)
        assert len(tree_leaves(chosen)) + len(tree_leaves(others)) == len(tree_leaves(tree))
        for joined in (combine(chosen, others), combine(others, chosen)):
            assert tree_equal(joined, tree)

    @given(trees())
    def test_selected(self, tree: Any) -> None:
        """The first part has the leaves for which the predicate is true, with their names."""
        chosen, others = partition(tree, is_parameter)
        wanted = {name for name, leaf in named_leaves(tree).items() if is_parameter(leaf)}
        assert set(leaf_names(chosen)) == wanted
        assert not any(map(is_parameter, tree_leaves(others)))

    @given(trees())
    def test_by_mask(self, tree: Any) -> None:
        """`partition` is `partition_by_mask` with the mask of the selector."""
        mask = leaf_mask(tree, is_parameter)
        for one, other in zip(
            partition_by_mask(tree, mask), partition(tree, is_parameter), strict=True
        ):
            assert tree_equal(one, other)

    @pytest.mark.parametrize("mask", [[True], [True, False, True]])
    def test_a_mask_of_another_length(self, mask: list[bool]) -> None:
        """A mask of another length is refused; the message has both lengths."""
        with pytest.raises(ValueError, match=f"mask has {len(mask)} bools, but the tree 2 leaves"):
            partition_by_mask(Line(1, 2), mask)

    @given(trees())
    def test_at_a_place(self, tree: Any) -> None:
        """`partition_at` selects the same leaves as the pattern of the name."""
        whole = {"head": tree, "rest": (1.0, tree)}
        chosen, others = partition_at(whole, lambda t: (t["head"], t["rest"][0]))
        wanted = {name for name in leaf_names(whole) if not name.startswith("rest.1")}
        assert set(leaf_names(chosen)) == wanted
        assert tree_equal(combine(chosen, others), whole)

    @pytest.mark.parametrize("wrong", [lambda t: t["m"], lambda t: t.m, lambda x: [x]])
    def test_no_predicate(self, wrong: Any) -> None:
        """A function of the tree, or one that does not return a bool, is refused."""
        with pytest.raises(
            TypeError, match=r"the predicate .* at m\.w.* takes a leaf and returns a"
        ):
            partition({"m": Line(1, 2)}, wrong)

    def test_predicates(self) -> None:
        """Arrays, float arrays and parameters are distinguished."""
        leaves = [np.ones(2), np.ones(2, int), 1.0, np.float32(1), 1, True, 1j, "a"]
        assert [is_array(x) for x in leaves] == [True, True] + [False] * 6
        assert [is_float_array(x) for x in leaves] == [True] + [False] * 7
        assert [is_parameter(x) for x in leaves] == [True, False, True, True] + [False] * 4


class TestCombine:
    def test_three(self) -> None:
        """More than two parts can be combined."""
        assert combine((1, None, None), (None, 2, None), (None, None, 3)) == (1, 2, 3)

    def test_two_leaves(self) -> None:
        """A leaf in both trees is refused; the message names the place."""
        with pytest.raises(ValueError, match=r"at a\.w: both trees have a leaf here"):
            combine({"a": Line(1, 2)}, {"a": Line(1, None)})

    def test_other_nodes(self) -> None:
        """Different nodes are refused; the message names the place."""
        with pytest.raises(ValueError, match=r"different nodes cannot be combined: at a expected"):
            combine({"a": (1, None)}, {"a": [None, 1]})
