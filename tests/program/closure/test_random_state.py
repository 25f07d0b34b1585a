"""A traced function that draws random numbers is refused: they would be the same in each run."""

import functools
import random
from collections import OrderedDict, deque
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import miniml as ml

RNG = np.random.default_rng(0)
X = np.ones(3)


def from_a_global(w: Any) -> Any:
    return np.sum(w * RNG.random(3))


def by_another_function(w: Any) -> Any:
    return from_a_global(w) + 1.0


def by_numpy(w: Any) -> Any:
    return np.sum(w * np.random.random(3))  # noqa: NPY002  # what is old-fashioned is found too


def by_python(w: Any) -> Any:
    return np.sum(w * random.random())


def from_an_enclosing_variable() -> Callable[..., Any]:
    rng = np.random.RandomState(0)  # as above
    return lambda w: np.sum(w * rng.rand(3))


class Noisy:
    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)

    def __call__(self, w: Any) -> Any:
        return np.sum(w * self.rng.random(3))


def by_default(w: Any, rng: np.random.Generator = RNG) -> Any:
    return np.sum(w * rng.random(3))


def by_method(draw: Callable[..., Any]) -> Callable[..., Any]:
    return lambda w: np.sum(w * draw(size=3))


def from_a_dictionary(held: dict[str, Any]) -> Callable[..., Any]:
    return lambda w: np.sum(w * held["rng"][0].random(3))


helpers = ModuleType("helpers")
exec(
    "import numpy\nrng = numpy.random.default_rng(0)\ndef noisy(w): return w * rng.random(3)",
    vars(helpers),
)  # stands for a file of the user's
package = ModuleType("package")
vars(package)["helpers"] = helpers


def by_another_module(w: Any) -> Any:
    return np.sum(package.helpers.noisy(w))


def from_another_module(w: Any) -> Any:
    return np.sum(w * helpers.rng.random(3))


def within_a_step(w: Any) -> Any:
    return ml.scan(lambda c, x: (c + x * np.random.random(), None), 0.0, w)[0]  # noqa: NPY002  # as above


class Layered:
    """A model whose generator is two attributes deep, one of them a slot."""

    __slots__ = ("inner",)

    def __init__(self) -> None:
        self.inner = Noisy()

    def loss(self, w: Any) -> Any:
        return self.inner(w)


class Shared:
    rng = np.random.default_rng(0)

    @classmethod
    def loss(cls, w: Any) -> Any:
        return np.sum(w * cls.rng.random(3))


@pytest.mark.parametrize(
    "function",
    [
        by_default,
        functools.partial(lambda rng, w: np.sum(w * rng.random(3)), np.random.default_rng(0)),
        by_method(np.random.default_rng(0).normal),
        from_a_dictionary({"rng": [np.random.default_rng(0)]}),
        from_a_dictionary(OrderedDict(rng=deque([np.random.default_rng(0)]))),
        by_another_module,
        from_another_module,
        within_a_step,
        Layered().loss,
        Shared.loss,
        ml.jit(by_default),
    ],
)
def test_a_draw_is_refused_however_far_the_generator(function: Any) -> None:
    """A draw is refused wherever the function finds the generator."""
    with pytest.raises(ml.TraceError, match="drawn while"):
        ml.grad(function)(X)


@ml.model
class Dropped:
    w: ml.Array
    rng: ml.Static[np.random.Generator]

    def __call__(self, x: ml.Array) -> Any:
        return self.w * x * self.rng.random(3)


def test_a_draw_of_a_layer_is_refused() -> None:
    """A generator may be static, in a model that is an argument."""
    net = {"first": Dropped(X, np.random.default_rng(0))}
    with pytest.raises(ml.TraceError, match="drawn while"):
        ml.grad(lambda m, x: np.sum(m["first"](x)))(net, X)


class Answering:
    """Answers to every name, as some proxies do."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "Answering":
        return self


def test_what_answers_to_every_name_is_left_alone() -> None:
    """A function of C has no attributes to search."""
    proxy: Any = Answering()
    assert ml.grad(lambda w: w * (2.0 if proxy is not None else 1.0))(1.0) == 2.0


@pytest.mark.parametrize(
    "function",
    [
        from_a_global,
        by_another_function,
        by_numpy,
        by_python,
        from_an_enclosing_variable(),
        Noisy(),
    ],
)
@pytest.mark.parametrize("transform", [ml.jit, ml.grad, ml.value_and_grad, ml.hessian])
def test_a_draw_is_refused(transform: Any, function: Any) -> None:
    """A draw from any kind of generator is refused, with the function's line."""
    with pytest.raises(ml.TraceError, match=r"(?s)drawn while .*test_random_state\.py"):
        transform(function)(X)


def test_a_draw_from_an_argument_is_refused() -> None:
    """A draw from a generator in an argument is refused."""
    with pytest.raises(ml.TraceError, match="pass them as an argument"):
        ml.jit(lambda w, rng: np.sum(w * rng.random(3)))(X, np.random.default_rng(0))


def test_a_draw_in_training_is_refused() -> None:
    """A loss that draws its noise is refused before the first step."""
    with pytest.raises(ml.TraceError, match="pass them as an argument"):
        ml.fit(lambda p, _: from_a_global(p), X, np.ones(4), ml.sgd(0.1), steps=1)


def test_what_draws_nothing_is_left_alone() -> None:
    """A generator that is not used, or that the function makes, is allowed."""

    def seeded(w: Any) -> Any:
        assert isinstance(RNG, np.random.Generator)
        return np.sum(w * np.random.default_rng(0).random(3))

    np.testing.assert_array_equal(ml.grad(seeded)(X), np.random.default_rng(0).random(3))


def test_eager_draws_at_each_call() -> None:
    """With eager=True a function may draw."""
    gradient = ml.grad(from_a_global, eager=True)
    assert np.any(gradient(X) != gradient(X))


def test_a_function_that_is_called_draws_at_each_run() -> None:
    """A function that the program calls may draw the mask of dropout."""
    rng = np.random.default_rng(0)
    mask: Any = ml.custom_vjp(lambda x: (x, None), lambda *_: None, like=lambda x: x)(
        lambda x: 2.0 * (rng.random(x.shape) < 0.5)
    )
    gradient = ml.grad(lambda x: np.sum(x * mask(x)))
    drawn = np.stack([gradient(np.ones(1000)) for _ in range(3)])
    assert set(np.unique(drawn)) == {0.0, 2.0}
    assert np.any(drawn[0] != drawn[1])
    assert 0.9 < drawn.mean() < 1.1
