"""A walk over all that a function can reach: what it reads, and where that may change unseen."""

import abc
import builtins
import operator
import random
from collections import deque
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType
from typing import Any, Protocol, runtime_checkable

import numpy as np

from miniml.program.closure.code import code_reads, is_from_outside
from miniml.program.closure.objects import (
    ATOMS,
    NOT_READ,
    PARTS,
    checksum,
    function_parts,
    is_constant,
    is_frozen,
    is_plain,
    items_of,
    sample,
)
from miniml.program.closure.random_state import is_generator
from miniml.program.closure.trusted import is_library, is_of_library, is_trusted_code
from miniml.program.ir.graph import AnyArray
from miniml.program.ir.origin import Origin

MISSING = object()
"""What a name is bound to that a namespace does not have."""

MOST = 2000
"""The most functions, objects and containers that are walked over."""

_IN_DOUBT = 500
"""The most of these once there is a doubt: the nearest are first, and only generators are looked for."""

_ITEMS = 20_000
"""The most items and attributes of objects and containers."""

SMALL = 1 << 20
"""Bytes up to which an array is copied before the trace."""


@runtime_checkable
class Reads(Protocol):
    """An object of this library that says what a call of it reads."""

    def values_read(self) -> Iterable[object]:
        """Return the functions that a call runs, and the values that they are given."""
        ...


class Reach:
    """What is reached from some roots, and how to see whether it changed.

    Attributes:
        doubt: Why something may change that this does not show, or None. The walk goes on, to find
            the generators.
        is_random: Whether random numbers may be drawn.
        generators: The random generators, each with a line of the user's.
        code: The code of the first of the user's functions.
        read: Namespaces, with a name that is read in each, and its value.
        names: Namespaces of classes and modules, with the number of their names, and those of classes.
        classes: The classes, and their bases.
        cells: The variables of enclosing functions, and their values.
        functions: The functions, and what each consists of.
        held: The containers and objects, and what each holds.
        frozen: The frozen objects, which may keep what they compute, and what each holds.
        registered: Which classes are registered as abstract ones.
        arrays: The small arrays, and copies of them.
        large: The large arrays, with their checksums.
    """

    def __init__(self, roots: Iterable[object]) -> None:
        self.doubt: str | None = None
        self.is_random: bool = False
        self.generators: list[tuple[object, Origin | None]] = []
        self.code: CodeType | None = None
        self.read: list[tuple[Mapping[str, Any], str, object]] = []
        self.names: list[tuple[Mapping[str, Any], int, set[str]]] = []
        self.classes: list[tuple[type[Any], tuple[type[Any], ...]]] = []
        self.cells: list[tuple[CellType, object]] = []
        self.functions: list[tuple[FunctionType, tuple[object, ...]]] = []
        self.held: list[tuple[object, list[object]]] = []
        self.frozen: list[tuple[object, list[object]]] = []
        self.registered: object = abc.get_cache_token()
        self.arrays: list[tuple[AnyArray, AnyArray]] = []
        self.large: list[tuple[AnyArray, int]] = []
        self._known: dict[int, object] = {}  # kept alive, so that no id is reused
        self._bound: set[tuple[int, str]] = set()
        self._names = {"__getattr__"}  # of a module
        self._modules: list[dict[str, Any]] = []
        self._libraries: list[dict[str, Any]] = []
        self._items = 0
        self._place: Origin | None = None
        self._waiting = deque[tuple[object, Origin | None]]((root, None) for root in roots)
        self._walk()

    def _walk(self) -> None:
        while self._waiting:
            value, self._place = self._waiting.popleft()
            if id(value) not in self._known:
                self._known[id(value)] = value
                if len(self._known) > (MOST if self.doubt is None else _IN_DOUBT):
                    self._doubt(f"it can reach more than {MOST} objects")
                    return
                try:
                    self._look(value)
                except Exception as error:  # noqa: BLE001  # attributes of the user's objects may raise anything
                    self._doubt(f"it reads an object that raises {type(error).__name__}")
            if not self._waiting:  # which of the modules' names are read is known at the end
                for space in self._modules:
                    for name in self._names & space.keys():
                        self._bind(space, name)
                for space in self._libraries:
                    for name in self._names & space.keys():
                        self._bind(space, name, trusted=True)

    def _doubt(self, why: str) -> None:
        self.doubt = self.doubt or why

    def _add(self, values: Iterable[object]) -> None:
        place, known = self._place, self._known
        self._waiting.extend(
            [
                (value, place)
                for value in values
                if type(value) not in ATOMS and id(value) not in known
            ]
        )

    def _bind(self, space: Mapping[str, Any], name: str, *, trusted: bool = False) -> None:
        """Note what a name is bound to in a namespace, and look at that, unless a library has it."""
        if (id(space), name) not in self._bound:
            self._bound.add((id(space), name))
            value = space.get(name, MISSING)
            self.read.append((space, name, value))
            if not (trusted and is_of_library(value)):
                self._add([value])

    def _look(self, value: Any) -> None:
        kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
        if kind in ATOMS:
            return
        if is_generator(value):
            self._random(value)
        elif kind is ModuleType:
            self._module(value)
        elif kind is FunctionType:
            self._function(value)
        elif issubclass(kind, type):
            self._class(value)
        elif kind is np.ndarray:
            self._array(value)
        elif kind is BuiltinFunctionType:
            self._builtin(value)
        elif kind is np.ufunc:
            if all("O" in loop for loop in value.types):
                self._doubt("it calls a function of np.frompyfunc")
        elif kind is tuple or kind is frozenset:
            self._add(value)
        elif kind in PARTS:
            self._hold(value)
        elif is_of_library(kind):
            self._of_library(value)
        elif is_plain(kind):
            self._hold(value)
        else:
            self._doubt(f"it reads an object of {kind.__module__}.{kind.__qualname__}")

    def _random(self, source: object) -> None:
        """Note a source of random numbers."""
        self.is_random = True
        self._doubt("it can draw random numbers")
        if not isinstance(source, random.SystemRandom):  # it has no state
            self.generators.append((source, self._place))

    def _of_library(self, value: Any) -> None:
        """Look at an object of this library or of one that is trusted."""
        kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
        if isinstance(value, Reads) and kind.__module__.startswith("miniml."):
            self._add(value.values_read())
        elif is_plain(kind):
            self._hold(value)
        elif kind.__module__ != "typing":
            self._doubt(f"it reads an object of {kind.__module__}.{kind.__qualname__}")

    def _hold(self, value: object) -> None:
        """Note what a container or an object holds, and look at that."""
        items = items_of(value)
        self._items += len(items)
        if self._items > _ITEMS:
            self._doubt(f"it can reach more than {_ITEMS} values")
            return
        (self.frozen if is_frozen(value) else self.held).append((value, items))
        self._add(items)

    def _module(self, value: ModuleType) -> None:
        if value is np.random or value is random:
            self._random(value)
        elif is_library(value.__name__):
            self._libraries.append(vars(value))
        else:
            self._module_names(vars(value))

    def _module_names(self, space: dict[str, Any]) -> None:
        """Note a namespace of which the names in the code are read, and that other names may come."""
        self._modules.append(space)
        self.names.append((space, len(space), space.keys() - NOT_READ))

    def _builtin(self, value: Any) -> None:
        if value.__name__ in _UNSEEN and value.__module__ == "builtins":
            self._doubt(f"it calls {value.__name__}")
        elif isinstance(value.__self__, type):
            self._add([value.__self__])
        elif value.__self__ is not None and type(value.__self__) is not ModuleType:
            self._doubt(f"it calls a method {value.__name__} that it holds")
            self._add([value.__self__])
        elif not is_of_library(value) or is_from_outside(value.__name__):
            self._doubt(f"it calls {value.__module__}.{value.__name__}")

    def _array(self, value: AnyArray) -> None:
        if value.dtype.hasobject:
            self._doubt("it reads an array of objects")
        elif value.nbytes <= SMALL:
            self.arrays.append((value, value.copy()))
        elif is_constant(value):  # unless its owner makes it writable for a time
            self._array(sample(value))
        else:
            self.large.append((value, checksum(value)))

    def _class(self, value: type[Any]) -> None:
        self._add([type(value)])
        if value in {operator.attrgetter, operator.methodcaller}:
            self._doubt(f"it uses {value.__name__}")
        self.classes.append((value, value.__mro__))
        for base in value.__mro__:
            if not is_of_library(base):
                space = vars(base)
                names = space.keys() - NOT_READ
                self.names.append((space, len(space), names))
                for name in names:
                    self._bind(space, name)

    def _function(self, value: FunctionType) -> None:
        self.functions.append((value, function_parts(value)))
        self._add(value.__defaults__ or ())
        self._add((value.__kwdefaults__ or {}).values())
        for cell in value.__closure__ or ():
            try:
                self.cells.append((cell, cell.cell_contents))
            except ValueError:
                self._doubt("it reads a variable that is not bound yet")
            else:
                self._add([cell.cell_contents])
        code = value.__code__
        if is_trusted_code(code) or is_of_library(value):
            if is_from_outside(value.__name__):
                self._doubt(f"it calls {value.__name__}")
            elif code.co_filename.startswith("<attrs"):  # it may call the user's factories
                for name in code_reads(code).variables:
                    self._bind(value.__globals__, name)
            return
        self._place = Origin(code.co_filename, code.co_firstlineno)
        self.code = self.code or code
        reads = code_reads(code)
        self._names |= reads.names
        if reads.doubt is not None:
            self._doubt(reads.doubt)
        if reads.is_random:
            self.is_random = True
            if "random" in reads.names:  # under any name of NumPy
                self._add([np.random, random])
        for name in reads.variables:
            self._bind(value.__globals__, name)
            if name not in value.__globals__:
                self._bind(vars(builtins), name)
        attributes = vars(value)
        self._add([attributes.get("__wrapped__")])
        self._module_names(attributes)


_UNSEEN = frozenset(
    [
        "__import__",
        "breakpoint",
        "compile",
        "delattr",
        "dir",
        "eval",
        "exec",
        "getattr",
        "globals",
        "hasattr",
        "id",
        "input",
        "locals",
        "open",
        "setattr",
        "vars",
    ]
)
"""Builtins that read or write what their arguments say."""
