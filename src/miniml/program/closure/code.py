"""What code reads by name, and what in it nobody can follow."""

import dis
import re
from types import CodeType
from weakref import WeakKeyDictionary

import attrs

from miniml.program.closure.trusted import is_library


@attrs.frozen
class CodeReads:
    """What a function's code reads, with that of its lambdas and comprehensions.

    Attributes:
        variables: The globals that it reads.
        names: All names in it: of globals, attributes and modules, and those within short texts, which
            may be attributes, too.
        doubt: Why it may read what no walk finds, or None.
        is_random: Whether it names something that draws random numbers.
    """

    variables: frozenset[str]
    names: frozenset[str]
    doubt: str | None
    is_random: bool


def code_reads(code: CodeType) -> CodeReads:
    """Return what a piece of code reads."""
    found = _KNOWN.get(code)
    if found is None:
        found = _KNOWN[code] = _read(code)
    return found


_KNOWN: WeakKeyDictionary[CodeType, CodeReads] = WeakKeyDictionary()

_WORD = re.compile(r"[^\W\d]\w*")

_SHORT = 100
"""Characters of a text that may be the name of an attribute."""

_READS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_ASSIGNS = {"STORE_GLOBAL", "DELETE_GLOBAL"}

_FOLLOWED = {
    *("__init__", "__name__", "__call__", "__class__", "__len__", "__qualname__", "__module__"),
    *("__setattr__", "__delattr__", "__new__", "__post_init__", "__attrs_post_init__", "__eq__"),
    *("__repr__", "__getitem__", "__iter__", "__contains__", "__enter__", "__exit__"),
}
"""Special attributes that show nothing else than the walk sees, or that change it."""

_FROM_OUTSIDE = {
    "memmap",
    "load",
    "fromfile",
    "loadtxt",
    "genfromtxt",
    "seterr",
    "geterr",
    "errstate",
    "get_printoptions",
    "datetime64",
}
"""Functions of NumPy that read files, settings or the time."""

_DRAWS = {
    *("random", "default_rng", "rvs", "stats", "secrets", "urandom", "rand", "randn", "randint"),
    *("kmeans", "kmeans2"),
}
"""Names under which random numbers are drawn."""


def _read(code: CodeType) -> CodeReads:
    steps = list(dis.get_instructions(code))
    variables = {step.argval for step in steps if step.opname in _READS}
    names = set(code.co_names)
    doubts = [_doubt_of(step, code) for step in steps]
    doubts += [f"it uses {name}" for name in code.co_names if _is_doubtful(name)]
    is_random = bool(names & _DRAWS)
    for part in code.co_consts:
        if isinstance(part, str) and len(part) < _SHORT and " " not in part:
            names.update(_WORD.findall(part))
        if isinstance(part, CodeType):
            inner = code_reads(part)
            variables |= inner.variables
            names |= inner.names
            is_random = is_random or inner.is_random
            own = inner.doubt in {
                _assigned(name) for name in set(part.co_freevars) & set(code.co_cellvars)
            }
            doubts.append(None if own else inner.doubt)
    doubt = next(filter(None, doubts), None)
    return CodeReads(frozenset(variables), frozenset(names), doubt, is_random)


def _doubt_of(step: dis.Instruction, code: CodeType) -> str | None:
    if step.opname in _ASSIGNS or (
        step.opname == "STORE_DEREF" and step.argval in code.co_freevars
    ):
        return _assigned(step.argval)
    if step.opname == "IMPORT_NAME" and not is_library(step.argval):
        return f"it imports {step.argval}"
    return None


def is_from_outside(name: str) -> bool:
    """Return whether a function of this name, of a library, reads what no walk finds."""
    return name in _FROM_OUTSIDE


def _assigned(name: str) -> str:
    return f"it assigns to the variable {name} around it"


def _is_doubtful(name: str) -> bool:
    special = name.startswith("__") and name.endswith("__") and name not in _FOLLOWED
    return special or name in _FROM_OUTSIDE or name in _DRAWS
