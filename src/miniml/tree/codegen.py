"""Turn generated source into functions whose lines a traceback can show."""

import itertools
import linecache
import weakref
from collections.abc import Callable, Mapping
from typing import Any

_serial = itertools.count()


def define(name: str, source: str, names: Mapping[str, object]) -> Callable[..., Any]:
    """Compile `source`, which defines the function `name`, among the given names."""
    filename = f"<miniml {name} {next(_serial)}>"
    scope = dict(names)
    exec(compile(source, filename, "exec"), scope)  # noqa: S102 - the source is our own
    function: Callable[..., Any] = scope[name]  # type: ignore[assignment]  # defined just above
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    weakref.finalize(function, linecache.cache.pop, filename, None)
    return function
