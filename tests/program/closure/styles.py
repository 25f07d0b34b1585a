"""Ways to hold a setting that a loss reads."""

import collections
import dataclasses
import enum
import functools
import operator
import types
from collections.abc import Callable
from typing import Any, ClassVar

import attrs
import numpy as np

from tests.program.closure import settings as other

Loss = Callable[[float], Any]
Style = tuple[Loss, Callable[[float], None]]
"""A loss of derivative l2 at 0.5, and a function that sets l2."""

L2 = 1.0


class Settings:
    """An object with attributes, a property and methods."""

    shared: ClassVar[float] = 1.0

    def __init__(self) -> None:
        self.l2 = 1.0

    @property
    def doubled(self) -> float:
        return 2.0 * self.l2

    def penalty(self, w: float) -> float:
        return self.l2 * w * w

    @classmethod
    def of_class(cls, w: float) -> float:
        return cls.shared * w * w


class Slotted:
    __slots__ = ("l2",)

    def __init__(self) -> None:
        self.l2 = 1.0


class AttributeDict(dict[str, float]):
    def __getattr__(self, name: str) -> float:
        return self[name]


@attrs.define
class Defined:
    l2: float = 1.0


@dataclasses.dataclass
class Data:
    l2: float = 1.0


@attrs.frozen
class Frozen:
    inner: Settings


class Level(enum.Enum):
    ONE = Settings()


class Registry(type):
    """A metaclass with settings."""

    l2 = 1.0


class Registered(metaclass=Registry):
    pass


def of_global() -> Style:
    def put(value: float) -> None:
        global L2  # noqa: PLW0603  # a style of configuration
        L2 = value

    return lambda w: L2 * w * w, put


def of_cell() -> Style:
    l2 = 1.0

    def put(value: float) -> None:
        nonlocal l2
        l2 = value

    return lambda w: l2 * w * w, put


def of_items(holder: Any, key: Any = "l2") -> Style:
    holder[key] = 1.0
    return lambda w: holder[key] * w * w, lambda value: operator.setitem(holder, key, value)


def of_attribute(holder: Any) -> Style:
    return lambda w: holder.l2 * w * w, lambda value: setattr(holder, "l2", value)


def of_object(use: Callable[[Settings], Loss]) -> Style:
    settings = Settings()
    return use(settings), lambda value: setattr(settings, "l2", value)


def of_array() -> Style:
    array: Any = np.ones(3)
    return lambda w: array[1] * w * w, lambda value: operator.setitem(array, 1, value)


def of_large_array(use: Callable[[Any], Any]) -> Style:
    array: Any = np.ones((1 << 18, 2))
    return lambda w: use(array) * w * w, lambda value: operator.setitem(array, ..., value)


def of_large_constant() -> Style:
    array: Any = np.ones(1 << 18)
    put = functools.partial(operator.setitem, array, ...)
    return lambda w: np.mean(array * w) * w, put  # of Python, since the derivative is doubled


def of_default() -> Style:
    def loss(w: float, l2: float = 1.0) -> float:
        return l2 * w * w

    return loss, lambda value: setattr(loss, "__defaults__", (value,))


def of_keyword() -> Style:
    def loss(w: float, *, l2: float = 1.0) -> float:
        return l2 * w * w

    defaults: Any = loss.__kwdefaults__
    return loss, lambda value: operator.setitem(defaults, "l2", value)


def of_code() -> Style:
    def helper(w: float) -> float:
        return w * w

    def put(value: float) -> None:
        helper.__code__ = eval(f"lambda w: {value!r} * w * w").__code__  # as %autoreload does

    return lambda w: helper(w), put  # noqa: PLW0108  # the helper is edited


def of_method() -> Style:
    settings = Settings()

    def put(value: float) -> None:
        setattr(Settings, "penalty", lambda _, w: value * w * w)  # noqa: B010

    return lambda w: settings.penalty(w), put  # noqa: PLW0108  # not bound before


def of_function_attribute() -> Style:
    def loss(w: float) -> Any:
        return vars_of.l2 * w * w

    vars_of: Any = loss
    vars_of.l2 = 1.0
    return loss, lambda value: setattr(vars_of, "l2", value)


def of_class_attribute() -> Style:
    kind: Any = type("Kind", (), {"l2": 1.0})
    return of_attribute(kind)


def of_subclass() -> Style:
    """A method of a base class, which the class overrides later."""
    kind: Any = type("Kind", (Settings,), {})
    thing = kind()

    def put(value: float) -> None:
        kind.penalty = lambda _, w: value * w * w

    return lambda w: thing.penalty(w), put  # noqa: PLW0108  # not bound before


def of_bases() -> Style:
    kind: Any = type("Kind", (type("Base", (), {"l2": 1.0}),), {})
    thing = kind()

    def put(value: float) -> None:
        kind.__bases__ = (type("Base", (), {"l2": value}),)

    return lambda w: thing.l2 * w * w, put


def of_another_class() -> Style:
    thing: Any = type("Kind", (), {"l2": 1.0})()

    def put(value: float) -> None:
        thing.__class__ = type("Kind", (), {"l2": value})  # as %autoreload does

    return lambda w: thing.l2 * w * w, put


def of_queue() -> Style:
    waiting = collections.deque([1.0])
    return lambda w: waiting[0] * w * w, lambda value: operator.setitem(waiting, 0, value)


def of_context() -> Style:
    from contextvars import ContextVar  # beside its use

    variable = ContextVar("variable", default=1.0)

    def put(value: float) -> None:
        variable.set(value)

    return lambda w: variable.get() * w * w, put


def of_getattr() -> Style:
    settings = Settings()
    return lambda w: getattr(settings, "".join("l2")) * w * w, lambda value: setattr(
        settings, "l2", value
    )


def of_vars() -> Style:
    settings = Settings()
    return lambda w: vars(settings)["l2"] * w * w, lambda value: setattr(settings, "l2", value)


def of_iterator() -> Style:
    values = [1.0]

    def generate() -> Any:
        while True:
            yield values[0]

    return lambda w: next(iter(map(float, values))) * w * w, lambda value: operator.setitem(
        values, 0, value
    )


def of_environment() -> Style:
    import os  # beside its use

    def put(value: float) -> None:
        os.environ["MINIML_TEST_L2"] = str(value)

    put(1.0)
    return lambda w: float(os.environ["MINIML_TEST_L2"]) * w * w, put


def of_cached() -> Style:
    held = [1.0]

    @functools.lru_cache
    def l2() -> float:
        return held[0]

    def put(value: float) -> None:
        held[0] = value
        l2.cache_clear()

    return lambda w: l2() * w * w, put


def of_cell_with(penalty: Loss) -> Loss:
    return lambda w: penalty(w)  # noqa: PLW0108  # as above


def nested(settings: Settings) -> Loss:
    held: Any = {"a": [{"b": types.SimpleNamespace(c=settings)}]}
    return lambda w: held["a"][0]["b"].c.l2 * w * w


def frozen(settings: Settings) -> Loss:
    held = Frozen(settings)
    return lambda w: held.inner.l2 * w * w


def of_asdict() -> Style:
    data = Data()
    return lambda w: dataclasses.asdict(data)["l2"] * w * w, lambda value: setattr(
        data, "l2", value
    )


STYLES: dict[str, Callable[[], Style]] = {
    "a global": of_global,
    "an enclosing variable": of_cell,
    "a dictionary": lambda: of_items({}),
    "an OrderedDict": lambda: of_items(collections.OrderedDict()),
    "a defaultdict": lambda: of_items(collections.defaultdict(float)),
    "a Counter": lambda: of_items(collections.Counter()),
    "a subclass of dict": lambda: of_items(AttributeDict()),
    "a UserDict": lambda: of_items(collections.UserDict()),
    "a ChainMap": lambda: of_items(collections.ChainMap({})),
    "a list": lambda: of_items([1.0], 0),
    "a deque": of_queue,
    "a namespace": lambda: of_attribute(types.SimpleNamespace(l2=1.0)),
    "a slot": lambda: of_attribute(Slotted()),
    "a mutable attrs class": lambda: of_attribute(Defined()),
    "a dataclass": lambda: of_attribute(Data()),
    "an attribute": lambda: of_object(lambda s: lambda w: s.l2 * w * w),
    "a property": lambda: of_object(lambda s: lambda w: 0.5 * s.doubled * w * w),
    "a method": lambda: of_object(lambda s: lambda w: s.penalty(w)),  # noqa: PLW0108  # not bound outside
    "a bound method": lambda: of_object(lambda s: s.penalty),
    "a bound method in a cell": lambda: of_object(lambda s: of_cell_with(s.penalty)),
    "an object in a tuple": lambda: of_object(lambda s: lambda w: (0, s)[1].l2 * w * w),
    "a deep nest": lambda: of_object(nested),
    "an object in a frozen one": lambda: of_object(frozen),
    "a partial function": lambda: of_object(
        lambda s: functools.partial(lambda s, w: s.l2 * w * w, s)
    ),
    "a wrapped function": lambda: of_object(
        lambda s: functools.wraps(Settings.penalty)(lambda w: s.penalty(w))  # noqa: PLW0108  # as above
    ),
    "dataclasses.asdict": of_asdict,
    "a class attribute": of_class_attribute,
    "a class attribute by a class method": lambda: (
        Settings.of_class,
        lambda value: setattr(Settings, "shared", value),
    ),
    "a metaclass": lambda: (
        lambda w: Registered.l2 * w * w,
        lambda value: setattr(Registry, "l2", value),
    ),
    "an enum": lambda: (
        lambda w: Level.ONE.value.l2 * w * w,
        lambda value: setattr(Level.ONE.value, "l2", value),
    ),
    "another module": lambda: (
        lambda w: other.L2 * w * w,
        lambda value: setattr(other, "L2", value),
    ),
    "a function of another module": lambda: (
        lambda w: other.penalty(w),  # noqa: PLW0108  # the module's attribute may change
        lambda value: setattr(other, "L2", value),
    ),
    "an array": of_array,
    "a large array": lambda: of_large_array(np.mean),
    "a large constant": of_large_constant,
    "a view of a large array": lambda: of_large_array(lambda array: np.mean(array[:, 1])),
    "a default": of_default,
    "a keyword default": of_keyword,
    "the code of a helper": of_code,
    "a method set anew": of_method,
    "an attribute of the function": of_function_attribute,
    "a method that a subclass gets": of_subclass,
    "other bases of a class": of_bases,
    "another class of an object": of_another_class,
    "a context variable": of_context,
    "getattr": of_getattr,
    "vars": of_vars,
    "an iterator": of_iterator,
    "the environment": of_environment,
    "a cached function": of_cached,
}

PROVED = set(STYLES) - {
    "a context variable",
    "getattr",
    "vars",
    "an iterator",
    "the environment",
    "a cached function",
    "a bound method",
    "a class attribute by a class method",
}
"""The styles in which a transform made anew, with nothing changed, is not traced again."""
