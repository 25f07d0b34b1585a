"""Flatten a tree to leaves and structure, and unflatten it."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, TypeAlias, TypeVar, cast

from miniml.tree.depth import TOO_DEEP
from miniml.tree.generated import learn, learn_unflatten, recall
from miniml.tree.node import FOREIGN, PLAIN_TYPES, NodeType, node_of
from miniml.tree.path import Path, at_path
from miniml.tree.path_tracer import TRACED, PathTracer, opened
from miniml.tree.static import static_fault
from miniml.tree.structure import LEAF, Flat, Structure, intern, keep

T = TypeVar("T")

IsLeaf: TypeAlias = Callable[[Any], bool]


class TreeError(Exception):
    """An error inside a tree; each node that it passes through adds a key to its path."""

    def __init__(self, kind: type[Exception], message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.path: Path = ()

    def public(self) -> Exception:
        """Return the error for the user."""
        return self.kind(f"{at_path(self.path)}: {self.message}")


def tree_flatten(tree: T, is_leaf: IsLeaf | None = None) -> Flat[T]:
    """Flatten a tree to its leaves and its structure.

    Args:
        tree: Nested frozen attrs classes, tuples, named tuples, lists, dicts (by sorted key),
            None and registered types; all other objects are leaves.
        is_leaf: Is called with every node; if it returns True, the node is a leaf.

    Returns:
        The leaves, in order, and the structure. `tree_unflatten(structure, leaves)` rebuilds the
        tree.

    Raises:
        TypeError: If the tree has a mutable attrs class, an undecorated subclass of a model, an
            unhashable static value, or dict keys that cannot be sorted; the message names the
            path.
        RecursionError: If the tree is too deep.

    Example:
        >>> leaves, structure = tree_flatten({"w": [1.0, 2.0], "b": None})
        >>> leaves
        [1.0, 2.0]
        >>> structure
        Structure({'b': None, 'w': [*, *]})
    """
    if is_leaf is not None:
        return careful_flatten(tree, is_leaf)
    # The structure last seen for this type of root nearly always matches. A leaf of a foreign type
    # has no `__miniml_node__`. The statements are plain, since this is the hottest code here.
    try:
        node: Any = _DIRECT[cls] if (cls := type(tree)) in _DIRECT else cls.__miniml_node__  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        found: Any = node.flatten(tree)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if found is not None:
            return found  # type: ignore[no-any-return]  # pyright: ignore[reportUnknownVariableType]
    except AttributeError:
        pass
    return recall(tree) or careful_flatten(tree, None)


def _flatten_leaf(leaf: Any) -> Flat[Any]:
    return [leaf], LEAF


# Types without the attribute `__miniml_node__`: built-in nodes, and leaves.
_DIRECT: dict[type[Any], Any] = {
    **dict.fromkeys(PLAIN_TYPES, SimpleNamespace(flatten=_flatten_leaf)),
    **FOREIGN,
}


def careful_flatten(tree: T, is_leaf: IsLeaf | None) -> Flat[T]:
    """Flatten a tree that no generated function matches, with errors that name the path."""
    leaves: list[Any] = []
    try:
        structure = _flatten(tree, leaves.append, is_leaf)
    except TreeError as fault:
        raise fault.public() from fault.__cause__
    except RecursionError:
        raise RecursionError(TOO_DEEP) from None
    if is_leaf is None:
        learn(structure, leaves)
    else:
        keep(structure)
    return leaves, structure


def _flatten(tree: object, add: Callable[[Any], None], is_leaf: IsLeaf | None) -> Structure[Any]:
    cls = type(tree)
    node = None if cls in PLAIN_TYPES or (is_leaf is not None and is_leaf(tree)) else _node(cls)
    if node is TRACED:  # a selecting function such as `where` flattens a part
        tree = opened(cast("PathTracer", tree))
        node = _node(type(tree))
    if node is None or node is TRACED:
        add(tree)
        return LEAF
    try:
        children, aux = node.explode(tree)
    except (TypeError, AttributeError) as error:
        raise _explode_fault(node, tree, error) from error
    structures: list[Structure[Any]] = []
    try:
        for child in children:
            structures.append(_flatten(child, add, is_leaf))  # noqa: PERF401 - counted below
    except TreeError as fault:
        key = node.keys(aux, len(children))[len(structures)]
        fault.path = (key, *fault.path)
        raise
    try:
        return intern(node, aux, tuple(structures))
    except TypeError:
        raise _static_fault(node, aux) from None


def _node(cls: type) -> NodeType | None:
    try:
        return node_of(cls)
    except TypeError as error:
        raise TreeError(TypeError, str(error)) from None


def _explode_fault(node: NodeType, tree: object, error: Exception) -> TreeError:
    for name in (*node.child_names, *node.static_names):
        if node.kind == "attrs" and not hasattr(tree, name):
            return TreeError(
                TypeError,
                f"{node.type.__name__}.{name} was never set: give the field a default, or set it "
                "in __attrs_post_init__ by object.__setattr__",
            )
    return TreeError(TypeError, str(error))


def _static_fault(node: NodeType, aux: tuple[Any, ...]) -> TreeError:
    for name, value in zip(node.static_names, aux, strict=False):
        if fault := static_fault(value):
            return TreeError(TypeError, f"{node.type.__name__}.{name}: {fault}")
    return TreeError(TypeError, f"{node.type.__name__}: {aux!r} cannot be hashed")


def tree_unflatten(structure: Structure[T], leaves: Iterable[Any]) -> T:
    """Build a tree from a structure and leaves.

    No `__init__`, converter or validator runs, so leaves may have any type; see `check`.

    Args:
        structure: A structure, as from `tree_flatten`.
        leaves: `structure.num_leaves` leaves, in order.

    Returns:
        The tree.

    Raises:
        ValueError: If there are too few or too many leaves.

    Example:
        >>> _, structure = tree_flatten((1.0, [2.0]))
        >>> tree_unflatten(structure, ["a", "b"])
        ('a', ['b'])
    """
    values = list(leaves)
    if len(values) != structure.num_leaves:
        raise ValueError(
            f"expected {structure.num_leaves} leaves ({', '.join(structure.names[:8])}"
            f"{', ...' if structure.num_leaves > 8 else ''}), found {len(values)}"
        )
    return build(structure, values)


def build(structure: Structure[T], leaves: list[Any]) -> T:
    """Build a tree from a structure and the right number of leaves."""
    try:
        tree: T = (structure.unflatten or learn_unflatten(structure))(leaves)
    except RecursionError:
        raise RecursionError(TOO_DEEP) from None
    return tree


def tree_leaves(tree: Any, is_leaf: IsLeaf | None = None) -> list[Any]:
    """Return the leaves of a tree, in order.

    Args:
        tree: Any tree.
        is_leaf: See `tree_flatten`.

    Returns:
        The leaves.

    Example:
        >>> tree_leaves(({"b": 2, "a": 1}, None, 3))
        [1, 2, 3]
    """
    return tree_flatten(tree, is_leaf=is_leaf)[0]


def tree_structure(tree: T, is_leaf: IsLeaf | None = None) -> Structure[T]:
    """Return the structure of a tree: its types, keys and static values.

    Args:
        tree: Any tree.
        is_leaf: See `tree_flatten`.

    Returns:
        The structure.

    Example:
        >>> tree_structure((1.0, None)) == tree_structure((2.0, None))
        True
    """
    return tree_flatten(tree, is_leaf=is_leaf)[1]
