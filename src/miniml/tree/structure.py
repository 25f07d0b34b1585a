"""The structure of a tree: everything except its leaves."""

import math
import threading
import types
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np

from miniml.tree.depth import explained
from miniml.tree.node import NodeType, node_of
from miniml.tree.path import Path, path_name

T_co = TypeVar("T_co", covariant=True)


class Structure(Generic[T_co]):
    """A tree without its leaves: types, keys and static values.

    Equal structures are one object, so `==` and `hash` take constant time, and a structure can be
    the key of a cache. It can be pickled. `Structure[T]` is the structure of a tree of type `T`.

    Attributes:
        num_leaves: The number of leaves.
        names: The dotted name of each leaf, in order.
        paths: The path of each leaf, in order.
        children: The structures of the root's parts.

    Example:
        >>> from miniml import tree_structure
        >>> structure = tree_structure({"w": 1.0, "b": (2.0, None)})
        >>> structure.num_leaves, structure.names
        (2, ('b.0', 'w'))
        >>> structure
        Structure({'b': (*, None), 'w': *})
    """

    __slots__ = (
        "__weakref__",
        "_names",
        "aux",
        "built",
        "children",
        "fill",
        "flatten",
        "known_paths",
        "node",
        "num_leaves",
        "seen",
        "size",
        "unflatten",
        "walk",
        "youngest",
    )

    def __init__(
        self, node: NodeType | None, aux: tuple[Any, ...], children: "tuple[Structure[Any], ...]"
    ) -> None:
        self.node: NodeType | None = node  # None: a leaf
        self.aux: tuple[Any, ...] = aux
        self.children: tuple[Structure[Any], ...] = children
        self.youngest: NodeType | None = node and _youngest(node, children)
        self.num_leaves: int = sum(c.num_leaves for c in children) if node else 1
        self.size: int = 1 + sum(c.size for c in children)
        self.seen: int = 0  # careful flattenings
        self.built: int = 0  # careful unflattenings
        # Generated functions; see `generated.py`.
        self.flatten: Callable[[Any], Flat[Any] | None] | None = None
        self.walk: Callable[[Any, list[Any]], bool] | None = None
        self.unflatten: Callable[[Sequence[Any]], Any] | None = None
        self.fill: Callable[[Iterator[Any]], Any] | None = None
        self.known_paths: tuple[Path, ...] | None = None
        self._names: tuple[str, ...] | None = None

    @property
    def kind(self) -> str:
        """The kind of the root: "leaf", "attrs", "tuple", "list", "dict" and so on."""
        return self.node.kind if self.node else "leaf"

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """The keys of the root's parts, in the order of `children`."""
        return self.node.keys(self.aux, len(self.children)) if self.node else ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The path of each leaf, in order."""
        return _paths(self) if self.known_paths is None else self.known_paths

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted name of each leaf, in order."""
        if self._names is None:
            self._names = tuple(map(path_name, self.paths))
        return self._names

    def __repr__(self) -> str:
        return f"Structure({explained(_text)(self)})"

    def __copy__(self) -> "Structure[T_co]":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Structure[T_co]":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        parts: list[Part] = []  # flat, since pickle recurses; parents before their children
        waiting: list[Structure[Any]] = [self]
        while waiting:
            structure = waiting.pop()
            node = structure.node
            kind = node.type if node else None
            parts.append((kind, structure.aux, len(structure.children)))
            waiting.extend(reversed(structure.children))
        return _restore, (parts,)


def _paths(structure: Structure[Any]) -> tuple[Path, ...]:
    """Find the paths of the leaves, and keep them in each part."""

    def found(part: Structure[Any]) -> tuple[Path, ...]:
        if part.known_paths is None:
            paths: list[Path] = [()] if part.node is None else []
            for key, child in zip(part.keys, part.children, strict=True):
                paths += [(key, *path) for path in found(child)]
            part.known_paths = tuple(paths)
        return part.known_paths

    return explained(found)(structure)


Flat: TypeAlias = tuple[list[Any], Structure[T_co]]
"""A flattened tree: its leaves and its structure."""


def intern(
    node: NodeType, aux: tuple[Any, ...], children: tuple[Structure[Any], ...]
) -> Structure[Any]:
    """Return the unique structure of these parts; raise TypeError if aux is unhashable."""
    cache = _youngest(node, children).cache
    key = (node, aux, types_of(aux), children)
    structure: Structure[Any] | None = cache.table.get(key)
    if structure is None:
        with _LOCK:
            structure = cache.table.get(key)
            if structure is None:
                structure = Structure(node, aux, children)
                cache.table[key] = structure
    return structure


def keep(structure: Structure[Any]) -> None:
    """Keep a structure and its functions alive until its youngest type has seen many others."""
    if structure.youngest is not None:
        kept = structure.youngest.cache.kept
        if structure not in kept:
            kept.append(structure)


def _youngest(node: NodeType, children: tuple[Structure[Any], ...]) -> NodeType:
    for child in children:
        if child.youngest is not None and child.youngest.serial > node.serial:
            node = child.youngest
    return node


def same_static(a: Any, b: Any) -> bool:
    """Return whether two static values are equal and of equal types."""
    return types_of(a) == types_of(b) and bool(a == b)


def types_of(aux: Any) -> object:
    """Return the types inside a static value: 1, 1.0 and True differ, as do 0.0 and -0.0."""
    cls: Any = type(aux)  # pyright: ignore[reportUnknownVariableType]  # of Any
    if cls is tuple:
        return tuple(map(types_of, aux))
    if cls is float:
        return math.copysign(1.0, aux)
    return cls if cls in _SIMPLE else (cls, _parts_of(cls, aux))


_SIMPLE = frozenset({str, int, bool, bytes, type, type(None), types.FunctionType})


def _parts_of(cls: Any, aux: Any) -> object:
    """Return the types of the parts by which a static value is compared."""
    if issubclass(cls, float | complex | np.number):
        return types_of(float(aux.real)), types_of(float(aux.imag))
    if issubclass(cls, tuple):
        return tuple(map(types_of, aux))
    if issubclass(cls, frozenset):
        return frozenset((part, types_of(part)) for part in aux)
    if cls.__eq__ is object.__eq__:
        return None
    names = [field.name for field in getattr(cls, "__attrs_attrs__", ()) if field.eq]
    fields: Any = getattr(cls, "__dataclass_fields__", {})
    names += [field.name for field in fields.values() if field.compare]
    return tuple([types_of(getattr(aux, name, None)) for name in names])


Part: TypeAlias = tuple[type[Any] | None, tuple[Any, ...], int]
"""A node of a pickled structure: type, aux data, number of children; None for a leaf."""


def _restore(parts: list[Part]) -> Structure[Any]:
    done: list[Structure[Any]] = []
    for cls, aux, count in reversed(parts):  # children come before their parents
        children = [done.pop() for _ in range(count)]
        done.append(LEAF if cls is None else intern(_node_named(cls), aux, tuple(children)))
    return done[0]


def _node_named(cls: type[Any]) -> NodeType:
    node = node_of(cls)
    if node is None:
        raise TypeError(
            f"cannot load a structure with a {cls.__name__}, which is not a node type here: call "
            f"register_node({cls.__name__}, ...) first, as in the process that saved it"
        )
    return node


def _text(structure: Structure[Any]) -> str:
    node = structure.node
    if node is None:
        return "*"
    return node_text(node, structure.aux, [_text(child) for child in structure.children])


def node_text(node: NodeType, aux: tuple[Any, ...], parts: Sequence[str]) -> str:
    """Return the Python text of a node, given the text of its parts."""
    if node.kind == "none":
        return "None"
    if node.kind == "tuple":
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
    if node.kind == "list":
        return f"[{', '.join(parts)}]"
    if node.kind == "dict":
        pairs = (f"{key!r}: {part}" for key, part in zip(aux, parts, strict=True))
        return f"{{{', '.join(pairs)}}}"
    names = node.child_names or node.keys(aux, len(parts))
    fields = [f"{name}={part}" for name, part in zip(names, parts, strict=True)]
    fields += [f"{name}={value!r}" for name, value in zip(node.static_names, aux, strict=False)]
    return f"{node.type.__name__}({', '.join(fields)})"


LEAF: Structure[Any] = Structure(None, (), ())
"""The structure of a single leaf."""

_LOCK = threading.RLock()
