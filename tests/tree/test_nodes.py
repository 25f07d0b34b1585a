"""Node types, and the parts of attrs classes."""

import copy
import functools
import pickle
from abc import ABC, abstractmethod
from collections import deque
from typing import Any, ForwardRef, Generic, NamedTuple, TypeAlias, TypeVar

import attrs
import numpy as np
import pytest

from miniml.tree import (
    Static,
    leaf_names,
    model,
    named_leaves,
    register_node,
    tree_equal,
    tree_leaves,
    tree_map,
    tree_structure,
)
from tests.strategies import Line, Loose

T = TypeVar("T")
Label: TypeAlias = Static[str]
Maybe: TypeAlias = Static[T | None]
CALLS = 3


def doubled(tree: Any) -> Any:
    """Map often enough that generated functions run."""
    for _ in range(CALLS):
        result = tree_map(lambda x: 2 * x, tree)
    return result


class TestAttrs:
    def test_private_names(self) -> None:
        """A private field keeps its name, whatever its constructor argument."""

        @model
        class Private:
            _w: float
            b: float = attrs.field(alias="bias")

        assert named_leaves(doubled(Private(1.0, bias=2.0))) == {"_w": 2.0, "b": 4.0}

    def test_kw_only_and_defaults(self) -> None:
        """Keyword-only fields, defaults and factories are parts like any others."""

        @model(kw_only=True)
        class Keyword:
            parts: list[float] = attrs.Factory(lambda: [1.0, 2.0])
            size: Static[int] = 3

        assert doubled(Keyword()).parts == [2.0, 4.0]

    def test_not_in_init(self) -> None:
        """A field with init=False is a part, and is not computed again."""

        @model
        class Derived:
            w: float
            norm: float = attrs.field(
                init=False, default=attrs.Factory(lambda self: abs(self.w), takes_self=True)
            )

        assert named_leaves(doubled(Derived(-1.0))) == {"w": -2.0, "norm": 2.0}

    def test_never_set(self) -> None:
        """A field without a value is refused; the message names it."""

        @model
        class Unset:
            w: float = attrs.field(init=False)

        with pytest.raises(TypeError, match=r"at 0: Unset.w was never set"):
            tree_leaves([Unset()])
        assert "NOTHING" in repr(Unset())

    @pytest.mark.parametrize("decorate", [model, model(slots=False)])
    def test_cached_property(self, decorate: Any) -> None:
        """A cached property is not a part, and is computed again in a new tree."""

        @decorate
        class Cached:
            w: float

            @functools.cached_property
            def twice(self) -> float:
                return 2 * self.w

        made: Any = Cached
        one = made(1.0)
        assert one.twice == 2.0
        assert leaf_names(one) == ("w",)
        assert doubled(one).twice == 4.0

    def test_field_transformer(self) -> None:
        """The field transformer of a class runs first."""

        def add(_: type, fields: list["attrs.Attribute[Any]"]) -> list["attrs.Attribute[Any]"]:
            return [f.evolve(metadata={"seen": True}) for f in fields]

        @model(field_transformer=add)
        class Transformed:
            w: float
            label: Static[str]

        fields: Any = attrs.fields(Transformed)  # type: ignore[arg-type]  # mypy knows attrs' own decorators
        assert all(field.metadata["seen"] for field in fields)
        assert leaf_names(Transformed(1.0, "a")) == ("w",)

    def test_inheritance(self) -> None:
        """A decorated subclass has the fields of its base; static fields stay static."""

        @model
        class Wider(Line):
            c: float = 3.0

        assert leaf_names(Wider(1, 2)) == ("w", "b", "c")
        assert tree_structure(Wider(1, 2)) != tree_structure(Line(1, 2))
        with pytest.raises(TypeError, match=r"Wider\.label: an array of shape"):
            Wider(1, 2, np.ones(2))  # type: ignore[arg-type]  # that is the test

    def test_generic_and_abstract(self) -> None:
        """Generic and abstract classes are models like any others."""

        class Layer(ABC):
            @abstractmethod
            def __call__(self, x: float) -> float: ...

        @model
        class Scale(Layer, Generic[T]):
            factor: T

            def __call__(self, x: float) -> float:
                return x

        assert doubled(Scale[float](2.0)).factor == 4.0

    def test_foreign_classes(self) -> None:
        """Classes that attrs froze are nodes, in any spelling."""

        @attrs.define(frozen=True, slots=False)
        class Defined:
            w: float

        @attrs.frozen
        class Frozen:
            w: float
            parent: "Frozen | None" = None

        assert doubled(Defined(1.0)).w == 2.0
        assert doubled(Frozen(1.0, Frozen(2.0))).parent == Frozen(4.0)
        assert leaf_names(Loose(1, 2)) == ("part", "_scale")

    def test_hooks_do_not_run(self) -> None:
        """Rebuilding runs no `__init__`, no converter, no validator and no post-init hook."""
        ran: list[str] = []

        def convert(w: float) -> float:
            ran.append("converter")
            return w

        @model
        class Hooked:
            w: Any = attrs.field(converter=convert, validator=lambda *_: ran.append("validator"))

            def __attrs_post_init__(self) -> None:
                ran.append("hook")

        hooked = Hooked(1.0)
        assert ran == ["converter", "validator", "hook"]
        doubled(hooked)
        assert len(ran) == 3


class TestRefused:
    def test_mutable(self) -> None:
        """A mutable attrs class is refused; the message names the remedy."""

        @attrs.define
        class Mutable:
            w: float = attrs.field(default=1.0, converter=float)

        for _ in range(CALLS):
            with pytest.raises(TypeError, match=r"at a\.0: Mutable is a mutable.*@model"):
                tree_leaves({"a": [Mutable()]})

    def test_more_than_fields(self) -> None:
        """A class that extends a C type is refused, since it holds more than its fields."""

        @attrs.frozen
        class Table(dict[str, float]):
            w: float = 1.0

        with pytest.raises(TypeError, match="at 0: Table extends dict, so it holds more than its"):
            tree_leaves([Table()])

    def test_undecorated_subclass(self) -> None:
        """An undecorated subclass of a model is refused."""

        class Plain(Line):
            pass

        tree_leaves(Line(1, 2))
        for _ in range(CALLS):
            for tree in (Plain(1, 2), Line(1, Plain(1, 2))):
                with pytest.raises(
                    TypeError, match="Plain extends the attrs class Line and is not"
                ):
                    tree_leaves(tree)


class TestOthers:
    def test_named_tuples(self) -> None:
        """A named tuple is built without its constructor."""

        class Checked(NamedTuple):
            x: float
            y: float

        assert doubled(Checked(1.0, 2.0)) == Checked(2.0, 4.0)
        assert leaf_names(Checked(1.0, 2.0)) == ("x", "y")

    def test_none(self) -> None:
        """None is a node without leaves."""
        assert tree_leaves([None, 1, None]) == [1]
        assert doubled([None, 1]) == [None, 2]

    def test_register(self) -> None:
        """A registered type is a node with its names; a second registration is refused."""

        class Bag:
            def __init__(self, *items: float) -> None:
                self.items = items

        assert len(tree_leaves(Bag(1.0, 2.0))) == 1  # a leaf, before it is registered
        register_node(
            Bag,
            lambda bag: (bag.items, None),
            lambda _, items: Bag(*items),
            lambda _, n: (f"item{i}" for i in range(n)),
        )
        assert doubled(Bag(1.0, 2.0)).items == (2.0, 4.0)
        assert leaf_names({"bag": Bag(1.0, 2.0)}) == ("bag.item0", "bag.item1")
        with pytest.raises(ValueError, match="Bag is a node type already"):
            register_node(Bag, lambda bag: (bag.items, None), lambda _, items: Bag(*items))
        with pytest.raises(ValueError, match="ndarray is always a leaf"):
            register_node(np.ndarray, lambda a: (list(a), None), lambda _, c: np.array(c))

    def test_names_of_a_registered_type(self) -> None:
        """Children with equal names are refused."""

        class Twins:
            pass

        register_node(Twins, lambda _: ((1.0, 2.0), None), lambda *_: Twins(), lambda *_: "aa")
        for _ in range(CALLS):
            with pytest.raises(ValueError, match=r"Twins has 2 children.*\('a', 'a'\)"):
                named_leaves([Twins()])

    def test_everything_else_is_a_leaf(self) -> None:
        """Sets, strings, functions, classes and deques are leaves."""
        for leaf in ({1}, "ab", len, Line, b"x", object(), deque([1]), bytearray(2)):
            assert tree_leaves([leaf]) == [leaf]

    def test_an_object_of_any_attribute_is_a_leaf(self) -> None:
        """A proxy with every attribute is a leaf."""

        class Proxy:
            def __getattr__(self, _: str) -> "Proxy":
                return self

            def __call__(self, _: object) -> tuple[list[str], None]:
                return ["no leaf"], None

        proxy = Proxy()
        assert tree_leaves(proxy) == [proxy]


class TestModel:
    def test_static_is_checked_when_built(self) -> None:
        """An array or an unhashable value in a static field is refused by the constructor."""
        with pytest.raises(
            TypeError, match=r"Line\.label: an array of shape \(2,\) cannot be static"
        ):
            Line(1, 2, np.ones(2))  # type: ignore[arg-type]  # that is the test
        with pytest.raises(TypeError, match=r"Line\.label: \[1\] of type list cannot be static"):
            Line(1, 2, [1])  # type: ignore[arg-type]  # that is the test

    def test_own_validators_stay(self) -> None:
        """The validator of a static field runs too."""

        @model
        class Sized:
            size: Static[int] = attrs.field(validator=attrs.validators.gt(0))

        with pytest.raises(ValueError, match="must be > 0"):
            Sized(0)

    def test_forward_references(self) -> None:
        """A forward reference does not hide a static field beside it."""

        @model
        class Forward:
            later: "Unknown"  # type: ignore[name-defined]  # noqa: F821 - that is the test
            size: "Static[Unknown]"  # type: ignore[name-defined]  # noqa: F821 - that is the test

        assert leaf_names(Forward(1, 2)) == ("later",)

    def test_annotations_that_typing_wrapped(self) -> None:
        """A ForwardRef, as `typing` makes of text within another annotation, is read as its text."""
        fields = {"w": ForwardRef("float"), "size": ForwardRef("Static[int]")}
        wrapped: Any = type("Wrapped", (), {"__annotations__": fields, "__module__": __name__})
        assert leaf_names(model(wrapped)(1.0, 2)) == ("w",)

    def test_aliases_of_static(self) -> None:
        """An alias of a static type is static, also as text."""

        @model
        class Aliased:
            w: float
            plain: Label
            text: "Label"
            narrowed: "Maybe[str]"
            later: "Maybe[Unknown]"  # type: ignore[name-defined]  # noqa: F821 - that is the test

        assert leaf_names(Aliased(1.0, "a", "b", "c", None)) == ("w",)

    @pytest.mark.parametrize("annotation", ["Static[str] | None", Static[str] | None])
    def test_static_inside_another_type(self, annotation: Any) -> None:
        """Static inside another type is refused; the message has the right order."""
        with pytest.raises(TypeError, match=r"Wrong\.x is annotated .* write Static around"):
            model(type("Wrong", (), {"__annotations__": {"x": annotation}, "__module__": __name__}))

    def test_is_frozen_without_eq(self) -> None:
        """A model is immutable, and equal only to itself."""
        line = Line(1, 2)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            line.w = 3  # type: ignore[misc]  # that is the test
        assert line != Line(1, 2)
        assert len({line, Line(1, 2)}) == 2

    def test_copies_and_pickles(self) -> None:
        """A model can be copied, deep-copied, evolved and pickled, with slots and without."""
        for line in (Line(np.ones(2), 1.0), Loose(np.ones(2), 1.0)):
            for again in (
                copy.copy(line),
                copy.deepcopy(line),
                pickle.loads(pickle.dumps(line)),
                doubled(tree_map(lambda x: x / 2, line)),
            ):
                assert type(again) is type(line)
                assert tree_equal(again, line)
        assert copy.deepcopy(Line(np.ones(2), 1)).w is not None
        assert attrs.evolve(Line(1, 2), b=5).b == 5  # type: ignore[misc]  # as above
