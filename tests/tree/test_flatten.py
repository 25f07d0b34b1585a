"""Flattening and unflattening of trees."""

import dataclasses
import pickle
import subprocess
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.tree import (
    Static,
    model,
    tree_flatten,
    tree_leaves,
    tree_map,
    tree_structure,
    tree_unflatten,
)
from tests.strategies import Line, Loose, Point, trees

CALLS = 3  # the third call runs generated functions


@attrs.frozen
class AttrsConfig:
    size: float
    note: object = attrs.field(default=None, eq=False)


@dataclasses.dataclass(frozen=True)
class DataConfig:
    size: float
    note: object = dataclasses.field(default=None, compare=False)


def run_python(code: str, data: bytes) -> str:
    """Run code in a fresh process with data, and return its output."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        input=data,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout.decode().strip()


class TestRoundTrip:
    @given(trees())
    def test_all_comes_back(self, tree: object) -> None:
        """Unflattening restores the leaves and the structure."""
        for _ in range(CALLS):
            leaves, structure = tree_flatten(tree)
            again, same = tree_flatten(tree_unflatten(structure, leaves))
            assert same is structure
            assert all(a is b for a, b in zip(leaves, again, strict=True))
            assert structure.num_leaves == len(leaves) == len(structure.names)

    @given(trees(), st.lists(st.integers(), min_size=99, max_size=99))
    def test_any_leaves(self, tree: object, values: list[int]) -> None:
        """Leaves of any type keep their order."""
        structure = tree_structure(tree)
        wanted = values[: structure.num_leaves]
        for _ in range(CALLS):
            assert tree_leaves(tree_unflatten(structure, wanted)) == wanted

    def test_types_come_back(self) -> None:
        """Each node keeps its type."""
        for tree in (Line(1, 2), Loose(1, 2), Point(1, 2), (1,), [1], {"a": 1}, None, ()):
            for _ in range(CALLS):
                leaves, structure = tree_flatten(tree)
                assert type(tree_unflatten(structure, leaves)) is type(tree)

    def test_dict_subclasses(self) -> None:
        """An ordered dict keeps its order, a defaultdict its factory."""
        ordered = OrderedDict(b=1, a=2)
        assert tree_leaves(ordered) == [1, 2]
        leaves, structure = tree_flatten(ordered)
        assert tree_unflatten(structure, leaves) == ordered
        counts = defaultdict(int, b=1, a=2)
        assert tree_leaves(counts) == [2, 1]
        again = tree_unflatten(tree_structure(counts), [2, 1])
        assert again == counts
        assert again.default_factory is int


class TestLeaves:
    def test_static_is_structure(self) -> None:
        """A static value is not a leaf; different values give different structures."""
        line = Line(np.ones(2), 1.0)
        assert len(tree_leaves(line)) == 2
        assert tree_structure(line) == tree_structure(Line(0, 0))
        assert tree_structure(line) != tree_structure(Line(0, 0, "plane"))
        assert tree_leaves(Loose(1, 2)) == [1, 2]

    def test_equal_statics_of_other_types(self) -> None:
        """Equal static values of different types, and 0.0 and -0.0, are different."""

        @model
        class Box:
            size: Static[object]

        ones, zeros = (1, 1.0, True, np.float64(1)), (0.0, -0.0, np.float32(0), np.float32(-0.0))
        complexes = (0j, complex(0, -0.0))
        for kind in (lambda x: x, lambda x: (x,), lambda x: Point(x, 2), lambda x: frozenset({x})):
            for values in (ones, zeros, complexes):
                trees = [Box(kind(value)) for value in values]
                for _ in range(CALLS):
                    assert len(set(map(tree_structure, trees))) == len(values)

    @pytest.mark.parametrize("config", [AttrsConfig, DataConfig])
    def test_equal_records_of_other_types(self, config: Callable[..., Any]) -> None:
        """The compared fields of a static record are distinguished by type too."""
        trees = [Line(1, 2, config(size)) for size in (1, 1.0, True)]
        for _ in range(CALLS):
            assert len(set(map(tree_structure, trees))) == 3
        with pytest.raises(
            ValueError, match=r"at label expected the static .*=1\D.* found .*=1\.0"
        ):
            tree_map(min, trees[0], trees[1])
        assert len({tree_structure(Line(1, 2, config(1, note))) for note in "ab"}) == 1

    def test_equal_keys_of_other_types(self) -> None:
        """1 and True are equal, but different keys."""
        for _ in range(CALLS):
            assert tree_structure({1: 0}) != tree_structure({True: 0})

    def test_dicts_go_by_sorted_key(self) -> None:
        """The insertion order of a dict does not matter."""
        a, b = {"x": 1, "y": 2}, {"y": 2, "x": 1}
        assert tree_flatten(a) == tree_flatten(b)

    def test_is_leaf(self) -> None:
        """`is_leaf` stops at a node; the nodes below are not asked."""
        leaves, structure = tree_flatten([(1, 2), [3]], is_leaf=lambda x: isinstance(x, tuple))
        assert leaves == [(1, 2), 3]
        assert tree_unflatten(structure, leaves) == [(1, 2), [3]]

    def test_too_few_leaves(self) -> None:
        """A wrong number of leaves is refused; the message names them."""
        for _ in range(CALLS):
            with pytest.raises(ValueError, match=r"expected 2 leaves \(w, b\), found 1"):
                tree_unflatten(tree_structure(Line(1, 2)), [1])


class TestStructure:
    @given(trees(), trees())
    def test_equality_is_identity(self, a: object, b: object) -> None:
        """Equal structures are one object, and print alike."""
        one, two = tree_structure(a), tree_structure(b)
        assert (one == two) == (one is two)
        if one is two:
            assert repr(one) == repr(two)

    @given(trees())
    def test_pickle(self, tree: object) -> None:
        """A structure pickles to itself."""
        structure = tree_structure(tree)
        assert pickle.loads(pickle.dumps(structure)) is structure

    def test_pickle_across_processes(self) -> None:
        """A structure and a model load in a fresh process."""
        line = Line(np.ones(2), 1.0)
        data = pickle.dumps((line, tree_structure(line)))
        code = (
            "import pickle, sys; from miniml import tree_structure; "
            "line, structure = pickle.loads(sys.stdin.buffer.read()); "
            "assert tree_structure(line) is structure; print(line)"
        )
        assert run_python(code, data) == repr(line)

    def test_pickle_of_an_unregistered_type(self) -> None:
        """A structure of a type that is not registered in this process is refused."""

        def restore(cls: type) -> object:
            build, (parts,) = tree_structure([1.0]).__reduce__()
            return build([(cls, *parts[0][1:]), *parts[1:]])

        assert restore(list) is tree_structure([1.0])
        with pytest.raises(TypeError, match=r"with a Fraction.*call register_node\(Fraction"):
            restore(Fraction)

    def test_pickle_by_value(self) -> None:
        """A class that is pickled by value, as by Dask, keeps its static fields."""
        cloudpickle = pytest.importorskip("cloudpickle")
        code = (
            "import pickle, sys; from miniml import tree_leaves, tree_structure\n"
            "line, structure = pickle.loads(sys.stdin.buffer.read())\n"
            "assert tree_structure(line) is structure; print(tree_leaves(line))"
        )
        scope: dict[str, object] = {"__name__": "__main__"}
        exec(
            "from miniml import Static, model, tree_map, tree_structure\n"
            "@model\nclass Box:\n    w: float\n    size: Static[int] = 3\n"
            "box = Box(1.0)\nfor _ in range(4): tree_map(abs, box)\n"
            "pair = box, tree_structure(box)",
            scope,
        )
        assert run_python(code, cloudpickle.dumps(scope["pair"])) == "[1.0]"

    def test_repr(self) -> None:
        """A structure prints as the tree with stars for leaves."""
        tree = {"a": Line(1, 2), "b": [None, Point(1, ())]}
        assert repr(tree_structure(tree)) == (
            "Structure({'a': Line(w=*, b=*, label='line'), 'b': [None, Point(x=*, y=())]})"
        )
