"""Unusual ways to hold a setting: in parts of objects written in C, by names in texts, in generated code."""

import collections
import dataclasses
import enum
import functools
import operator
import types
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import attrs
import numpy as np

import miniml as ml
from tests.program.closure import settings as other
from tests.program.closure.styles import Settings, Style, of_cell_with, of_object

PAIR: Any = [("l2", float), ("held", object)]


class Attributed(enum.Enum):
    ONE = 1

    def __init__(self, _: int) -> None:
        self.l2 = 1.0


class Numbered(enum.IntEnum):
    ONE = 1


class Named(NamedTuple):
    a: int = 1


class WithAttributes(Named):
    l2: float


@dataclasses.dataclass(frozen=True)
class Frozen:
    l2: float = 1.0
    shared: ClassVar[float] = 1.0


@attrs.frozen(slots=False)
class Remembering:
    """A frozen object with a value that it computes when it is first asked."""

    inner: Settings

    @functools.cached_property
    def doubled(self) -> float:
        return 2.0 * self.inner.l2


def put_into(thing: Any, name: str = "l2") -> Callable[[float], None]:
    return lambda value: object.__setattr__(thing, name, value)


def of_item(holder: Any, key: Any, read: Callable[[Any], Any], start: Any = 1.0) -> Style:
    """A loss that reads a number from a holder, of which an item is set."""
    holder[key] = start
    return lambda w: read(holder) * w * w, lambda value: operator.setitem(holder, key, value)


def of_structured_scalar() -> Style:
    row: Any = np.zeros(1, dtype=PAIR[:1])[0]
    return of_item(row, "l2", lambda row: float(row["l2"]))


def of_record() -> Style:
    row: Any = np.rec.array([(1.0, 2)], dtype=[("l2", float), ("n", int)])[0]
    return of_item(row, "l2", lambda row: float(row.l2))


def of_structured_objects() -> Style:
    def use(settings: Settings) -> Any:
        array = np.zeros(1, dtype=PAIR)
        array["held"] = settings
        return lambda w: array["held"][0].l2 * w * w

    return of_object(use)


def of_flat() -> Style:
    array: Any = np.ones(3)
    flat = array.flat
    return lambda w: flat[0] * w * w, lambda value: operator.setitem(array, 0, value)


def of_read_only() -> Style:
    array = np.ones((1 << 9, 1 << 9))
    array.flags.writeable = False

    def put(value: float) -> None:
        array.flags.writeable = True
        array[...] = value
        array.flags.writeable = False

    return lambda w: np.mean(array) * w * w, put


def of_partial(use: Callable[[Any], Any]) -> Style:
    bound: Any = functools.partial(lambda w, l2: l2 * w * w, l2=1.0)
    return use(bound), lambda value: operator.setitem(bound.keywords, "l2", value)


def of_partial_state() -> Style:
    bound: Any = functools.partial(lambda w, l2: l2 * w * w, l2=1.0)
    function = bound.func

    def put(value: float) -> None:
        bound.__setstate__((function, (), {"l2": value}, {}))

    return lambda w: bound(w), put  # noqa: PLW0108  # a root has a test of its own


def of_partial_attribute() -> Style:
    bound: Any = functools.partial(pow)
    bound.l2 = 1.0
    return lambda w: bound.l2 * w * w, put_into(bound)


def of_method(holder: Any, key: Any, method: Callable[[Any], Any]) -> Style:
    """A bound method of an object written in C."""
    bound = method(holder)
    return lambda w: bound(key) * w * w, lambda value: operator.setitem(holder, key, value)


def of_bound_attribute() -> Style:
    def use(settings: Settings) -> Any:
        read = settings.__getattribute__
        return lambda w: read("l2") * w * w

    return of_object(use)


def of_module(read: Callable[[], Any]) -> Style:
    return lambda w: read() * w * w, lambda value: setattr(other, "L2", value)


def of_missing_name() -> Style:
    module: Any = types.ModuleType("module")

    def read() -> float:
        try:
            return float(module.l2)
        except AttributeError:
            return 1.0

    return lambda w: read() * w * w, put_into(module)


def of_missing_attribute() -> Style:
    def helper() -> None:
        pass

    held: Any = helper

    def read() -> float:
        try:
            return float(held.l2)
        except AttributeError:
            return 1.0

    return lambda w: read() * w * w, put_into(held)


def of_order() -> Style:
    held = collections.OrderedDict({1.0: 1.0, 2.0: 2.0, 3.0: 3.0, 10.0: 10.0, 0.5: 0.5})
    return lambda w: next(iter(held.values())) * w * w, lambda value: held.move_to_end(
        value, last=False
    )


def of_module_getattr() -> Style:
    module: Any = types.ModuleType("module")
    held = {"l2": 1.0}
    module.__getattr__ = lambda name: held[name]
    return lambda w: module.l2 * w * w, lambda value: operator.setitem(held, "l2", value)


def of_made(decorate: Callable[[type[Any]], type[Any]], *, by_factory: bool) -> Style:
    """A class made by attrs, whose generated `__init__` calls a function of the user's."""

    def use(settings: Settings) -> Any:
        field: Any = functools.partial(attrs.field, factory=lambda: settings.l2)
        if not by_factory:
            field = functools.partial(attrs.field, converter=lambda x: x * settings.l2)

        class Made:
            l2: float = field()

        kind: Any = decorate(Made)
        arguments = () if by_factory else (1.0,)
        return lambda w: kind(*arguments).l2 * w * w

    return of_object(use)


def of_library(module: Any) -> Style:
    """An attribute that is set on a module of a library."""
    module.miniml_l2 = 1.0
    return lambda w: module.miniml_l2 * w * w, lambda value: setattr(module, "miniml_l2", value)


def of_patched() -> Style:
    """A function of a library that is replaced by one of the user's."""
    held = Settings()
    operator.miniml_penalty = lambda w: held.l2 * w * w  # type: ignore[attr-defined]  # patched
    return lambda w: operator.miniml_penalty(w), put_into(held)  # type: ignore[attr-defined]  # noqa: PLW0108  # as above


def of_alias() -> Style:
    kind: Any = type("Kind", (list,), {"l2": 1.0})
    alias: Any = types.GenericAlias(kind, (int,))
    return lambda w: alias.l2 * w * w, lambda value: setattr(kind, "l2", value)


def of_print_options() -> Style:
    def put(value: float) -> None:
        np.set_printoptions(precision=int(2 * value))

    put(1.0)
    return lambda w: np.get_printoptions()["precision"] / 2 * w * w, put


def of_frompyfunc() -> Style:
    def use(settings: Settings) -> Any:
        scale: Any = np.frompyfunc(lambda x: settings.l2 * x, 1, 1)
        return lambda w: float(scale(1.0)) * w * w

    return of_object(use)


def of_cached_property() -> Style:
    thing = Remembering(Settings())

    def put(value: float) -> None:
        thing.inner.l2 = value
        vars(thing).pop("doubled", None)

    return lambda w: 0.5 * thing.doubled * w * w, put


def of_attribute(thing: Any) -> Style:
    put_into(thing)(1.0)
    return lambda w: thing.l2 * w * w, put_into(thing)


def of_shared() -> Style:
    """An attribute of a class, which an attribute of the frozen object hides."""
    thing = Frozen()
    return lambda w: thing.shared * w * w, put_into(thing, "shared")


ODD_STYLES: dict[str, Callable[[], Style]] = {
    "an element of a structured array": of_structured_scalar,
    "a record": of_record,
    "a structured array of objects": of_structured_objects,
    "a matrix": lambda: of_item(np.ones((1, 1)).view(np.matrix), (0, 0), lambda m: float(m[0, 0])),
    "a flat iterator": of_flat,
    "a read-only array that is written to": of_read_only,
    "keywords of a partial function": lambda: of_partial(of_cell_with),
    "keywords of a partial function that is the loss": lambda: of_partial(lambda bound: bound),
    "the state of a partial function": of_partial_state,
    "an attribute of a partial function": of_partial_attribute,
    "a method of an array": lambda: of_method(np.ones(3), 0, lambda a: a.__getitem__),
    "a method of a deque": lambda: of_method(collections.deque([1.0]), 0, lambda d: d.__getitem__),
    "a bound __getattribute__": of_bound_attribute,
    "attrgetter": lambda: of_module(lambda: operator.attrgetter("L2")(other)),
    "attrgetter bound outside": lambda: of_module(
        functools.partial(operator.attrgetter("L2"), other)
    ),
    "methodcaller": lambda: of_module(lambda: operator.methodcaller("penalty", 1.0)(other)),
    "a name in a text": lambda: of_module(lambda: float(str.format("{.L2}", other))),
    "a name that a module did not have": of_missing_name,
    "an attribute that a function did not have": of_missing_attribute,
    "an attribute of a static method": lambda: of_attribute(staticmethod(pow)),
    "the order of an OrderedDict": of_order,
    "__getattr__ of a module": of_module_getattr,
    "a factory of attrs": lambda: of_made(attrs.define, by_factory=True),
    "a converter of attrs": lambda: of_made(attrs.frozen, by_factory=False),
    "a factory of a model": lambda: of_made(ml.model, by_factory=True),
    "a converter of a model": lambda: of_made(ml.model, by_factory=False),
    "an attribute of an enum": lambda: of_attribute(Attributed.ONE),
    "an attribute of an enum of numbers": lambda: of_attribute(Numbered.ONE),
    "an attribute of a named tuple": lambda: of_attribute(WithAttributes()),
    "an attribute of an int": lambda: of_attribute(type("Integer", (int,), {})(3)),
    "an attribute of a NumPy number": lambda: of_attribute(type("Number", (np.float64,), {})(3.0)),
    "a frozen dataclass": lambda: of_attribute(Frozen()),
    "an attribute that hides one of a frozen class": of_shared,
    "a cached property": of_cached_property,
    "an attribute of NumPy": lambda: of_library(np),
    "an attribute of a part of NumPy": lambda: of_library(np.linalg),
    "a function put into a library": of_patched,
    "a generic alias": of_alias,
    "options of printing": of_print_options,
    "np.frompyfunc": of_frompyfunc,
}

ODD_PROVED = {
    "keywords of a partial function",
    "the state of a partial function",
    "a name in a text",
    "a name that a module did not have",
    "an attribute that a function did not have",
    "an attribute of a static method",
    "the order of an OrderedDict",
    "__getattr__ of a module",
    "a factory of attrs",
    "a converter of attrs",
    "a factory of a model",
    "a converter of a model",
    "an attribute of an enum",
    "an attribute of a named tuple",
    "an attribute of an int",
    "a frozen dataclass",
    "an attribute that hides one of a frozen class",
    "a cached property",
    "an attribute of NumPy",
    "an attribute of a part of NumPy",
    "a function put into a library",
    "a generic alias",
}
"""The odd styles in which a transform made anew, with nothing changed, is not traced again."""
