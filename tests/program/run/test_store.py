"""Compiled programs are found again by what their traces recorded."""

import gc
import weakref
from typing import Any

import numpy as np

import miniml as ml
from miniml.program.run import store
from miniml.program.run.store import CompiledStore, store_of

X = np.ones(3)


def program_of(transformed: Any, *args: Any) -> Any:
    return transformed.lower(*args).program


class Model:
    def __init__(self, scale: float) -> None:
        self.scale = scale

    def loss(self, w: Any) -> Any:
        return self.scale * np.sum(w * w)


def test_a_bound_method_finds_its_program() -> None:
    """A bound method is another object at each use, and is compiled once."""
    model = Model(2.0)
    assert program_of(ml.grad(model.loss), X) is program_of(ml.grad(model.loss), X)
    assert program_of(ml.grad(Model(3.0).loss), X) is not program_of(ml.grad(model.loss), X)


def test_a_lambda_in_a_loop_is_compiled_once() -> None:
    """All functions that one `lambda` makes share their programs."""
    made = {id(program_of(ml.grad(lambda w: np.sum(w * w)), X)) for _ in range(3)}
    assert len(made) == 1


def test_other_constants_are_another_program() -> None:
    """Constants are told apart, small and large ones, and zeros by their signs."""
    for size in (1, 3, 5_000):
        values = [np.zeros(size), -np.zeros(size), np.full(size, np.nan), np.ones(size)]
        made = [program_of(ml.jit(lambda w, c=c: w / c), np.ones(size)) for c in values]
        assert len(set(map(id, made))) == 4


def test_other_names_are_another_program() -> None:
    """The names in the source are those of the arguments given."""

    def loss(params: Any) -> Any:
        return sum(np.sum(leaf) for leaf in params.values())

    assert "first" in ml.grad(loss).source({"first": X})
    assert "second" in ml.grad(loss).source({"second": X})


def test_steps_of_loops_are_told_apart() -> None:
    """Loops are equal if their steps are."""

    def total(scale: float) -> Any:
        return lambda xs: ml.scan(lambda c, x: (c + scale * x, None), 0.0, xs)[0]

    one, two, again = (program_of(ml.grad(total(s)), X) for s in (1.0, 2.0, 1.0))
    assert one is again
    assert one is not two


def test_called_functions_are_told_apart() -> None:
    """A function with `like` is part of what distinguishes programs, with its other arguments."""

    def rule(function: Any) -> Any:
        return ml.custom_vjp(lambda x, _: (x, None), lambda _, g: (g, None), like=lambda x, _: x)(
            function
        )

    tanh, sine = rule(lambda x, k: np.tanh(k * x)), rule(lambda x, k: np.sin(k * x))

    def made(called: Any, k: float) -> Any:
        return ml.jit(lambda x: called(x, k))

    assert program_of(made(tanh, 1.0), X) is program_of(made(tanh, 1.0), X)
    for called, k, wanted in [
        (tanh, 1.0, np.tanh(X)),
        (sine, 1.0, np.sin(X)),
        (sine, 2.0, np.sin(2 * X)),
    ]:
        np.testing.assert_allclose(made(called, k)(X), wanted)


def test_the_number_is_bounded() -> None:
    """Few programs are kept; the one not used for the longest is dropped."""
    first = program_of(ml.jit(lambda w: w * 2.0), np.ones(1))
    for n in range(2, 12):
        ml.jit(lambda w, n=n: w * n)(np.ones(n))
    del first
    kept = store_of(test_the_number_is_bounded.__code__)
    assert isinstance(kept, CompiledStore)


def test_large_programs_are_not_kept(monkeypatch: Any) -> None:
    """A program with larger constants than are allowed is not kept."""
    monkeypatch.setattr(store, "_BYTES", 1 << 16)
    large = np.arange(1e5)

    def made() -> Any:
        return ml.jit(lambda w: w + large)

    assert program_of(made(), np.ones(100_000)) is not program_of(made(), np.ones(100_000))


def test_programs_are_freed_with_the_code() -> None:
    """What is defined anew, as in a notebook, does not keep the programs of the old definition."""
    space: dict[str, Any] = {"np": np}
    exec("def loss(w):\n    return np.sum(w * w)", space)
    ml.grad(space["loss"])(X)
    code = weakref.ref(space["loss"].__code__)
    exec("def loss(w):\n    return np.sum(w)", space)
    gc.collect()
    assert code() is None
