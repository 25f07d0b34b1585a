"""A snapshot of all that a function can reach, and whether that is still as it was."""

import abc
import operator
from collections.abc import Mapping, Sequence
from types import CellType, CodeType, FunctionType
from typing import Any

from miniml.program.closure.objects import COPIED, NOT_READ, checksum, function_parts, items_of
from miniml.program.closure.reach import MISSING, Reach
from miniml.program.ir.graph import AnyArray, same_bits
from miniml.program.ir.origin import Origin

_CHANGES = "it changes what it reads"


class Snapshot:
    """What a function reads beside its arguments, as it was when the function was traced.

    Args:
        roots: The function, and what else the trace runs: types of nodes, static values.

    Attributes:
        doubt: Why something that the function reads may change without this snapshot showing it, or
            None.
        is_random: Whether the function may draw random numbers.
        generators: The random generators that it can reach, each with a line of the user's.
        code: The code of the first of the user's functions that was met.
    """

    def __init__(self, roots: Sequence[object]) -> None:
        reach = Reach(roots)
        self._roots = roots
        self.doubt: str | None = reach.doubt
        self.is_random: bool = reach.is_random
        self.generators: Sequence[tuple[object, Origin | None]] = reach.generators
        self.code: CodeType | None = reach.code
        self._read: list[tuple[Mapping[str, Any], str, object]] = reach.read
        self._names: list[tuple[Mapping[str, Any], int, set[str]]] = reach.names
        self._classes: list[tuple[type[Any], tuple[type[Any], ...]]] = reach.classes
        self._cells: list[tuple[CellType, object]] = reach.cells
        self._functions: list[tuple[FunctionType, tuple[object, ...]]] = reach.functions
        self._held: list[tuple[object, list[object]]] = reach.held
        self._frozen = reach.frozen
        self._registered = reach.registered
        self._arrays: list[tuple[AnyArray, AnyArray]] = reach.arrays
        self._large = reach.large

    def complete(self, copies: Mapping[int, tuple[AnyArray, AnyArray]]) -> None:
        """Finish the snapshot after the trace, and note a doubt if the function changed what it reads.

        Args:
            copies: The arrays that became constants of the trace and their copies, by the ids of the
                arrays.
        """
        bytes_left = COPIED
        for array, before in self._large:
            if checksum(array) != before:
                self.doubt = self.doubt or _CHANGES
            known = copies.get(id(array))
            if known is None:
                bytes_left -= array.nbytes
                if bytes_left < 0:
                    self.doubt = self.doubt or f"it reads an array of {array.nbytes} bytes"
                    break
            self._arrays.append(known or (array, array.copy()))
        self._large = []
        self._held += [(value, _filled(items, items_of(value))) for value, items in self._frozen]
        self._frozen = []
        if self.doubt is None and not self.holds():
            self.doubt = _CHANGES

    def is_of(self, roots: Sequence[object]) -> bool:
        """Return whether it is a snapshot of these roots."""
        return _same(self._roots, roots)

    def holds(self) -> bool:
        """Return whether all that the function reads is certainly as it was."""
        if self.doubt is not None:
            return False
        try:
            return (
                self._registered == abc.get_cache_token()
                and all(space.get(name, MISSING) is value for space, name, value in self._read)
                and all(
                    len(space) == size or space.keys() - NOT_READ == names
                    for space, size, names in self._names
                )
                and all(kind.__mro__ is bases for kind, bases in self._classes)
                and all(cell.cell_contents is value for cell, value in self._cells)
                and all(_same(function_parts(one), parts) for one, parts in self._functions)
                and all(_same(items_of(one), items) for one, items in self._held)
                and all(same_bits(array, copy) for array, copy in self._arrays)
            )
        except (ValueError, RuntimeError):  # a cell was emptied, or a container is changing
            return False


def _same(these: Sequence[object], those: Sequence[object]) -> bool:
    return len(these) == len(those) and all(map(operator.is_, these, those))


def _filled(items: list[object], now: list[object]) -> list[object]:
    """Return what a frozen object holds, if it has only kept more since: what was empty, or at the end."""
    kept = all(
        old is new or old is None or old is NotImplemented
        for old, new in zip(items, now, strict=False)
    )
    return now if kept and len(items) <= len(now) else items
