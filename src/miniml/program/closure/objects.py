"""What functions, objects and containers consist of."""

import functools
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from types import (
    ClassMethodDescriptorType,
    CodeType,
    EllipsisType,
    FunctionType,
    GenericAlias,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    NoneType,
    SimpleNamespace,
    UnionType,
    WrapperDescriptorType,
)
from typing import Any, Generic, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import attrs
import numpy as np

from miniml.program.closure.trusted import is_of_library
from miniml.program.ir.graph import AnyArray


class _Named(NamedTuple):
    """A named tuple, for the class of its fields."""

    field: None


ATOMS: set[type[Any]] = {
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
    MemberDescriptorType,
    GetSetDescriptorType,
    WrapperDescriptorType,
    MethodDescriptorType,
    ClassMethodDescriptorType,
    type(vars(_Named)["field"]),
    attrs.Attribute,  # what a method calls of it is among the method's globals
    type(np.sum),
    *(kind for kind in np.sctypeDict.values() if kind not in {np.void, np.object_}),
}
"""Types whose values never change and hold nothing that does."""

PLAIN: set[Any] = {
    object,
    int,
    float,
    complex,
    str,
    bytes,
    tuple,
    frozenset,
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
        "__miniml_programs__",
    }
)
"""Attributes of classes and functions that none reads, or that tools set when they are first needed."""


def _of_partial(value: Any) -> list[object]:
    """Return what a partial function consists of: its keywords may be set."""
    keywords: dict[str, object] = value.keywords
    return [value.func, value.args, vars(value), *keywords.keys(), *keywords.values()]


def _of_method(value: Any) -> list[object]:
    """Return what a static method or a method of a class consists of."""
    return [value.__func__, vars(value)]


PARTS: dict[Any, Callable[[Any], Iterable[object]]] = {
    MethodType: lambda value: [value.__self__, value.__func__],
    MethodWrapperType: lambda value: [value.__self__],
    functools.partial: _of_partial,
    staticmethod: _of_method,
    classmethod: _of_method,
    property: lambda value: [value.fget],
    functools.cached_property: lambda value: [value.func],
    GenericAlias: lambda value: [value.__origin__, *value.__args__],
    UnionType: lambda value: value.__args__,
}
"""What values of some types, written in C or with a lock, consist of."""

COPIED = 1 << 26
"""Bytes of large arrays that are copied, if a trace has no copy."""

_SAMPLED = 1 << 12
"""The most elements of a sample."""

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


def sample(array: AnyArray) -> AnyArray:
    """Return a view of some of the elements, evenly spread."""
    each = int(_SAMPLED ** (1 / max(array.ndim, 1)))
    return array[tuple(slice(None, None, -(-n // each) or 1) for n in array.shape)]


def checksum(array: AnyArray) -> int:
    """Return a number that differs where the array's bits do: of all, if not too many and in one piece."""
    if array.nbytes > COPIED or not array.flags.forc:
        array = sample(array)
    raw = array.ravel(order="K").view(np.uint8)
    whole = raw.size // 8 * 8
    return int(raw[:whole].view(np.uint64).sum()) + int(raw[whole:].sum())


def function_parts(function: FunctionType) -> tuple[object, ...]:
    """Return what a function consists of: tools that edit it change these and keep the function."""
    keywords = function.__kwdefaults__ or {}
    return function.__code__, function.__defaults__, function.__closure__, *keywords.values()


def is_frozen(value: object) -> bool:
    """Return whether an object is of a frozen class, which may yet keep what it computed of its fields."""
    return _frozen_fields(type(value)) is not None


def items_of(value: Any) -> list[object]:
    """Return the class, the keys, the items and the attributes of an object; those added last at the end.

    Of a frozen object of a library it is the fields: other attributes are values that it keeps for
    itself.
    """
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
    parts = PARTS.get(kind)
    if parts is not None:
        return list(parts(value))
    fields = _frozen_fields(kind)
    if fields is not None and is_of_library(kind):
        return [kind, *(getattr(value, name, None) for name in fields)]
    found: list[object] = [kind]
    has_dict, slots = _slots_of(kind)
    base: Any = next(
        base for base in kind.__mro__ if base in PLAIN
    )  # the class may have other methods
    if issubclass(kind, dict):
        found += [*base.keys(value), *base.values(value)]
    elif issubclass(kind, (tuple, frozenset, list, set, deque)):
        found += base.__iter__(value)
    for position, name in slots:
        slot = vars(kind.__mro__[position])[name]
        try:
            found.append(slot.__get__(value, kind))
        except AttributeError:  # not set
            found.append(NotImplemented)
    if has_dict:
        attributes = object.__getattribute__(value, "__dict__")
        found += [part for pair in attributes.items() for part in pair]
    return found


def _slots_of(kind: type[Any]) -> tuple[bool, Sequence[tuple[int, str]]]:
    """Return whether objects of a class have a dictionary, and the slots of each class of its MRO."""
    found = _SLOTS.get(kind)
    if found is None:
        has_dict = kind is SimpleNamespace or any("__dict__" in vars(base) for base in kind.__mro__)
        slots = [
            (position, name)
            for position, base in enumerate(kind.__mro__)
            for name, value in vars(base).items()
            if type(value) is MemberDescriptorType
        ]
        found = _SLOTS[kind] = has_dict, slots
    return found


_SLOTS: WeakKeyDictionary[type[Any], tuple[bool, Sequence[tuple[int, str]]]] = WeakKeyDictionary()
"""By names: a slot itself would keep its class alive."""
