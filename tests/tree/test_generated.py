"""Generated functions agree with the careful traversal, and are freed with their classes."""

import gc
import threading
import traceback
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.tree import Static, model, tree_flatten, tree_map, tree_structure, tree_unflatten
from miniml.tree.flatten import careful_flatten
from miniml.tree.generate_flatten import generate_flatten
from miniml.tree.generate_unflatten import generate_unflatten
from miniml.tree.node import NodeType
from tests.strategies import Line, Pair, leaves, trees


def wide(count: int, leaf: object = 0) -> object:
    """Many equal parts, then a different one."""
    return Pair(tuple(Line(leaf, leaf) for _ in range(count)), [leaf] * count + [(leaf,)])


def deep(levels: int, leaf: object = 0) -> object:
    """Nested parts."""
    tree: object = leaf
    for _ in range(levels):
        tree = Pair([Line(leaf, leaf)], tree)
    return tree


LARGE = [wide(1), wide(7), wide(8), wide(9), wide(400), deep(30), deep(200)]
LARGE += [{str(i): wide(3) for i in range(90)}, {i: i for i in range(900)}, [wide(100)] * 20]


class TestAgreement:
    @given(trees(), trees())
    def test_flatten(self, a: object, b: object) -> None:
        """The function of one tree flattens another if and only if their structures are equal."""
        leaves_a, structure = careful_flatten(a, None)
        program = generate_flatten(structure, leaves_a)
        leaves_b, other = careful_flatten(b, None)
        found = program(b)
        if structure is other:
            assert found is not None
            assert found[1] is structure
            assert all(x is y for x, y in zip(found[0], leaves_b, strict=True))
        else:
            assert found is None
        assert program(a) is not None

    @given(trees(), st.data())
    def test_leaf_or_node(self, tree: object, data: st.DataObject) -> None:
        """A node in place of a leaf is detected; another leaf is accepted."""
        found, structure = careful_flatten(tree, None)
        program = generate_flatten(structure, found)
        fresh = [data.draw(leaves()) for _ in found]
        flat = program(tree_unflatten(structure, fresh))
        assert flat is not None
        assert all(x is y for x, y in zip(flat[0], fresh, strict=True))
        for position in range(len(found)):
            nodes = [*fresh[:position], (1, 2), *fresh[position + 1 :]]
            assert program(tree_unflatten(structure, nodes)) is None

    @pytest.mark.parametrize("tree", LARGE, ids=lambda tree: str(tree_structure(tree).num_leaves))
    def test_large(self, tree: Any) -> None:
        """Loops and calls flatten like the careful traversal, and unflatten."""
        structure = tree_structure(tree)
        numbered = tree_unflatten(structure, range(structure.num_leaves))
        program = generate_flatten(structure, [0] * structure.num_leaves)
        assert program(numbered) == (list(range(structure.num_leaves)), structure)
        again = generate_unflatten(structure)(list(range(structure.num_leaves)))
        assert careful_flatten(again, None) == program(numbered)

    @pytest.mark.parametrize("tree", LARGE, ids=lambda tree: str(tree_structure(tree).num_leaves))
    def test_large_misfit(self, tree: Any) -> None:
        """A node in place of any leaf is detected in loops and calls too."""
        structure = tree_structure(tree)
        count = structure.num_leaves
        program = generate_flatten(structure, [0] * count)
        for position in {0, 1, count // 3, count // 2, count - 2, count - 1}:
            values: list[object] = [0] * count
            values[position] = None
            assert program(tree_unflatten(structure, values)) is None

    def test_varied(self) -> None:
        """A structure with too many different parts is flattened and unflattened carefully."""
        tree = [Line(i, i, f"label {i}") for i in range(3000)]
        for _ in range(3):
            assert tree_map(lambda x: x, tree)[7].label == "label 7"


class TestLifetime:
    def test_classes_die(self) -> None:
        """No cache keeps a class alive, at the root or below other nodes."""

        def use() -> list[weakref.ref[Any]]:
            @model
            class Young:
                w: object
                size: Static[int] = 3

            young = Young(1)
            for tree in (young, (young, 1), {"a": young}, Line(young, 1), [Line(1, young)] * 300):
                for _ in range(4):
                    tree_map(lambda x: x, tree)
            return [weakref.ref(Young), weakref.ref(tree_structure((young, 1)))]

        refs = use()
        gc.collect()
        assert [ref() for ref in refs] == [None, None]

    def test_caches_are_bounded(self) -> None:
        """Old structures are freed."""
        gc.collect()
        first = weakref.ref(tree_structure(Line(1, 2, "the first")))
        for i in range(300):
            for _ in range(3):
                tree_map(lambda x: x, Line(1, 2, f"label {i}"))
        gc.collect()
        assert first() is None
        node: NodeType = Line.__dict__["__miniml_node__"]
        assert len(node.functions) <= 8

    def test_traceback_shows_source(self) -> None:
        """A traceback shows the lines of a generated function."""
        structure = tree_structure(Line(1, 2))
        try:
            generate_unflatten(structure)([1])
        except ValueError:
            assert "= leaves" in traceback.format_exc()
        else:
            pytest.fail("too few leaves were accepted")


class TestThreads:
    def test_many_at_once(self) -> None:
        """Threads that flatten a new class at once get one structure."""
        start = threading.Barrier(8)

        for _ in range(20):

            @model
            class Fresh:
                w: object
                size: Static[int]

            def work(seed: int, cls: Any = Fresh) -> list[object]:
                start.wait()
                found: list[object] = []
                for i in range(30):
                    tree = (cls(seed, i % 5), [cls(1, 2)] * (i % 3))
                    leaves_, structure = tree_flatten(tree)
                    assert tree_flatten(tree_unflatten(structure, leaves_)) == (leaves_, structure)
                    found.append(structure)
                return found

            with ThreadPoolExecutor(8) as pool:
                results = list(pool.map(work, range(8)))
            assert all(result == results[0] for result in results)
