"""What functions, objects and containers consist of."""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from types import (
    ClassMethodDescriptorType,
    CodeType,
    EllipsisType,
    FunctionType,
    GenericAlias,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodWrapperType,
    NoneType,
    SimpleNamespace,
    UnionType,
    WrapperDescriptorType,
)
from typing import Any, Generic, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from miniml.program.ir.graph import AnyArray

ATOMS = {
    NoneType,
    EllipsisType,
    type(NotImplemented),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    range,
    slice,
    object,
    CodeType,
    GenericAlias,
    UnionType,
    MemberDescriptorType,
    GetSetDescriptorType,
    WrapperDescriptorType,
    MethodDescriptorType,
    ClassMethodDescriptorType,
    MethodWrapperType,
    np.ufunc,
    np.dtype,
}
"""Types whose values never change and hold nothing that does."""

PLAIN = {
    object,
    dict,
    list,
    set,
    deque,
    OrderedDict,
    defaultdict,
    SimpleNamespace,
    Generic,
    Protocol,
}
"""Types written in C, or special to Python, whose values hold attributes and items alone."""

NOT_READ = frozenset(
    {
        *("__dict__", "__weakref__", "__doc__", "__annotations__", "__module__", "__qualname__"),
        *("__slots__", "__match_args__", "__orig_bases__", "__parameters__", "__hash__"),
        *("__abstractmethods__", "_abc_impl", "__static_attributes__", "__firstlineno__"),
        *("__annotate_func__", "__annotations_cache__", "__type_params__", "__protocol_attrs__"),
        *(
            "__attrs_attrs__",
            "__attrs_props__",
            "__attrs_own_setattr__",
            "__attrs_base_of_slotted__",
        ),
        *("__dataclass_fields__", "__dataclass_params__", "__miniml_node__"),
    }
)
"""Attributes of classes that no method reads, or that tools set when they are first needed."""

_POINTER = np.dtype(np.intp).itemsize


def is_plain(kind: type[Any]) -> bool:
    """Return whether an object of the class holds attributes and items, and nothing unseen."""
    return all(base in PLAIN or _adds_nothing_unseen(base) for base in kind.__mro__)


def _adds_nothing_unseen(kind: type[Any]) -> bool:
    """Return whether a class adds to its base no memory but attributes: one in C may hold anything."""
    own = vars(kind)
    seen = sum(type(value) is MemberDescriptorType for value in own.values())
    seen += ("__dict__" in own) + ("__weakref__" in own)
    base = kind.__base__
    return base is not None and kind.__basicsize__ <= base.__basicsize__ + _POINTER * seen


def _frozen_fields(kind: type[Any]) -> Iterable[str] | None:
    """Return the names of the fields of a frozen attrs class or dataclass, or None for other classes."""
    own = vars(kind)
    if "__attrs_attrs__" in own and kind.__setattr__.__name__ == "_frozen_setattrs":
        return [field.name for field in own["__attrs_attrs__"]]
    if "__dataclass_params__" in own and own["__dataclass_params__"].frozen:
        return list(own["__dataclass_fields__"])
    return None


def is_constant(array: AnyArray) -> bool:
    """Return whether nobody can write to the array, nor to the array that it is a view of."""
    base: Any = array
    while type(base) is np.ndarray and not base.flags.writeable:
        base = base.base
    return base is None or type(base) is bytes


def function_parts(function: FunctionType) -> tuple[object, ...]:
    """Return what a function consists of: tools that edit it change these and keep the function."""
    keywords = function.__kwdefaults__ or {}
    return function.__code__, function.__defaults__, function.__closure__, *keywords.values()


def items_of(value: Any) -> list[object]:
    """Return the class, the keys, the items and the attributes of an object of a plain class.

    Of a frozen object it is the fields: other attributes are values that it keeps for itself.
    """
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
    fields = _frozen_fields(kind)
    if fields is not None:
        return [kind, *(getattr(value, name, None) for name in fields)]
    found: list[object] = [kind]
    if issubclass(kind, dict):
        plain: Any = dict  # the user's class may have other methods
        found += [*plain.keys(value), *plain.values(value)]
    elif issubclass(kind, (list, set, deque)):
        base: Any = next(base for base in kind.__mro__ if base in PLAIN)
        found += base.__iter__(value)
    has_dict, slots = _slots_of(value.__class__)
    if has_dict:
        attributes = object.__getattribute__(value, "__dict__")
        found += [*attributes.keys(), *attributes.values()]
    for slot in slots:
        try:
            found.append(slot.__get__(value, kind))
        except AttributeError:  # not set
            found.append(NotImplemented)
    return found


def _slots_of(kind: type[Any]) -> tuple[bool, tuple[Any, ...]]:
    """Return whether objects of a class have a dictionary, and the class's slots."""
    found = _SLOTS.get(kind)
    if found is None:
        own = [value for base in kind.__mro__ for value in vars(base).values()]
        has_dict = kind is SimpleNamespace or any("__dict__" in vars(base) for base in kind.__mro__)
        slots = tuple(value for value in own if type(value) is MemberDescriptorType)
        found = _SLOTS[kind] = has_dict, slots
    return found


_SLOTS: WeakKeyDictionary[type[Any], tuple[bool, tuple[Any, ...]]] = WeakKeyDictionary()
