"""Classes and functions that a notebook defines again: what errors say, and that they are freed."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import miniml as ml

CELL = """
from collections.abc import Callable
import numpy as np
import miniml as ml

def act(x):
    return np.tanh(x)

@ml.model
class Net:
    w: ml.Array
    b: float
    act: ml.Static[Callable[[object], object]] = act
    def __call__(self, x):
        return x @ self.w + self.b

def loss(net, x):
    return np.mean(net(x) ** 2)
"""


def run_cell() -> dict[str, Any]:
    """Run the cell of a notebook."""
    names: dict[str, Any] = {"__name__": "notebook"}
    exec(CELL, names)
    return names


def net(names: dict[str, Any], **fields: Any) -> Any:
    return names["Net"](np.ones(2), 0.5, **fields)


class TestErrors:
    @pytest.mark.parametrize(
        "use",
        [
            lambda a, b: ml.tree_map(lambda x, y: x + y, a, b),
            lambda a, b: ml.tree_map(lambda x, y: x + y, {"p": a}, {"p": b}),
            lambda a, b: ml.combine(ml.partition(a, "w")[0], ml.partition(b, "b")[0]),
            lambda a, b: ml.sgd(0.1).update(a, ml.sgd(0.1).init(b), b),
            ml.tree_dot,
            ml.tree_broadcast,
        ],
    )
    def test_a_class(self, use: Any) -> None:
        """The error says that the class was defined again, with its module and name."""
        with pytest.raises(
            ValueError, match=r"a Net, found another Net: notebook\.Net was defined"
        ):
            use(net(run_cell()), net(run_cell()))

    def test_a_static_function(self) -> None:
        """A static function that was defined again is told, too."""
        names = run_cell()
        older = net(names, act=run_cell()["act"])
        with pytest.raises(ValueError, match=r"found another act: notebook\.act was defined again"):
            ml.tree_map(lambda x, y: x + y, older, net(names))

    def test_modules(self) -> None:
        """Classes of the same name in two modules are told by their modules."""
        other = run_cell()
        other["Net"].__module__ = "other"
        with pytest.raises(ValueError, match=r"found other\.Net, which is not notebook\.Net"):
            ml.tree_map(lambda x, y: x + y, net(run_cell()), net(other))


def test_other_static_values_are_told_apart() -> None:
    """Static values of one class show their values, and equal reprs are said to be equal."""

    @ml.model
    class Sized:
        n: ml.Static[Any]

    class Odd:
        def __repr__(self) -> str:
            return "Odd"

    for one, other, words in ((1, 2, "value 1, found 2"), (1, True, "value 1, found True")):
        with pytest.raises(ValueError, match=words):
            ml.tree_map(lambda x, y: x + y, Sized(one), Sized(other))
    with pytest.raises(ValueError, match="an unequal value with the same repr"):
        ml.tree_map(lambda x, y: x + y, Sized(Odd()), Sized(Odd()))


def test_classes_are_freed() -> None:
    """Of 100 definitions of a class, all that trees knew are freed."""
    classes: list[weakref.ref[Any]] = []

    def use(names: dict[str, Any]) -> None:
        tree = [net(names), {"x": net(names)}]
        for _ in range(3):
            ml.tree_map(lambda x, _: x, tree, tree)
            ml.at(tree, lambda t: t[0].w).set(np.zeros(2))
            ml.combine(*ml.partition(tree, names["Net"]))
            ml.check(ml.replace_leaves(tree, ml.named_leaves(tree)))
            repr([ml.summary(tree), tree, ml.tree_structure(tree), ml.tree_diff(tree, tree)])
        classes.append(weakref.ref(names["Net"]))

    for _ in range(100):
        use(run_cell())
    gc.collect()
    assert sum(kind() is not None for kind in classes) == 0


def test_classes_of_programs_are_freed() -> None:
    """A class is also freed if programs were traced with it; at most the newest is kept."""
    classes: list[weakref.ref[Any]] = []

    def use(names: dict[str, Any]) -> None:
        x = np.ones((3, 2))
        for _ in range(2):
            ml.grad(names["loss"])(net(names), x)
            ml.jit(names["Net"].__call__)(net(names), x)
        ml.fit(names["loss"], net(names), x, ml.adam(0.1), steps=1, progress=False)
        classes.append(weakref.ref(names["Net"]))

    for _ in range(10):
        use(run_cell())
    gc.collect()
    assert sum(kind() is not None for kind in classes) <= 1
