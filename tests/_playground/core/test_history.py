"""The persistent history against a plain list."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml._playground.core.history import CHUNK, History, shared_length

lengths = st.integers(0, 3 * CHUNK)
batches = st.lists(st.integers(0, 400), max_size=6)


def grown(sizes: list[int]) -> tuple[History[object], list[object]]:
    history, plain = History[object](), list[object]()
    for size in sizes:
        items = [object() for _ in range(size)]
        history, plain = history.extend(items), plain + items
    return history, plain


class TestHistory:
    @given(batches, st.integers(0, 2000))
    def test_is_a_list(self, sizes: list[int], start: int) -> None:
        """A history that grows like a list has the items of the list, from any start."""
        history, plain = grown(sizes)
        assert len(history) == len(plain)
        assert list(history.since(start)) == plain[start:]
        assert all(history[i] is plain[i] for i in range(0, len(plain), 97))

    @given(batches, lengths)
    def test_truncate_is_a_slice(self, sizes: list[int], length: int) -> None:
        """Truncating keeps the first items, and does not change the longer history."""
        history, plain = grown(sizes)
        assert list(history.truncate(length).since(0)) == plain[:length]
        assert len(history) == len(plain)

    @given(batches, lengths, st.integers(0, 400))
    def test_branches_share_their_beginning(self, sizes: list[int], length: int, more: int) -> None:
        """The shared length of a history and its branch is the index of their first difference."""
        history, plain = grown(sizes)
        branch = history.truncate(length).extend([object() for _ in range(more)])
        assert shared_length(history, branch) == min(length, len(plain))

    @pytest.mark.parametrize("index", [3, -4])
    def test_beyond_its_ends_is_an_error(self, index: int) -> None:
        """The error names an index out of range."""
        with pytest.raises(IndexError, match=f"no moment {index}: the history holds 3"):
            History[int]().extend([1, 2, 3])[index]

    def test_appending_copies_nothing(self) -> None:
        """Append 100,000 takes no more memory than the first ones."""
        history = History[int]().extend([0] * 100_100)
        tracemalloc.start()
        longer = history.extend([0])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(longer) == 100_101
        assert most < 20_000  # a copy would take 800,000 bytes
