"""The names of classes and functions in a script: imported, or copied from `__main__`.

Another script cannot import the definitions of a notebook or of a script itself, which are in
`__main__`; their text, and that of the definitions they use, is copied.
"""

import ast
import builtins
import inspect
import linecache
import symtable
import sys
import textwrap
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import miniml
from miniml._playground.core.errors import RequestError

_ALIASES = ("typing", "collections.abc", "numpy.typing", "attrs", "miniml", "numpy")
"""The modules of names that do not know their module."""


class Definitions:
    """Collects the imports and the copied definitions that a script needs."""

    def __init__(self, write: Callable[[object], str]) -> None:
        self.imports: set[str] = set()
        self.copied: dict[str, str] = {}
        self._write = write
        self._homes: dict[str, str] = {}

    def name(self, thing: Any) -> str:
        """Return the expression that names a class or a function.

        Raises:
            RequestError: If it has no name that a script can use.
        """
        short, whole = getattr(thing, "__name__", ""), getattr(thing, "__qualname__", "")
        if getattr(miniml, short, None) is thing:
            return f"ml.{short}"
        if not whole or "<" in whole:
            raise RequestError(
                f"The script cannot name {whole or repr(thing)}: it has no name at the top level of "
                "a module. Define it there with def or class."
            )
        outer, dot, inner = whole.partition(".")
        if thing.__module__ == "__main__":
            self._copy(outer, getattr(sys.modules["__main__"], outer, thing))
            return str(whole)
        return self._imported(str(thing.__module__), outer) + dot + inner

    def _imported(self, module: str, name: str) -> str:
        """Import a name; if another module has the same name, append an underscore."""
        used = name
        while self._homes.setdefault(used, module) != module or used in _OWN_NAMES:
            used += "_"
        self.imports.add(f"from {module} import {name}{_as(name, used)}")
        return used

    def _copy(self, name: str, thing: Any) -> None:
        if name in self.copied:
            return
        _refuse_own(name)
        self.copied[name] = ""  # it may be recursive
        text = text_of(name, thing)
        for used in _used(text):
            if used != name and used in vars(sys.modules["__main__"]):
                self._add(used, vars(sys.modules["__main__"])[used])
        del self.copied[name]
        self.copied[name] = text  # after the definitions that it uses

    def _add(self, name: str, value: Any) -> None:
        """Import or copy a name of `__main__`."""
        if isinstance(value, types.ModuleType):
            if _MODULES.get(name, value.__name__) != value.__name__:
                _refuse_own(name)
            self.imports.add(f"import {value.__name__}{_as(value.__name__, name)}")
            return
        module, own = _home(name, value) or ("", "")
        if module == "__main__":
            self._copy(name, value)
        elif module:
            self.imports.add(f"from {module} import {own}{_as(own, name)}")
        elif name not in self.copied:
            _refuse_own(name)
            self.copied[name] = f"{name} = {self._write(value)}"


_MODULES = {"np": "numpy", "ml": "miniml"}
_OWN_NAMES = frozenset(
    {"data", "test", "model", "loss", "optimizer", "start", "states", "islice", *_MODULES}
)
"""The names of the script itself."""


def _refuse_own(name: str) -> None:
    """Raise a RequestError if the script uses this name for something else."""
    if name in _OWN_NAMES - {"loss"}:  # the user's loss may have this name
        raise RequestError(f"The exported script uses the name {name} itself: rename your {name}.")


def _as(own: str, name: str) -> str:
    return f" as {name}" if own != name else ""


def _home(name: str, value: Any) -> tuple[str, str] | None:
    """Return the module that defines a value, and its name there; None for a plain value."""
    module, own = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(module, str) and isinstance(own, str) and "." not in own:
        if module == "__main__":
            return module, own
        if getattr(sys.modules.get(module), own, None) is value:
            return module, own
    for known in _ALIASES:
        if getattr(sys.modules.get(known), name, None) is value:
            return known, name
    return None


def text_of(name: str, thing: Any) -> str:
    """Return the source of a definition, with its decorators."""
    for code in _codes(thing):
        text = "".join(linecache.getlines(code.co_filename))
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        # Some notebooks turn their cells into the bodies of functions.
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                last = node.end_lineno or first
                if first <= code.co_firstlineno <= last:
                    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : last]))
    with suppress(OSError, TypeError):  # of a class without methods, such as an enumeration
        return textwrap.dedent(inspect.getsource(thing))
    raise RequestError(f"The script cannot find the source of {name}; move it into a module.")


def _codes(thing: Any) -> Iterator[types.CodeType]:
    """Yield the code of a function, or of the methods of a class."""
    candidates = vars(thing).values() if isinstance(thing, type) else [thing]
    for candidate in candidates:
        plain = getattr(candidate, "__func__", getattr(candidate, "fget", candidate))
        code = getattr(plain, "__code__", None)
        # A class may have methods from elsewhere, as an enumeration has.
        if code is not None and getattr(plain, "__module__", None) == thing.__module__:
            yield code


def _used(text: str) -> list[str]:
    """Return the global names that a definition reads, in order, also those in quoted types."""
    free = set(_free(symtable.symtable(text, "definition", "exec")))
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and node.id in free and not hasattr(builtins, node.id):
            found[node.id] = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= dict.fromkeys(filter(str.isidentifier, [node.value]))
    return list(found)


def _free(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names that are read but not bound within."""
    outermost = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (outermost or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _free(inner)
