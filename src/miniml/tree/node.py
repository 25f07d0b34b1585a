"""Node types: how their instances are split into parts and rebuilt."""

import itertools
import threading
import types
import weakref
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar, cast

import attrs
import numpy as np

from miniml.tree.codegen import define
from miniml.tree.static import is_static

T = TypeVar("T")

Parts: TypeAlias = tuple[Sequence[Any], tuple[Any, ...]]

PLAIN_TYPES: frozenset[type[Any]] = frozenset(
    {np.ndarray, float, int, bool, complex, str, bytes, *np.sctypeDict.values()}
)
"""Most leaves are one of these; none can be made a node."""

_ATTRIBUTE = "__miniml_node__"
HASH_CACHE = "_attrs_cached_hash"  # attrs calls it so for `cache_hash=True`
_KEPT = 64  # structures that a type keeps alive, with their generated functions
_serial = itertools.count()


def _unknown(_: object) -> None:
    """Return None: no structure of this type was seen twice."""


class StructureCache:
    """The structures whose youngest type this is; they are freed with the type."""

    __slots__ = ("kept", "table")

    def __init__(self) -> None:
        self.table: weakref.WeakValueDictionary[Any, Any] = weakref.WeakValueDictionary()
        self.kept: deque[Any] = deque(maxlen=_KEPT)


@attrs.define(eq=False, repr=False)
class NodeType:
    """How instances of one type are split into children and aux data, and rebuilt.

    Children are subtrees. Aux data are part of the structure: static values, dict keys.
    """

    type: type[Any]
    kind: str
    explode: Callable[[Any], Parts]
    build: Callable[[Sequence[Any], tuple[Any, ...]], Any]
    keys: Callable[[tuple[Any, ...], int], tuple[Hashable, ...]]  # of aux, number of children
    child_names: tuple[str, ...] = ()
    static_names: tuple[str, ...] = ()
    serial: int = attrs.field(factory=_serial.__next__, init=False)
    cache: StructureCache = attrs.field(factory=StructureCache, init=False)
    flatten: Callable[[Any], Any] = attrs.field(default=_unknown, init=False)
    functions: tuple[tuple[int, Callable[[Any], Any]], ...] = attrs.field(default=(), init=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unknown, (None,)  # a class that is pickled by value gets a new node type

    def __repr__(self) -> str:
        return f"<node type {self.type.__name__}>"


def node_of(cls: type[Any]) -> NodeType | None:
    """Return the node type of a class, None if its instances are leaves."""
    node: NodeType | None = cls.__dict__.get(_ATTRIBUTE) or FOREIGN.get(cls)
    if node is None and cls not in _LEAF_TYPES:
        with _LOCK:
            node = _classify(cls)
            if node is None:
                _LEAF_TYPES.add(cls)
            else:
                _remember(cls, node)
    return node


def node_at(value: object) -> NodeType | None:
    """Return the node type of a value, None if it is a leaf."""
    return node_of(type(value))


def register_node(
    cls: type[T],
    flatten: Callable[[T], tuple[Iterable[Any], Hashable]],
    unflatten: Callable[[Any, tuple[Any, ...]], T],
    names: Callable[[Any, int], Iterable[Hashable]] = lambda _, n: range(n),
) -> None:
    """Register a type whose instances are nodes.

    Args:
        cls: The type; subclasses are not included.
        flatten: Takes an instance, returns its children and its aux data (hashable, part of
            the structure).
        unflatten: Takes aux data and children, returns an instance. It should not validate the
            children, which may have any type.
        names: Takes aux data and the number of children, returns their keys for paths, all
            different.

    Raises:
        ValueError: If the type is a node type already, or always a leaf.

    Example:
        >>> from miniml import tree_map
        >>> class Interval:
        ...     def __init__(self, low, high):
        ...         self.low, self.high = low, high
        >>> register_node(Interval, lambda i: ((i.low, i.high), None), lambda _, c: Interval(*c))
        >>> tree_map(lambda x: -x, Interval(1.0, 2.0)).high
        -2.0
    """

    def explode(instance: T) -> Parts:
        children, aux = flatten(instance)
        return tuple(children), (aux,)

    def keys(aux: tuple[Any, ...], count: int) -> tuple[Hashable, ...]:
        found = tuple(names(aux[0], count))
        if len(set(found)) != count or len(found) != count:
            raise ValueError(
                f"{cls.__name__} has {count} children, but its registered `names` returned the keys "
                f"{found!r}: it must return {count} different keys"
            )
        return found

    with _LOCK:
        if cls.__dict__.get(_ATTRIBUTE) or cls in FOREIGN:
            raise ValueError(f"{cls.__name__} is a node type already")
        if cls in PLAIN_TYPES:
            raise ValueError(f"{cls.__name__} is always a leaf")
        _LEAF_TYPES.discard(cls)
        _remember(
            cls,
            NodeType(
                cls,
                "custom",
                explode,
                lambda children, aux: unflatten(aux[0], tuple(children)),
                keys,
                static_names=("aux data",),
            ),
        )


def _remember(cls: type[Any], node: NodeType) -> None:
    """Store a node type on its class, so that both are freed together."""
    try:
        setattr(cls, _ATTRIBUTE, node)
    except (TypeError, AttributeError):  # a type written in C, or frozen by its metaclass
        FOREIGN[cls] = node


def _explode_sequence(instance: Sequence[Any]) -> Parts:
    return instance, ()


def _positions(_: tuple[Any, ...], count: int) -> tuple[Hashable, ...]:
    return tuple(range(count))


def _explode_dict(instance: dict[Any, Any]) -> Parts:
    try:
        keys = sorted(instance)
    except TypeError:
        kinds = ", ".join(sorted({type(key).__name__ for key in instance}))
        raise TypeError(
            f"the keys of a dict must be sortable, to order its leaves: cannot sort {kinds} keys "
            f"{list(instance)!r}; use keys of one type"
        ) from None
    return [instance[key] for key in keys], tuple(keys)


def _explode_defaultdict(instance: "defaultdict[Any, Any]") -> Parts:
    parts, keys = _explode_dict(instance)
    return parts, (instance.default_factory, *keys)


def _classify(cls: type[Any]) -> NodeType | None:
    if cls.__dict__.get(_ATTRIBUTE):  # another thread was first
        return cast("NodeType", cls.__dict__[_ATTRIBUTE])
    if "__attrs_attrs__" in cls.__dict__:
        _refuse_mutable(cls)
        return _attrs_node(cls)
    if attrs.has(cls):
        base = next(base for base in cls.__mro__ if "__attrs_attrs__" in base.__dict__)
        raise TypeError(
            f"{cls.__name__} extends the attrs class {base.__name__} and is not decorated itself, "
            f"so its new fields are unknown: write @model above `class {cls.__name__}`"
        )
    if issubclass(cls, tuple) and "_fields" in dir(cast("object", cls)):
        return _namedtuple_node(cast("type[Any]", cls))
    return None


def _make_tuple(cls: type[Any]) -> Callable[[Sequence[Any], tuple[Any, ...]], Any]:
    # Without the class's `__new__`, which may check its arguments.
    new = cast("Callable[..., Any]", tuple.__new__)  # pyright: ignore[reportUnknownMemberType]  # an unbound generic
    return lambda children, _: new(cls, children)


def _namedtuple_node(cls: type[Any]) -> NodeType:
    fields: tuple[str, ...] = cls._fields
    return NodeType(
        cls,
        "namedtuple",
        _explode_sequence,
        _make_tuple(cls),
        lambda _, __: fields,
        child_names=fields,
    )


def _refuse_mutable(cls: type[Any]) -> None:
    """Refuse a class whose fields can be set on an empty instance."""
    try:
        blank = object.__new__(cls)
    except TypeError:
        raise TypeError(
            f"{cls.__name__} extends {cls.__mro__[1].__name__}, so it holds more than its fields and "
            "cannot be built from them: register it by register_node"
        ) from None
    if any(_is_settable(blank, field.name) for field in attrs.fields(cls)):
        raise TypeError(
            f"{cls.__name__} is a mutable attrs class, but trees are immutable: decorate it with "
            "@model (or @attrs.frozen) instead of @attrs.define"
        )


def _is_settable(instance: object, name: str) -> bool:
    try:
        setattr(instance, name, None)
    except attrs.exceptions.FrozenError:
        return False
    except Exception:  # noqa: BLE001 - raised by a converter or validator, which ran because the field was set
        return True
    return True


def _attrs_node(cls: type[Any]) -> NodeType:
    children: list[str] = []
    statics: list[str] = []
    for field in attrs.fields(cls):
        (statics if is_static(cls, field) else children).append(field.name)
    parts = (_displayed(f"instance.{name}" for name in names) for names in (children, statics))
    explode = define("explode", f"def explode(instance):\n    return {', '.join(parts)}\n", {})
    keys = tuple(children)
    return NodeType(
        cls,
        "attrs",
        explode,
        define("build", *_builder(cls, children, statics)),
        lambda _, __: keys,
        child_names=keys,
        static_names=tuple(statics),
    )


def _displayed(items: Iterable[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _builder(
    cls: type[Any], children: list[str], statics: list[str]
) -> tuple[str, dict[str, object]]:
    """Return source that fills an empty instance; no `__init__`, converter or validator runs."""
    names: dict[str, object] = {"blank": object.__new__, "cls": cls}
    lines = ["def build(children, statics):", "    instance = blank(cls)"]
    if caches_hash(cls):
        call, names["set_hash"] = setter_of(cls, HASH_CACHE)
        lines.append(f"    {call.format('set_hash', 'instance', None)}")
    for source, fields in (("children", children), ("statics", statics)):
        if not fields:
            continue
        values = [f"{source}_{i}" for i in range(len(fields))]
        lines.append(f"    {_displayed(values)} = {source}")
        for value, field in zip(values, fields, strict=True):
            call, setter = setter_of(cls, field)
            names[f"set_{value}"] = setter
            lines.append(f"    {call.format(f'set_{value}', 'instance', value)}")
    return "\n".join([*lines, "    return instance", ""]), names


def caches_hash(cls: type[Any]) -> bool:
    """Return whether attrs keeps the hash of an instance in a field that `__init__` sets to None."""
    code = getattr(cls.__hash__, "__code__", None)
    return code is not None and HASH_CACHE in code.co_names


def setter_of(cls: type[Any], field: str) -> tuple[str, object]:
    """Return the fastest way to set a field of a frozen class: a template and its function."""
    slot = getattr(cls, field, None)
    if isinstance(slot, types.MemberDescriptorType):
        return "{}({}, {})", slot.__set__
    return f"{{}}({{}}, {field!r}, {{}})", object.__setattr__


_LOCK = threading.RLock()
_LEAF_TYPES: "weakref.WeakSet[type[Any]]" = weakref.WeakSet()
NONE_NODE = NodeType(type(None), "none", lambda _: ((), ()), lambda _, __: None, _positions)
FOREIGN: dict[type[Any], NodeType] = {
    tuple: NodeType(tuple, "tuple", _explode_sequence, lambda c, _: tuple(c), _positions),
    list: NodeType(list, "list", _explode_sequence, lambda c, _: list(c), _positions),
    dict: NodeType(
        dict,
        "dict",
        _explode_dict,
        lambda c, keys: dict(zip(keys, c, strict=True)),
        lambda keys, _: keys,
    ),
    type(None): NONE_NODE,
    OrderedDict: NodeType(
        OrderedDict,
        "custom",
        lambda d: (tuple(d.values()), tuple(d)),
        lambda c, keys: OrderedDict(zip(keys, c, strict=True)),
        lambda keys, _: keys,
    ),
    defaultdict: NodeType(
        defaultdict,
        "custom",
        _explode_defaultdict,
        lambda c, aux: defaultdict(aux[0], zip(aux[1:], c, strict=True)),
        lambda aux, _: aux[1:],
    ),
}
