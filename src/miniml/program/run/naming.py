"""Names for the leaves of arguments and results, in generated source and in errors."""

import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

from miniml.tree import Structure, path_name


def _arguments(
    function: Callable[..., Any], structure: Structure[Any]
) -> list[tuple[str, tuple[Any, ...]]]:
    """For each leaf the name of its argument, and its path within it."""
    names, rest_name = _parameters(function)
    found: list[tuple[str, tuple[Any, ...]]] = []
    for kind, at, *rest in structure.paths:
        name = str(at)
        if kind == 0:
            assert isinstance(at, int)
            rest_at = at - len(names)
            name = (
                names[at] if rest_at < 0 else f"{rest_name}_{rest_at}" if rest_name else f"arg{at}"
            )
        found.append((name, tuple(rest)))
    return found


def _parameters(function: Callable[..., Any]) -> tuple[list[str], str]:
    """Return the names of a function's positional parameters, and of its `*args`, or an empty string."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return [], ""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    rest = [p.name for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL]
    return [p.name for p in parameters if p.kind in positional], "".join(rest)


def leaf_places(function: Callable[..., Any], structure: Structure[Any]) -> list[str]:
    """Return the places of the leaves, for errors: `data.x`."""
    return [
        f"{argument}.{path_name(path)}" if path else argument
        for argument, path in _arguments(function, structure)
    ]


def input_names(function: Callable[..., Any], structure: Structure[Any]) -> list[str]:
    """Return the inputs' names: `w` for a leaf of the first argument, `data_x` for one of another."""
    names: list[str] = []
    for (argument, rest), path in zip(
        _arguments(function, structure), structure.paths, strict=True
    ):
        inner = "_".join(str(part) for part in rest)
        first = path[:2] == (0, 0)
        names.append(inner if first and inner else f"{argument}_{inner}" if inner else argument)
    return names


def argument_position(path: tuple[Any, ...]) -> int:
    """Return the position of the argument a leaf came in; keyword arguments come last, as one."""
    return path[1] if path[0] == 0 else sys.maxsize


def output_names(structure: Structure[Any], words: Mapping[str, str]) -> list[str]:
    """Return the outputs' names: with `{"0": "value", "1": "grad"}` the leaf `1.w` is `grad_w`."""
    names: list[str] = []
    for name in structure.names:
        place = next(p for p in words if not p or name == p or name.startswith(f"{p}."))
        leaf = name.removeprefix(place).removeprefix(".")
        names.append(f"{words[place]}_{leaf}" if leaf else words[place])
    return names
