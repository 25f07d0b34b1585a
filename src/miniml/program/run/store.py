"""Compiled programs by what their traces recorded, kept as long as the code of the user's function."""

from collections import OrderedDict
from collections.abc import Hashable
from types import CodeType
from typing import TypeAlias
from weakref import WeakKeyDictionary

from miniml.program.run.build import Runnable
from miniml.program.run.recorded import Recorded

_ENTRIES = 8
"""The most programs that are kept for one function; the one not used for the longest is dropped."""

_BYTES = 1 << 26
"""The most bytes of constants and buffers that are kept for one function."""

Key: TypeAlias = tuple[Recorded, Hashable]
"""What a trace recorded, and what else distinguishes programs, such as the names in their source."""


class CompiledStore:
    """The last programs that were compiled for one function of the user's."""

    def __init__(self) -> None:
        self._programs: OrderedDict[Key, tuple[Runnable, int]] = OrderedDict()

    def find(self, key: Key) -> Runnable | None:
        """Return the program of an equal trace, if it is kept."""
        found = self._programs.get(key)
        if found is None:
            return None
        self._programs.move_to_end(key)
        return found[0]

    def keep(self, key: Key, program: Runnable) -> None:
        """Keep a program, unless it is too large."""
        self._programs[key] = program, key[0].nbytes + program.nbytes
        while len(self._programs) > _ENTRIES or self._nbytes() > _BYTES:
            self._programs.popitem(last=False)

    def _nbytes(self) -> int:
        return sum(size for _, size in self._programs.values())


def store_of(code: CodeType | None) -> CompiledStore:
    """Return the store of a function's code, which all functions made by one `lambda` share."""
    if code is None:
        return CompiledStore()
    found = _STORES.get(code)
    if found is None:
        found = _STORES[code] = CompiledStore()
    return found


_STORES: WeakKeyDictionary[CodeType, CompiledStore] = WeakKeyDictionary()
