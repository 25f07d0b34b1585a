"""Static fields, which are part of the structure of a model, not leaves."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any, ForwardRef, TypeVar, cast, get_args, get_origin

import attrs
import numpy as np

T = TypeVar("T")


class _StaticMarker:
    def __repr__(self) -> str:
        return "static"

    def __reduce__(self) -> str:
        return "_MARKER"  # one object per process, also in classes that are pickled by value


_MARKER = _StaticMarker()

Static = Annotated[T, _MARKER]
"""Marks a field as static: `label: Static[str]` is part of the structure, not a leaf.

To a type checker `Static[str]` is `str`. A static value is hashable and not an array.
"""


def is_static(cls: type, field: "attrs.Attribute[Any]") -> bool:
    """Return whether a field of an attrs class is annotated `Static[...]`.

    Each annotation is evaluated alone; if text cannot be evaluated, the part before the bracket
    decides, so that forward references in other fields do not matter.

    Raises:
        TypeError: If `Static[...]` is nested in another type.
    """
    annotation = cast("object", field.type)  # attrs declares `type`, but it may be text
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    while isinstance(annotation, str):
        names = _names_at(cls, field)
        try:
            annotation = eval(annotation, {**names})  # noqa: S307 - as `get_type_hints` does
        except Exception:  # noqa: BLE001 - a forward reference, or any error of a user's text
            return _is_static_text(annotation, names)
    if _is_marked(annotation):
        return True
    if _has_marked(annotation):
        raise TypeError(
            f"{cls.__name__}.{field.name} is annotated {annotation!r}, with Static inside: write "
            "Static around the whole type, as in Static[str | None]"
        )
    return False


def _is_marked(annotation: object) -> bool:
    return get_origin(annotation) is Annotated and _MARKER in getattr(
        annotation, "__metadata__", ()
    )


def _has_marked(annotation: object) -> bool:
    return any(_is_marked(part) or _has_marked(part) for part in get_args(annotation))


def _names_at(cls: type, field: Any) -> Mapping[str, object]:
    """Return the globals of the module of the class that declares the field."""
    for base in cls.__mro__[1:] if field.inherited else ():
        own: Any = attrs.fields_dict(base).get(field.name) if attrs.has(base) else None
        if own is not None and not own.inherited:
            cls = base
            break
    return vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}


def _is_static_text(annotation: str, names: Mapping[str, object]) -> bool:
    head = annotation.strip("'\" ").partition("[")[0]
    first, *rest = head.strip().split(".")
    if first not in names:  # imported inside a function: the last word decides
        return [first, *rest][-1] == "Static"
    value: object = names[first]
    for name in rest:
        value = getattr(value, name, None)
    return _is_marked(value)


def static_fault(value: object) -> str | None:
    """Return the fault of a static value, or None."""
    if isinstance(value, np.ndarray):
        return (
            f"an array of shape {np.shape(cast('Any', value))} cannot be static, since it has no hash:"
            " make the field a leaf (drop Static), or store a tuple"
        )
    try:
        hash(value)
    except TypeError as error:
        return (
            f"{value!r} of type {type(value).__name__} cannot be static: {error};"
            " use a hashable value, such as a tuple or a frozen class"
        )
    return None
