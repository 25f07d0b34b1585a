"""Turn generated source into functions whose lines a traceback can show."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

_serial = itertools.count()


class _Source:
    """Answers, as the loader of a function's globals, when a traceback asks for its lines.

    So the source lives and dies with the function, and nothing global holds it.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, _: str) -> str:
        return self.source


def define(name: str, source: str, names: Mapping[str, object]) -> Callable[..., Any]:
    """Compile `source`, which defines the function `name`, among the given names."""
    scope = {"__name__": "miniml.generated", "__loader__": _Source(source), **names}
    exec(compile(source, f"<miniml>/{name}-{next(_serial)}.py", "exec"), scope)  # noqa: S102 - the source is our own
    function: Callable[..., Any] = scope[name]  # type: ignore[assignment]  # defined just above
    return function
