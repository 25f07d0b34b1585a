"""Which code is trusted: that of libraries, which reads nothing that a user changes."""

import dataclasses
import functools
import os
import sys
from pathlib import Path
from types import CodeType
from typing import Any

_LIBRARIES = frozenset(
    [
        "_collections",
        "_collections_abc",
        "_functools",
        "_operator",
        "_typing",
        "_warnings",
        "abc",
        "attr",
        "attrs",
        "builtins",
        "cmath",
        "collections",
        "dataclasses",
        "enum",
        "functools",
        "itertools",
        "math",
        "miniml",
        "numbers",
        "numpy",
        "operator",
        "scipy",
        "types",
        "typing",
        "typing_extensions",
        "warnings",
    ]
)
"""Modules whose functions are pure, but for those below."""

_IMPURE = ("numpy.random", "scipy.stats", "scipy.io", "scipy.optimize", "scipy.datasets")


def _folder(module: str) -> str:
    return str(Path(sys.modules[module].__file__ or "").parent) + os.sep


_FILES = (
    str(Path(__file__).parents[2]) + os.sep,
    *map(_folder, ("attr", "numpy")),
    "<attrs",
    "<miniml",
    functools.__file__,
    dataclasses.__file__,
)


def is_trusted_code(code: CodeType) -> bool:
    """Return whether code is of this library, of NumPy, or made by attrs: only its cells are followed."""
    return code.co_filename.startswith(_FILES)


def is_library(module: str) -> bool:
    """Return whether a module's functions are pure."""
    return module.partition(".")[0] in _LIBRARIES and not f"{module}.".startswith(
        tuple(f"{name}." for name in _IMPURE)
    )


def is_of_library(value: Any) -> bool:
    """Return whether a function or a class is found under its name in such a module."""
    module = getattr(value, "__module__", None)
    if not isinstance(module, str) or not is_library(module):
        return False
    if isinstance(value, type):
        return True
    found: Any = sys.modules.get(module)
    for name in str(getattr(value, "__qualname__", None) or getattr(value, "__name__", "")).split(
        "."
    ):
        found = getattr(found, name, None)
    return found is value
