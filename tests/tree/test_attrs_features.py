"""What attrs can do for a class survives the functions that build trees."""

import copy
import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import attrs
import pytest

from miniml.tree import Static, at, check, combine, is_parameter, partition, tree_leaves, tree_map

T = TypeVar("T")


@attrs.frozen(cache_hash=True)
class Cached:
    """Keeps its hash in a slot."""

    a: float
    b: float = 2.0
    label: Static[str] = "cached"


@attrs.frozen(cache_hash=True, slots=False)
class CachedInDict:
    """Keeps its hash in its `__dict__`."""

    a: float
    _private: float = 2.0


@attrs.frozen(cache_hash=True)
class CachedGeneric(Generic[T]):
    """Keeps its hash, and that of another."""

    value: T
    inner: Cached = attrs.field(factory=lambda: Cached(3.0))


@attrs.frozen
class Inherits(Cached):
    """Computes its hash, and extends a class that keeps it."""

    c: float = 3.0


@attrs.frozen(order=True, weakref_slot=False)
class Derived:
    """Has fields that are derived, converted, renamed and ignored."""

    x: float = attrs.field(converter=float, validator=attrs.validators.ge(0.0))
    _y: float = attrs.field(init=False)
    z: float = attrs.field(default=attrs.Factory(lambda self: self.x + 1.0, takes_self=True))
    k: float = attrs.field(default=1.0, kw_only=True, alias="key", eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_y", 2.0 * self.x)


BUILDERS: dict[str, Callable[[Any], Any]] = {
    "tree_map": lambda tree: tree_map(lambda leaf: leaf, tree),
    "tree_map of many": lambda tree: tree_map(lambda leaf: leaf, [tree] * 300)[7],
    "at": lambda tree: at(tree, tree_leaves).apply(lambda leaves: leaves),
    "at a field": lambda tree: at([tree], lambda m: tree_leaves(m[0])[0]).apply(lambda x: x)[0],
    "check": check,
    "combine": lambda tree: combine(*partition(tree, is_parameter)),
    "copy": lambda tree: copy.deepcopy(tree_map(lambda leaf: leaf, tree)),
    "pickle": lambda tree: pickle.loads(pickle.dumps(tree_map(lambda leaf: leaf, tree))),
    "evolve": lambda tree: attrs.evolve(tree_map(lambda leaf: leaf, tree)),
}


@pytest.mark.parametrize("build", BUILDERS.values(), ids=list(BUILDERS))
@pytest.mark.parametrize(
    "tree",
    [Cached(1.0), CachedInDict(1.0), CachedGeneric(1.0), Inherits(1.0), Derived(1.0)],
    ids=lambda tree: type(tree).__name__,
)
def test_an_equal_object_is_built(tree: Any, build: Callable[[Any], Any]) -> None:
    """The careful and the generated functions build objects that are equal, hash included."""
    for _ in range(3):
        built = build(tree)
        assert built == tree
        assert hash(built) == hash(tree)
        assert repr(built) == repr(tree)


def test_a_new_value_has_a_new_hash() -> None:
    """The hash that was kept is not copied to an object of other values."""
    old = Cached(1.0)
    hash(old)
    for _ in range(3):
        new = tree_map(lambda leaf: 2.0 * leaf, old)
        assert hash(new) == hash(Cached(2.0, 4.0))
        assert {old: 1, new: 2}[Cached(2.0, 4.0)] == 2
