"""Maps over trees."""

from typing import Any

import pytest
from hypothesis import given

from miniml.tree import (
    leaf_names,
    over,
    path_name,
    tree_leaves,
    tree_map,
    tree_map_with_path,
    tree_structure,
)
from tests.strategies import Line, trees


def same(leaf: Any) -> Any:
    return leaf


class TestTreeMap:
    @given(trees())
    def test_identity(self, tree: Any) -> None:
        """Mapping the identity changes nothing."""
        mapped = tree_map(same, tree)
        assert tree_structure(mapped) is tree_structure(tree)
        assert all(a is b for a, b in zip(tree_leaves(mapped), tree_leaves(tree), strict=True))

    @given(trees())
    def test_composition(self, tree: Any) -> None:
        """Mapping g after f is mapping their composition."""
        twice = tree_map(repr, tree_map(type, tree))
        once = tree_map(lambda leaf: repr(type(leaf)), tree)
        assert tree_leaves(twice) == tree_leaves(once)

    @given(trees())
    def test_several(self, tree: Any) -> None:
        """Corresponding leaves of several trees are mapped together."""
        triples: list[Any] = []
        tree_map(lambda *leaves: triples.append(leaves), tree, tree_map(same, tree), tree)
        for leaf, triple in zip(tree_leaves(tree), triples, strict=True):
            assert len(triple) == 3
            assert all(x is leaf for x in triple)

    def test_is_leaf(self) -> None:
        """`is_leaf` applies to all trees."""
        total = tree_map(
            lambda a, b: a + b, [(1,), 2], [(3,), 4], is_leaf=lambda x: type(x) is tuple
        )
        assert total == [(1, 3), 6]

    def test_results_may_be_nodes(self) -> None:
        """A function may return nodes or None, which replace the leaves."""
        found: Any = tree_map(lambda x: None if x > 1 else (x, x), [1, 2])
        assert found == [(1, 1), None]

    def test_an_error_inside_is_the_callers(self) -> None:
        """An error of the function is not caught."""
        with pytest.raises(ZeroDivisionError):
            tree_map(lambda x: 1 / x, [0])


class TestWithPath:
    @given(trees())
    def test_paths_are_names(self, tree: Any) -> None:
        """The paths are those of the names."""
        names: list[str] = []
        tree_map_with_path(lambda path, _: names.append(path_name(path)), tree)
        assert tuple(names) == leaf_names(tree)

    def test_several(self) -> None:
        """The path is followed by the leaves of all trees."""
        seen: Any = tree_map_with_path(lambda path, a, b: f"{path} {a} {b}", {"w": 1}, {"w": 2})
        assert seen == {"w": "('w',) 1 2"}


class TestOver:
    def test_map_and_zip(self) -> None:
        """`over` maps one tree, or two of one type."""
        line = Line(1, 2)
        assert tree_leaves(over(line).map(lambda x: x + 1)) == [2, 3]
        assert tree_leaves(over(line).zip_with(Line(5, 7), lambda a, b: a - b)) == [-4, -5]
