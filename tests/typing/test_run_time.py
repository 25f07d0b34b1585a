"""What the type checkers are told is true: the programs that must pass, run with real values."""

import importlib.util
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import attrs
import numpy as np
import pytest

PROGRAMS = sorted((Path(__file__).parent / "must_pass").glob("*.py"))


def faults(value: Any, wanted: Any, names: dict[Any, Any], at: str = "it") -> Iterator[str]:
    """Yield why a value is not of a type, parts included."""
    wanted = names.get(wanted, wanted) if isinstance(wanted, TypeVar) else wanted
    origin, args = get_origin(wanted), get_args(wanted)
    if wanted is Any or isinstance(wanted, TypeVar):
        return
    if origin is typing.Annotated:
        yield from faults(value, args[0], names, at)
    elif origin in (typing.Union, types.UnionType):
        if all(any(faults(value, one, names)) for one in args):
            yield f"{at} is {value!r} and none of {wanted}"
    elif origin is typing.Literal:
        yield from [] if value in args else [f"{at} is {value!r}, not one of {args}"]
    elif origin in (tuple, list, dict):
        if value.__class__ is not origin:
            yield f"{at} is {value!r}, not {wanted}"
            return
        parts: list[Any] = list(value.values() if origin is dict else value)
        kinds = args if origin is tuple and args[-1] is not ... else args[-1:] * len(parts)
        kinds = args[:1] * len(parts) if args[-1] is ... else kinds
        if len(parts) != len(kinds):
            yield f"{at} has {len(parts)} parts, not {len(kinds)}"
        for i, (part, kind) in enumerate(zip(parts, kinds, strict=False)):
            yield from faults(part, kind, names, f"{at}[{i}]")
    elif origin is np.ndarray:
        (kind,) = get_args(args[1])
        kind = get_origin(kind) or kind
        if value.__class__ is not np.ndarray:
            yield f"{at} is {value!r}, not an array"
        elif not issubclass(value.dtype.type, kind):
            yield f"{at} has dtype {value.dtype}, not {kind}"
    elif wanted is None or wanted is type(None):
        yield from [] if value is None else [f"{at} is {value!r}, not None"]
    elif origin is get_origin(Callable[[], int]):
        yield from [] if callable(value) else [f"{at} is {value!r}, not a function"]
    elif not getattr(origin or wanted, "_is_protocol", False):
        yield from class_faults(value, origin or wanted, args, names, at)


def class_faults(
    value: Any, cls: Any, args: tuple[Any, ...], names: dict[Any, Any], at: str
) -> Iterator[str]:
    """Yield why a value is no instance of a class, fields included."""
    if not isinstance(value, (float, int) if cls is float else cls):
        yield f"{at} is {value!r} of {type(value)}, not {cls}"
    elif attrs.has(cls):
        inner = dict(zip(getattr(cls, "__parameters__", ()), args, strict=False))
        hints = get_type_hints(cls, include_extras=True)
        for field in attrs.fields(cls):
            part = getattr(value, field.name)
            yield from faults(part, hints[field.name], names | inner, f"{at}.{field.name}")


def load(path: Path, check: Callable[[object, Any], object]) -> types.ModuleType:
    """Import a program with a check in place of `assert_type`."""
    spec = importlib.util.spec_from_file_location(f"must_pass_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its annotations are evaluated there
    spec.loader.exec_module(module)
    module.__dict__["assert_type"] = check
    return module


def programs() -> Iterator[Any]:
    """Yield each function that asserts types."""
    for path in PROGRAMS:
        for line in path.read_text().splitlines():
            if line.startswith("def ") and "-> None:" in line:
                name = line.removeprefix("def ").partition("(")[0]
                yield pytest.param(path, name, id=f"{path.stem}-{name}")


@pytest.mark.parametrize(("path", "name"), list(programs()))
def test_the_types_are_true(path: Path, name: str) -> None:
    """Each asserted type is that of the value at run time, parts included."""
    wrong: list[str] = []

    def check(value: object, kind: Any) -> object:
        wrong.extend(faults(value, kind, {}))
        return value

    module = load(path, check)
    program = getattr(module, name)
    given = [key for key in inspect.signature(program).parameters if key != "options"]
    try:
        program(**{key: module.ARGUMENTS[key] for key in given})
    except ImportError as error:
        pytest.importorskip("jax", reason=str(error))
        raise
    assert not wrong, "\n".join(wrong)
