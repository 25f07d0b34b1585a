"""Static fields: user data that belongs to a model's structure, not to its leaves."""

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
        return "_MARKER"  # one object in each process, also in classes pickled by value


_MARKER = _StaticMarker()

Static = Annotated[T, _MARKER]
"""Marks a field as static: `label: Static[str]` is part of the structure and no leaf.

To a type checker `Static[str]` is `str`. A static value is hashable and no array.
"""


def is_static(cls: type, field: "attrs.Attribute[Any]") -> bool:
    """Whether a field of an attrs class is annotated `Static[...]`.

    Each field is looked at alone, and of text that cannot be evaluated only what stands before
    the bracket, so a forward reference elsewhere cannot hide the answer.

    Raises:
        TypeError: if the annotation has `Static[...]` inside of something else.
    """
    annotation = cast("object", field.type)  # attrs declares a type; it may be text
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    while isinstance(annotation, str):
        names = _names_at(cls, field)
        try:
            annotation = eval(annotation, {**names})  # noqa: S307 - as `get_type_hints` does
        except Exception:  # noqa: BLE001 - a forward reference, or whatever a user's text raises
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
    """Return the names of the module in which the class that declares the field was written."""
    for base in cls.__mro__[1:] if field.inherited else ():
        own: Any = attrs.fields_dict(base).get(field.name) if attrs.has(base) else None
        if own is not None and not own.inherited:
            cls = base
            break
    return vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}


def _is_static_text(annotation: str, names: Mapping[str, object]) -> bool:
    head = annotation.strip("'\" ").partition("[")[0]
    first, *rest = head.strip().split(".")
    if first not in names:  # imported inside a function: its last word must do
        return [first, *rest][-1] == "Static"
    value: object = names[first]
    for name in rest:
        value = getattr(value, name, None)
    return _is_marked(value)


def static_fault(value: object) -> str | None:
    """Return what is wrong with a static value, or None."""
    if isinstance(value, np.ndarray):
        return (
            f"an array of shape {np.shape(cast('Any', value))} is no static value: it cannot be compared or hashed;"
            " make the field a leaf (drop Static), or store a tuple"
        )
    try:
        hash(value)
    except TypeError as error:
        return (
            f"{value!r} of type {type(value).__name__} is no static value: {error};"
            " use a hashable one, such as a tuple or a frozen class"
        )
    return None
