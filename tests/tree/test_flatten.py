"""Trees come apart and go together again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.tree import tree_flatten, tree_leaves, tree_structure, tree_unflatten
from tests.strategies import Line, Loose, trees


@given(trees())
def test_round_trip(tree: object) -> None:
    """Unflattening what was flattened gives the same leaves in the same structure."""
    leaves, structure = tree_flatten(tree)
    again, same = tree_flatten(tree_unflatten(structure, leaves))
    assert same is structure
    assert all(a is b for a, b in zip(leaves, again, strict=True))
    assert structure.num_leaves == len(leaves) == len(structure.names)


@given(trees(), st.lists(st.integers(), min_size=99, max_size=99))
def test_any_leaves(tree: object, values: list[int]) -> None:
    """Leaves of any kind go in and come out in order."""
    structure = tree_structure(tree)
    wanted = values[: structure.num_leaves]
    assert tree_leaves(tree_unflatten(structure, wanted)) == wanted


def test_static_is_structure() -> None:
    """A static value is no leaf, and two values make two structures."""
    line = Line(np.ones(2), 1.0)
    assert len(tree_leaves(line)) == 2
    assert tree_structure(line) == tree_structure(Line(0, 0))
    assert tree_structure(line) != tree_structure(Line(0, 0, "plane"))
    assert tree_leaves(Loose(1, 2)) == [1, 2]


def test_too_few_leaves() -> None:
    """A wrong number of leaves is an error that names them."""
    with pytest.raises(ValueError, match=r"2 leaves wanted \(w, b\), got 1"):
        tree_unflatten(tree_structure(Line(1, 2)), [1])
