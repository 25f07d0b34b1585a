"""Functions with a custom derivative that a program calls."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import Array

X = np.random.default_rng(0).normal(size=(4, 3))


def test_a_gradient_calls_the_function_once() -> None:
    """A gradient calls the function once, though `fwd` calls the decorated function."""
    calls: list[float] = []

    def fwd(x: float) -> tuple[float, float]:
        y = root(x)
        return y, y

    @ml.custom_vjp(fwd, lambda y, g: g / (2.0 * y), like=lambda x: x)
    def root(x: float) -> float:
        calls.append(x)
        return float(np.sqrt(x))

    assert ml.grad(root)(4.0) == 0.25
    assert ml.grad(ml.grad(root))(4.0) == pytest.approx(-1.0 / 32.0)
    assert calls == [4.0, 4.0]


def steps(f: Any, p: Any) -> Any:
    """Return the result of a loop of three steps that call the function."""
    return ml.scan(lambda c, row: (f(c * row), None), p, np.array([1.0, 2.0, 3.0]))[0]


def loops(f: Any, p: Any) -> Any:
    """Return the result of a loop of two loops that call the function."""
    return ml.scan(lambda c, row: (steps(f, c * row) + np.sin(c), None), p, np.array([1.0, 2.0]))[0]


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize(
    ("use", "count"),
    [
        (lambda f, **options: ml.value_and_grad(f, **options)(1.0), 1),
        (lambda f, **options: ml.hvp(f, **options)(1.0, 1.0), 1),
        (lambda f, **options: ml.value_and_grad(lambda p: steps(f, p), **options)(1.0), 3),
        (lambda f, **options: ml.hvp(lambda p: steps(f, p), **options)(1.0, 1.0), 3),
        (lambda f, **options: ml.value_and_grad(lambda p: loops(f, p), **options)(1.0), 6),
        (lambda f, **options: ml.hvp(lambda p: loops(f, p), **options)(1.0, 1.0), 6),
    ],
    ids=["value_and_grad", "hvp", "scan", "hvp of scan", "nested scans", "hvp of nested scans"],
)
def test_each_call_runs_once(use: Any, count: int, *, eager: bool) -> None:
    """`fwd` gets the value of the call that has run, also in an eager trace."""
    calls: list[float] = []

    def fwd(x: Any, power: int) -> Any:
        y = called(x, power)
        return y, (x, y, power)

    def bwd(residuals: Any, g: Any) -> Any:
        x, y, power = residuals
        return g * power * y / x, None

    @ml.custom_vjp(fwd, bwd, like=lambda x, _: x)
    def called(x: float, power: int) -> float:
        calls.append(x)
        return x**power

    use(lambda x: called(x, 2), eager=eager)
    assert len(calls) == count


def test_what_fwd_calls_with_other_arguments_is_called() -> None:
    """`fwd` may call the function with other arguments, which runs it."""

    def fwd(x: Any) -> Any:
        return called(x), called(2.0 * x)

    called: Any = ml.custom_vjp(fwd, lambda doubled, g: g * doubled, like=lambda x: x)(np.exp)
    for eager in (False, True):
        found = ml.grad(lambda x: np.sum(called(x)), eager=eager)(X)
        np.testing.assert_allclose(found, np.exp(2.0 * X))


def test_what_is_called_gets_the_arguments_as_they_are() -> None:
    """The function receives Python numbers, arrays of the same dtypes, and other leaves unchanged."""
    seen: list[Any] = []

    def function(x: Array, scale: float, how: str) -> Array:
        seen.append((type(x), x.dtype, type(scale), how))
        return scale * x

    called = ml.custom_vjp(
        lambda x, scale, _how: (x, (x, scale)),
        lambda res, g: (g * res[1], np.sum(g * res[0]), None),
        like=lambda x, *_: x,
    )(function)
    ml.jit(lambda x, s: called(x, s, "here"))(np.ones(3, np.float32), 2.0)
    assert seen == [(np.ndarray, np.dtype(np.float32), float, "here")]


@pytest.mark.parametrize("eager", [False, True])
def test_what_is_called_may_run_programs(*, eager: bool) -> None:
    """A called function may run programs, also if its arguments are constants or the trace is eager."""
    slope = ml.grad(lambda x: x**3)
    called: Any = ml.custom_vjp(lambda x: (x, x), lambda x, g: g * 6.0 * x, like=lambda x: x)(
        lambda x: float(slope(x))
    )
    assert ml.grad(lambda x: called(x) + x * called(2.0), eager=eager)(1.0) == 6.0 + 12.0


def test_a_program_does_not_keep_its_trace() -> None:
    """A program that calls a function keeps no constants of its trace."""
    called: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(np.tanh)
    traces: list[Any] = []

    def loss(x: Any) -> Any:
        traces.append(weakref.ref(x.node))  # which makes it impure: it is traced twice
        return np.sum(called(x * X) ** 2)

    gradient = ml.grad(loss)
    gradient(X)
    gc.collect()
    assert [trace() for trace in traces] == [None, None]


def noisy(rng: np.random.Generator) -> Any:
    """Return a function that draws a mask at each call."""
    return ml.custom_vjp(lambda x: (x, None), lambda *_: None, like=lambda x: x)(
        lambda x: rng.random(np.shape(x))
    )


@pytest.mark.parametrize("size", [1, 20, 100_000])
def test_of_constants_it_is_called_at_each_run(size: int) -> None:
    """A called function is never a constant, whatever its arguments."""
    mask = noisy(np.random.default_rng(0))
    for ones in (np.ones_like, lambda _: np.ones(size)):
        drawn = ml.jit(lambda x, ones=ones: x * mask(ones(x)))
        assert np.all(drawn(np.ones(size)) != drawn(np.ones(size)))


def test_a_loop_over_constants_calls_at_each_run() -> None:
    """A loop over constants is not a constant if its steps call a function."""
    mask = noisy(np.random.default_rng(0))
    drawn = ml.jit(lambda x: x + ml.scan(lambda c, row: (c, mask(row)), 0.0, np.ones(3))[1])
    assert np.all(drawn(0.0) != drawn(0.0))


def test_each_step_calls() -> None:
    """Each step calls the function, whether its arguments change or not."""
    mask = noisy(np.random.default_rng(0))

    def drawn(x: Any, given: Callable[[Any, Any], Any]) -> Any:
        return ml.scan(lambda c, row: (c, row * mask(given(x, row))), 0.0, np.ones(5))[1]

    for given in (lambda x, _: x, lambda _, row: row, lambda *_: 1.0):
        assert len(np.unique(ml.jit(lambda x, given=given: drawn(x, given))(2.0))) == 5


def test_a_gradient_makes_no_call_again() -> None:
    """The gradient of a step uses the numbers that the step drew, and draws none."""
    mask = noisy(np.random.default_rng(0))

    def loss(w: Any, xs: Any) -> Any:
        def step(total: Any, x: Any) -> Any:
            drawn = mask(x)
            return total + np.sum(drawn * x * w), drawn

        return ml.scan(step, 0.0, xs)

    xs = np.arange(1.0, 13.0).reshape(2, 3, 2)
    gradient = ml.value_and_grad(loss, has_aux=True)
    (_, drawn), slope = gradient(2.0, xs[0])
    assert slope == pytest.approx(np.sum(drawn * xs[0]))
    (_, drawn), slope = ml.vmap(gradient, in_axes=(None, 0))(2.0, xs)
    np.testing.assert_allclose(slope, np.sum(drawn * xs, axis=(1, 2)))


def test_a_value_that_is_not_like_it_is_refused() -> None:
    """A value that is not like that of `like` is an error."""
    called: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(
        lambda x: x[1:]
    )
    with pytest.raises(ValueError, match=r"shapes \[\(3, 3\)\], and its `like` .* \[\(4, 3\)\]"):
        ml.jit(called)(X)


def test_an_argument_is_not_written_to() -> None:
    """A called function cannot change the program's arrays."""

    def function(x: Array) -> Array:
        x *= 2.0
        return x

    called = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(function)
    x = X.copy()
    with pytest.raises(ValueError, match="read-only"):
        ml.jit(called)(x)
    np.testing.assert_array_equal(x, X)


def test_a_result_that_is_an_argument_is_copied() -> None:
    """A program returns a copy if the function returned its argument."""
    called: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(lambda x: x)
    x = X.copy()
    found = ml.jit(called)(x)
    x[:] = 0.0
    np.testing.assert_array_equal(found, X)


def test_an_argument_may_be_kept() -> None:
    """A called function may keep its arguments: later runs do not change them."""
    kept: list[np.ndarray] = []

    def keep(x: np.ndarray) -> np.ndarray:
        kept.append(x)
        return x

    program = ml.jit(ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(keep))
    doubled = ml.jit(lambda x: program(2.0 * x) + 1.0)
    for scale in (1.0, 10.0):
        doubled(scale * np.ones(2))
    np.testing.assert_array_equal(kept, [[2.0, 2.0], [20.0, 20.0]])


@pytest.mark.parametrize("mapped", [False, True])
def test_nested_loops_reuse_what_was_returned(*, mapped: bool) -> None:
    """Derivatives through nested loops are those of the noise that the value was computed with."""

    def found(transform: Any, *, eager: bool) -> Any:
        rng = np.random.default_rng(0)
        noisy: Any = ml.custom_vjp(
            lambda x: (noisy(x), x), lambda x, g: g * np.cos(x), like=lambda x: x
        )(lambda x: np.sin(x) + rng.normal())

        def loss(w: Any, x: Any) -> Any:
            def inner(c: Any, y: Any) -> Any:
                d = noisy(c * w) * y
                return d, d * w

            def outer(c: Any, row: Any) -> Any:
                d, made = ml.scan(inner, c, row)
                return d + c, np.sum(made)

            last, made = ml.scan(outer, w, x)
            return last * np.sum(made)

        x = np.arange(1.0, 7.0).reshape(3, 2) / 7.0
        if mapped:
            each: Any = ml.vmap(transform(loss, eager=eager), (0, None))
            return each(np.array([0.5]), x)
        return transform(loss, eager=eager)(0.5, x)

    for transform in (ml.value_and_grad, ml.grad):
        assert ml.tree_allclose(found(transform, eager=False), found(transform, eager=True))
