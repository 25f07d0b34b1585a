"""Dotted names of leaves."""

from enum import Enum
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from miniml.transforms import jit
from miniml.tree import (
    leaf_names,
    named_leaves,
    parse_name,
    path_name,
    replace_leaves,
    tree_leaves,
    tree_specs,
    tree_structure,
)
from tests.strategies import Line, trees


class TestNames:
    @given(trees())
    def test_names_parse_back(self, tree: Any) -> None:
        """Names are unique, and each parses back to its path."""
        structure = tree_structure(tree)
        assert len(set(structure.names)) == structure.num_leaves
        assert tuple(map(parse_name, structure.names)) == structure.paths

    @given(
        st.lists(
            st.one_of(
                st.text(max_size=4),
                st.integers(),
                st.booleans(),
                st.tuples(st.text(alphabet="ab]['\"\\.", max_size=3), st.integers()),
                st.floats(allow_nan=False, allow_infinity=False),
                st.none(),
            )
        )
    )
    @example(keys=["A\N{COMBINING GRAVE ACCENT}"])  # an identifier, and more than letters
    def test_any_keys_parse_back(self, keys: list[Any]) -> None:
        """Keys with dots, quotes and brackets parse back."""
        path = parse_name(path_name(tuple(keys)))
        assert path == tuple(keys)
        assert [type(key) for key in path] == [type(key) for key in keys]

    @pytest.mark.parametrize(
        "name",
        [
            ".",
            "a.",
            ".a",
            "a..b",
            "a b",
            "[",
            "'a",
            "[x y]",
            "1a",
            "[f()]",
            "01",
            "\u0663",
            "-0",
            "'\\x'",
        ],
    )
    def test_no_name(self, name: str) -> None:
        """An invalid name is refused; the message quotes it."""
        with pytest.raises(ValueError, match="is not the name of a leaf"):
            parse_name(name)

    def test_enums(self) -> None:
        """A member of a text enumeration is named by its text."""

        class Kind(str, Enum):  # noqa: UP042 - a StrEnum writes its text
            FLAT = "flat"
            LOW = "a-b"

        assert leaf_names({Kind.FLAT: 1.0, Kind.LOW: 2.0}) == ("'a-b'", "flat")

    def test_fields_and_positions(self) -> None:
        """Fields, positions and keys are joined by dots; the name of a single leaf is empty."""
        assert leaf_names({"a b": [Line(1, 2)]}) == ("'a b'.0.w", "'a b'.0.b")
        assert named_leaves(3) == {"": 3}


class TestReplaceLeaves:
    @given(trees(), st.randoms(use_true_random=False))
    def test_replaces_the_named(self, tree: Any, random: Any) -> None:
        """The named leaves are replaced; other leaves and the structure are unchanged."""
        names = leaf_names(tree)
        chosen = random.sample(names, random.randint(0, len(names)))
        new = replace_leaves(tree, dict.fromkeys(chosen, "new"), strict=False)
        assert tree_structure(new) is tree_structure(tree)
        for name, old, leaf in zip(names, tree_leaves(tree), tree_leaves(new), strict=True):
            assert leaf == "new" if name in chosen else leaf is old

    @given(trees())
    def test_all_by_their_own_names(self, tree: Any) -> None:
        """Every leaf can be replaced by itself."""
        named = named_leaves(tree)
        assert tree_leaves(replace_leaves(tree, named)) == tree_leaves(tree) or named

    @pytest.mark.parametrize(
        ("leaf", "message"),
        [
            (np.zeros(3), r"at w: expected shape \(2,\), found shape \(3,\)"),
            (np.zeros(2, np.float32), "at w: expected dtype float64, found dtype float32"),
            ([1.0, 2.0], "at w: expected dtype float64, found type list"),
            (0.0, r"at w: expected shape \(2,\), found shape \(\)"),
        ],
    )
    def test_strict(self, leaf: Any, message: str) -> None:
        """Another shape or dtype is refused, unless strict=False."""
        line = Line(np.ones(2), 1.0)
        with pytest.raises(ValueError, match=message):
            replace_leaves(line, {"w": leaf})
        assert replace_leaves(line, {"w": leaf}, strict=False).w is leaf

    @pytest.mark.parametrize("number", [2, 2.0])
    @pytest.mark.parametrize("old", [1.0, np.float64(1), np.float32(1), np.array(1, np.float16)])
    def test_number_for_a_float(self, old: Any, number: float) -> None:
        """A Python number can replace any floating-point leaf of shape (), and gets its type."""
        new = replace_leaves({"b": old}, {"b": number})["b"]
        assert type(new) is type(old)
        assert tree_specs(new) == tree_specs(old)
        assert new == 2

    def test_number_in_a_trace(self) -> None:
        """A traced scalar can be replaced like a number."""
        zeroed = jit(lambda tree: replace_leaves(tree, {"b": 0}))({"w": np.ones(2), "b": 1.0})
        assert zeroed["b"] == 0.0
        assert np.asarray(zeroed["b"]).dtype == np.float64

    def test_numbers(self) -> None:
        """A float cannot replace an int."""
        with pytest.raises(ValueError, match="expected type int, found type float"):
            replace_leaves({"b": 1}, {"b": 2.0})

    def test_unknown_name(self) -> None:
        """An unknown name is refused; the message lists the nearest names."""
        with pytest.raises(KeyError, match=r"no leaf is named 'lines.0.v'.*'lines.0.w'"):
            replace_leaves({"lines": [Line(1, 2)]}, {"lines.0.v": 1})
        with pytest.raises(KeyError, match="no leaf is named 'v'; there are no leaves"):
            replace_leaves((), {"v": 1})


class Key(int):
    """A key whose `repr` is not unique."""

    def __repr__(self) -> str:
        return "key"


def test_leaves_that_share_a_name_are_refused() -> None:
    """Leaves that share a name are refused."""
    tree = {"a": {Key(1): 1.0, Key(2): 2.0}}
    assert tree_leaves(tree) == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"several leaves are named 'a\.\[key\]': the"):
        named_leaves(tree)
    with pytest.raises(ValueError, match=r"several leaves are named 'a\.\[key\]': the"):
        replace_leaves(tree, {"a.[key]": 3.0})
