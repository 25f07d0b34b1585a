"""Write and compile the source of functions, whose lines a traceback can show."""

import itertools
from collections.abc import Iterable, Mapping
from types import CodeType, FunctionType
from typing import Any

_serial = itertools.count()


class Names:
    """Distinct identifiers, and what those that are constants stand for.

    Attributes:
        names: The values of the constants, by name.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.names: dict[str, Any] = {}
        self._taken = set(taken)
        self._numbers: dict[str, int] = {}
        self._known: dict[int, str] = {}

    def new(self, wanted: str) -> str:
        """Return the wanted name, with a number if it is taken."""
        name, number = wanted, self._numbers.get(wanted, 1)
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._numbers[wanted] = number
        self._taken.add(name)
        return name

    def constant(self, value: Any, wanted: str) -> str:
        """Return the name of a value: the same one for the same object."""
        name = self._known.get(id(value))
        if name is None:
            name = self._known[id(value)] = self.new(wanted)
            self.names[name] = value
        return name


class _Source:
    """The loader in a function's globals, which a traceback asks for the lines.

    So the source lives and dies with the function, and nothing global holds it.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, _: str) -> str:
        return self.source


def define(
    name: str, source: str, names: Mapping[str, object], library: object = None
) -> FunctionType:
    """Compile the source of a function.

    Args:
        name: The function's name.
        source: The source, which defines it.
        names: What it finds under its global names.
        library: Has the other globals that it uses as attributes.
    """
    module = compile(source, f"<miniml>/{name}-{next(_serial)}.py", "exec")
    (body,) = (code for code in module.co_consts if isinstance(code, CodeType))
    scope: dict[str, Any] = {n: getattr(library, n) for n in body.co_names if hasattr(library, n)}
    scope |= {"__name__": "miniml.generated", "__loader__": _Source(source), **names}
    exec(module, scope)  # noqa: S102  # the source is our own
    function: FunctionType = scope[name]
    return function
