"""Containers of numbers that are no nodes: each function of names says how to make them nodes."""

import dataclasses
import enum
import pathlib
import types
from collections import ChainMap, UserDict, deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.tree import Spec


@dataclasses.dataclass
class Data:
    """A dataclass as parameters."""

    w: Any
    b: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class FrozenData:
    """A frozen dataclass as parameters."""

    inner: Any


class Plain:
    """A plain class as parameters."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class MyDict(dict[str, float]):
    """A subclass of a node type, which is none itself."""


class MyList(list[float]):
    """A subclass of a node type, which is none itself."""


def loss(_: Any, x: Any) -> Any:
    return np.sum(x)


X = np.ones((3, 2))
FUNCTIONS: dict[str, Callable[[Any], object]] = {
    "named_leaves": ml.named_leaves,
    "leaf_names": ml.leaf_names,
    "summary": ml.summary,
    "tree_specs": ml.tree_specs,
    "ravel": ml.ravel,
    "grad": lambda params: ml.grad(loss)(params, X),
    "fit": lambda params: ml.fit(loss, params, X, ml.sgd(0.1), steps=1, progress=False),
    "lbfgs": lambda params: ml.lbfgs(loss, params, X),
    "minimize": lambda params: ml.minimize(loss, params, X),
    "save": lambda params: ml.save("never.safetensors", params),
}
MODEL = r"write @ml\.model instead of @dataclass above the class \w+, or .*register_node\(\w+"
CONTAINERS = [
    (Data(np.ones(2)), MODEL),
    (FrozenData(np.ones(2)), MODEL),
    (Plain(w=1.0), r"write @ml\.model above the class Plain, or .*register_node\(Plain"),
    (Plain(part=Plain(w=np.ones(2))), r"write @ml\.model above the class Plain"),
    (types.SimpleNamespace(w=np.float32(1.0)), r"write @ml\.model .* SimpleNamespace"),
    (MyDict(w=1.0), r"convert it by dict\(\.\.\.\), or .*register_node\(MyDict"),
    (types.MappingProxyType({"w": 1.0}), r"convert it by dict"),
    (UserDict(w=1.0), "convert it by dict"),
    (ChainMap({"w": 1.0}), "convert it by dict"),
    (MyList([1.0]), r"convert it by list\(\.\.\.\), or .*register_node\(MyList"),
    (deque([1.0]), "convert it by list"),
    ({1.0, 2.0}, "convert it by list"),
    ({"w": 1.0}.values(), "convert it by list"),
    (iter([1.0]), r"it can be read only once; convert it by list"),
]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("leaf", "way_out"), CONTAINERS, ids=lambda x: type(x).__name__)
def test_the_way_out(leaf: Any, way_out: str, name: str) -> None:
    """The error names the path, the type and what makes it a node."""
    for params, place in ((leaf, ""), ({"x": [leaf]}, r"x\.0")):
        with pytest.raises((TypeError, ml.CheckpointError), match=way_out) as caught:
            FUNCTIONS[name](params)
        assert type(leaf).__name__ in str(caught.value)
        assert place.replace("\\", "") in str(caught.value)


class Colour(enum.Enum):
    """An enumeration of floats."""

    RED = 1.0


@pytest.mark.parametrize(
    "leaf",
    [
        Plain(name="text", size=3),
        Spec((2,), np.dtype(float)),
        pathlib.Path("a/b"),
        Colour.RED,
        Data,
        len,
        np.ones(2),
        np.ma.array([1.0]),
        np.random.default_rng(0),
        range(3),
        "text",
        object(),
        Plain(),
    ],
    ids=lambda leaf: type(leaf).__name__,
)
def test_other_leaves(leaf: Any) -> None:
    """A leaf that holds no numbers of its own keeps its name."""
    assert ml.leaf_names({"x": leaf}) == ("x",)
    assert ml.named_leaves({"x": leaf})["x"] is leaf


def test_cycles() -> None:
    """An object that holds itself is a leaf as any other."""
    plain = Plain()
    plain.__dict__["me"] = [plain]
    assert ml.leaf_names([plain]) == ("0",)


def test_the_way_out_works() -> None:
    """A dataclass that is registered has names."""

    @dataclasses.dataclass
    class Registered:
        w: Any

    ml.register_node(
        Registered, lambda r: ((r.w,), None), lambda _, c: Registered(*c), lambda *_: ("w",)
    )
    assert ml.leaf_names([Registered(1.0)]) == ("0.w",)
