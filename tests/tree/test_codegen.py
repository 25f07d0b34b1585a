"""The code generator of trees and programs: names, and functions compiled from source."""

import gc
import math
import traceback
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.tree.codegen import Names, define

WORDS = st.lists(st.sampled_from(["v", "v_2", "w", "taken"]), max_size=20)


class TestNames:
    @given(WORDS)
    def test_distinct(self, words: list[str]) -> None:
        """Names differ from each other and from those that are taken, and begin as was wanted."""
        names = Names(taken=["taken"])
        found = [names.new(word) for word in words]
        assert len({*found, "taken"}) == len(found) + 1
        assert all(name.startswith(word) for name, word in zip(found, words, strict=True))

    def test_wanted_name_first(self) -> None:
        """The first name is the wanted one; the next have numbers."""
        names = Names()
        assert [names.new("v") for _ in range(3)] == ["v", "v_2", "v_3"]

    def test_constants(self) -> None:
        """A value has one name, under which it is found."""
        names, one, other = Names(), [1], [1]
        found = [names.constant(value, "c") for value in (one, other, one)]
        assert found == ["c", "c_2", "c"]
        assert names.names["c"] is one
        assert names.names["c_2"] is other


class TestDefine:
    def test_names_and_library(self) -> None:
        """A function finds the given names first, then what the library has."""
        source = "def f(x):\n    return floor(scale * x) + ceil(x)\n"
        function = define("f", source, {"scale": 2.0, "floor": int}, math)
        assert function(1.7) == 3 + 2

    def test_traceback(self) -> None:
        """A traceback shows the generated line, and does not keep the function."""
        function: Any = define("f", "def f(x):\n    return x / 0  # generated\n", {})
        with pytest.raises(ZeroDivisionError) as info:
            function(1.0)
        assert "x / 0  # generated" in "".join(traceback.format_exception(info.value))
        gone = weakref.ref(function)
        del function, info
        gc.collect()
        assert gone() is None
