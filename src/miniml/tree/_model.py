"""The decorator that makes a class a model."""

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

import attrs

from miniml.tree.show import tree_html, tree_text
from miniml.tree.static import is_static, static_fault

T = TypeVar("T")

_Transformer = Callable[[type, list["attrs.Attribute[Any]"]], list["attrs.Attribute[Any]"]]
_CHECKED = "miniml_static"


@overload
def model(cls: type[T], /) -> type[T]: ...


@overload
def model(
    *,
    kw_only: bool = False,
    slots: bool = True,
    field_transformer: _Transformer | None = None,
) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(attrs.field,))
def model(
    cls: type[T] | None = None,
    /,
    *,
    kw_only: bool = False,
    slots: bool = True,
    field_transformer: _Transformer | None = None,
) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a class a model: a frozen attrs class whose fields are the parts of a tree.

    A field is a leaf, another model or a container of them; a field annotated `Static[...]` is
    part of the structure. Models have no `==` (use `tree_equal`), since that of arrays is not a
    bool. Values of static fields are checked when a model is built.

    Args:
        cls: The class, if the decorator is written without parentheses.
        kw_only: Whether the constructor takes only keyword arguments.
        slots: Whether instances have slots instead of a `__dict__`.
        field_transformer: A hook that attrs runs on the fields first; see `attrs.define`.

    Returns:
        The attrs class, or the decorator.

    Example:
        >>> import numpy as np
        >>> from miniml import Array, Static
        >>> @model
        ... class Linear:
        ...     w: Array
        ...     b: float
        ...     label: Static[str] = "separator"
        >>> Linear(np.array([1.0, 1.0]), -1.0).label
        'separator'
    """

    def check_statics(
        cls: type, fields: list["attrs.Attribute[Any]"]
    ) -> list["attrs.Attribute[Any]"]:
        if field_transformer is not None:
            fields = field_transformer(cls, fields)
        return [_checked(cls, field) for field in fields]

    def decorate(cls: type[T]) -> type[T]:
        made = attrs.frozen(
            cls,
            eq=False,
            repr=False,
            kw_only=kw_only,
            slots=slots,
            field_transformer=check_statics,
        )
        if made.__repr__ is object.__repr__:
            made.__repr__ = tree_text  # type: ignore[method-assign]  # self is the tree
        if not hasattr(made, "_repr_html_"):
            made._repr_html_ = tree_html  # type: ignore[attr-defined]
        return made

    return decorate if cls is None else decorate(cls)


def _checked(cls: type, field: "attrs.Attribute[Any]") -> "attrs.Attribute[Any]":
    """Add a validator to a static field that refuses arrays and unhashable values."""
    if _CHECKED in field.metadata or not is_static(cls, field):
        return field
    validators = (
        [_validate_static] if field.validator is None else [_validate_static, field.validator]
    )
    return field.evolve(
        metadata={**field.metadata, _CHECKED: True}, validator=attrs.validators.and_(*validators)
    )


def _validate_static(instance: object, field: "attrs.Attribute[Any]", value: object) -> None:
    if fault := static_fault(value):
        raise TypeError(f"{type(instance).__name__}.{field.name}: {fault}")
