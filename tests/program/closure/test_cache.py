"""Programs are kept on their function, and freed with it."""

import functools
import gc
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import Array, Scalar
from miniml.program.run import jit


def test_same_function_same_programs(traces: list[str]) -> None:
    """A transform written in a loop traces once."""

    def counted(w: Array) -> Scalar:
        return np.sum(w * w)

    for _ in range(3):
        np.testing.assert_array_equal(ml.grad(counted)(np.ones(2)), [2.0, 2.0])
        ml.value_and_grad(counted)(np.ones(2))
    assert len(traces) == 2


def test_transforms_of_transforms(traces: list[str]) -> None:
    """So does a transform of a transform."""

    def counted(w: Array) -> Scalar:
        return np.sum(w * w * w)

    def each() -> None:
        w = np.ones((2, 3))
        ml.vmap(ml.grad(counted))(w)
        ml.jit(ml.hvp(counted))(w[0], w[1])
        ml.jvp(counted)(w[0], w[1])
        ml.vjp(counted)(w[0], 1.0)
        ml.hessian(counted)(w[0])
        ml.jacobian(ml.grad(counted))(w[0])

    each()
    before = len(traces)
    each()
    assert len(traces) == before


def test_wrapped_function() -> None:
    """A wrapper does not use the programs of the wrapped function."""

    def single(x: float) -> float:
        return x * x

    @functools.wraps(single)
    def double(x: float) -> float:
        return 2.0 * single(x)

    assert ml.grad(single)(3.0) == 6.0
    functools.update_wrapper(double, single)
    assert ml.grad(double)(3.0) == 12.0


def test_function_is_let_go() -> None:
    """Programs do not keep a function alive."""

    def fleeting(x: float) -> float:
        return x * x

    ml.grad(fleeting)(1.0)
    gone = weakref.ref(fleeting)
    del fleeting
    gc.collect()
    assert gone() is None


def test_bounded(monkeypatch: pytest.MonkeyPatch, traces: list[str]) -> None:
    """The number of programs is bounded; the oldest is dropped first."""
    monkeypatch.setattr(jit, "PROGRAMS", 4)
    gradient = ml.grad(lambda w: np.sum(w))  # noqa: PLW0108  # a function of its own
    before = []
    for n in (1, 2, 3, 4, 5, 5, 4, 3, 2, 1):
        gradient(np.ones(n))
        before.append(len(traces))
    assert before == [1, 2, 3, 4, 5, 5, 5, 5, 5, 6]


def test_a_function_may_ask_its_own_program() -> None:
    """A function that calls its own program while traced does not wait for itself."""
    asked: list[int] = []

    def curious(w: Array) -> Scalar:
        asked.append(1)
        if len(asked) == 1:
            asked.append(program.explain(np.ones(3)).chunks)
        return np.sum(w * w)

    program = ml.grad(curious)
    asker = threading.Thread(target=program, args=(np.ones(3),), daemon=True)
    asker.start()
    asker.join(timeout=10.0)
    assert not asker.is_alive()
    np.testing.assert_array_equal(program(np.ones(3)), np.full(3, 2.0))


class Settings:
    """Settings in an object that changes."""

    def __init__(self, l2: float) -> None:
        self.l2 = l2

    def __call__(self, w: float) -> float:
        return self.l2 * w


class Slotted:
    """Settings without a dictionary of their own."""

    __slots__ = ("l2",)

    def __init__(self, l2: float) -> None:
        self.l2 = l2


def of_settings(w: float, config: Settings) -> float:
    return config.l2 * w


def test_settings_that_are_changed_are_read_again() -> None:
    """A changed setting in a dictionary, an object, a class or a module is read again, at any depth."""
    mapping, parts, slots = {"l2": 1.0}, Settings(1.0), Slotted(1.0)
    inner = types.SimpleNamespace(of={"loss": parts})
    kind: Any = type("Kind", (), {})
    module: Any = types.ModuleType("settings")
    losses: list[Callable[[float], float]] = [
        lambda w: mapping["l2"] * w,
        lambda w: parts.l2 * w,
        lambda w: slots.l2 * w,
        lambda w: kind.l2 * w,
        lambda w: inner.of["loss"].l2 * w,
        lambda w: module.l2 * w,
        parts,
        lambda w: 1.0 * parts(w),
        functools.partial(of_settings, config=parts),
    ]
    for l2 in (1.0, 2.0, 2.0, 3.0):
        mapping["l2"] = parts.l2 = slots.l2 = module.l2 = kind.l2 = l2
        assert [ml.grad(loss)(1.0) for loss in losses] == [l2] * len(losses)


def test_settings_that_stay_make_no_new_program() -> None:
    """A change of settings that the function does not use finds the compiled program."""
    config = {"l2": 0.5, "rate": 0.1}

    def loss(w: float) -> float:
        return config["l2"] * w

    first = ml.grad(loss).lower(1.0)
    config["rate"] = 0.2
    assert ml.grad(loss).lower(1.0).program is first.program


@pytest.mark.parametrize("transform", [ml.grad, ml.value_and_grad, ml.hessian])
def test_a_selector_that_reads_another_value_selects_anew(transform: Any) -> None:
    """A transform made anew asks its `wrt` again if a variable that this reads is rebound."""
    name = "a"

    def selector(params: Any) -> Any:
        return params[name]

    def loss(params: Any) -> Any:
        return params["a"] ** 2 + params["b"] ** 3

    params = {"a": 2.0, "b": 5.0}
    first = transform(loss, wrt=selector)
    first(params)
    assert transform(loss, wrt=selector) is first
    name = "b"
    again = transform(loss, wrt=selector)
    assert again is not first
    assert again(params) == transform(loss, wrt=lambda p: p["b"])(params)


def of_slots() -> Any:
    class Kind:
        __slots__ = ("l2",)

        def __init__(self) -> None:
            self.l2 = 2.0

    return Kind()


def of_a_model() -> Any:
    @ml.model
    class Kind:
        l2: float

    return Kind(2.0)


@pytest.mark.parametrize("make", [of_slots, of_a_model])
def test_classes_that_were_read_are_freed(make: Callable[[], Any]) -> None:
    """A cell that is run again leaves no classes behind, though its loss read objects of them."""
    classes: list[weakref.ref[type[Any]]] = []

    def run() -> None:
        thing = make()
        classes.append(weakref.ref(type(thing)))
        assert ml.grad(lambda w: thing.l2 * w)(1.0) == 2.0

    for _ in range(5):
        run()
    gc.collect()
    assert sum(one() is not None for one in classes) <= 1
