"""A function that is not pure is refused: its program would repeat what it did once."""

import itertools
import os
import random
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml

X = np.ones(3)
COUNTER = itertools.count()
LARGE = np.zeros((1 << 17, 2))
STATE = {"calls": 0}
calls = 0


def unseeded(w: Any) -> Any:
    return np.sum(w * w * np.random.default_rng().random(3))


def dropped(w: Any) -> Any:
    return np.sum(w * w * (np.random.default_rng().random(3) < 0.5))


def of_a_thrown_die(w: Any) -> Any:
    sides = secrets.randbelow(1_000_000)  # with two, each 128th test would fail
    return w[0] ** 2 if sides == 0 else w[0] ** sides


def by_system(w: Any) -> Any:
    return np.sum(w * w) * random.SystemRandom().random()


def by_torch(w: Any) -> Any:
    torch = pytest.importorskip("torch")
    return np.sum(w * w * torch.randn(3).numpy())


def timed(w: Any) -> Any:
    return np.sum(w * w) * time.time()


def counted(w: Any) -> Any:
    return np.sum(w * w) * next(COUNTER)


def counted_in_a_global(w: Any) -> Any:
    global calls  # noqa: PLW0603  # what is refused
    calls += 1
    return np.sum(w * w) * calls


def counted_in_a_dictionary(w: Any) -> Any:
    STATE["calls"] += 1
    return np.sum(w * w) * STATE["calls"]


def counted_in_an_attribute() -> Callable[[Any], Any]:
    def loss(w: Any) -> Any:
        held.calls = getattr(held, "calls", 0) + 1
        return np.sum(w * w) * held.calls

    held: Any = loss
    return loss


def by_system_bytes(w: Any) -> Any:
    return np.sum(w * w) * os.urandom(8)[0]


def named(w: Any) -> Any:
    return np.sum(w * w) * (uuid.uuid4().int % 1_000_003)


def counted_in_a_large_array(w: Any) -> Any:
    LARGE[-1, 1] += 1
    return np.sum(w * w) * LARGE[-1, 1]


def of_a_random_matrix(w: Any) -> Any:
    sparse = pytest.importorskip("scipy.sparse")
    return np.sum(w * w * sparse.rand(3, 3, density=1.0).toarray()[0])


def within_a_step(w: Any) -> Any:
    return ml.scan(lambda c, x: (c + x * x * time.perf_counter(), None), 0.0, w)[0]


def shaped_by_chance(w: Any) -> Any:
    return np.broadcast_to(w[0], int(np.random.default_rng().integers(1, 1_000_000)))


def keyed_by_chance(w: Any) -> Any:
    return {str(uuid.uuid4()): np.sum(w)}


IMPURE = [
    unseeded,
    dropped,
    of_a_thrown_die,
    by_system,
    by_torch,
    timed,
    counted,
    counted_in_a_global,
    counted_in_a_dictionary,
    counted_in_an_attribute(),
    by_system_bytes,
    named,
    counted_in_a_large_array,
    within_a_step,
]


@pytest.mark.parametrize("function", IMPURE)
@pytest.mark.parametrize("transform", [ml.grad, ml.jit, ml.hessian, ml.value_and_grad])
def test_what_is_not_pure_is_refused(transform: Any, function: Any) -> None:
    """An impure function is refused, with the user's line and the way out."""
    with pytest.raises(ml.TraceError, match=r"(?s)is not pure.*eager=True.*test_purity\.py:\d+"):
        transform(function)(X)


def test_a_draw_of_another_library_is_refused() -> None:
    """So is a function of SciPy that draws, by the state of NumPy's generator if the walk finds that."""
    with pytest.raises(ml.TraceError, match=r"is not pure|numbers \(of numpy\.random\) were drawn"):
        ml.grad(of_a_random_matrix)(X)


@pytest.mark.parametrize("function", [shaped_by_chance, keyed_by_chance])
def test_another_result_is_refused(function: Any) -> None:
    """So is a function that returns another structure or shape."""
    with pytest.raises(ml.TraceError, match=r"is not pure"):
        ml.jit(function)(X)


def test_another_constant_is_refused() -> None:
    """So is a function with a result that depends on no argument and changes."""
    with pytest.raises(ml.TraceError, match=r"is not pure.*it returns"):
        ml.jit(lambda w: (w, next(COUNTER)))(X)


@pytest.mark.parametrize(
    "train",
    [
        lambda loss: ml.fit(loss, X, None, ml.sgd(0.1), steps=2),
        lambda loss: next(ml.train(loss, X, None, ml.adam(0.1))),
        lambda loss: ml.lbfgs(loss, X, None),
        lambda loss: ml.minimize(loss, X, None),
    ],
)
def test_training_on_dropout_is_refused(train: Any) -> None:
    """A mask drawn inside a loss would never train some weights: it is refused before the first step."""

    def loss(w: Any, _: None) -> Any:
        return np.sum(w**2 * (np.random.default_rng().random(3) < 0.5))

    with pytest.raises(ml.TraceError, match=r"is not pure.*`augment`"):
        train(loss)


def test_eager_traces_may_differ() -> None:
    """With eager=True an impure function runs at each call."""
    gradient = ml.grad(unseeded, eager=True)
    assert np.any(gradient(X) != gradient(X))


@pytest.mark.parametrize(
    "function",
    [
        lambda w: np.sum(w * np.random.default_rng(0).random(3)),
        lambda w: np.sum(w) * getattr(np, "pi"),  # noqa: B009  # not followed
        lambda w: np.sum(w) * len(os.environ["PATH"]),
    ],
)
def test_what_is_pure_but_not_proved_is_taken(function: Any, traces: list[str]) -> None:
    """What cannot be followed is traced again once, or some times if it may be random, and no more."""
    gradient = ml.grad(function)
    np.testing.assert_array_equal(gradient(X), gradient(X))
    first = len(traces)
    assert first in {2, 8}
    np.testing.assert_array_equal(ml.grad(function)(X), gradient(X))
    assert len(traces) == first + 1


def test_what_is_proved_is_traced_once(traces: list[str]) -> None:
    """A function all of whose surroundings can be followed is not traced again."""
    net = ml.MLP.init(np.random.default_rng(0), 2, (3,))
    ml.value_and_grad(ml.mean_loss)(net, ml.Dataset(np.ones((4, 2)), np.ones(4)))
    assert len(traces) == 1


def test_a_second_trace_that_fails_says_so() -> None:
    """If only the second trace fails, the error says that it is a check."""
    fresh = [True]

    def once(w: Any) -> Any:
        return np.sum(w) * fresh.pop()

    with pytest.raises(
        ml.TraceError, match="a second time, as a check that it is pure, and failed"
    ):
        ml.grad(once)(X)


def test_custom_rules_made_in_the_loss_are_no_difference() -> None:
    """A custom_vjp made within the loss is another object in each trace, and pure."""

    def loss(w: Any) -> Any:
        clipped: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(np.tanh)
        return np.sum(clipped(w)) * getattr(np, "pi")  # noqa: B009  # not followed

    np.testing.assert_array_equal(ml.grad(loss)(X), np.full(3, np.pi))


rate = 1.0


def annealed(w: Any, data: Any) -> Any:
    return rate * np.mean(np.square(data - w))


class TestChangesDuringARun:
    """What the loss reads may not change between the steps of a run."""

    def test_by_a_callback(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A callback that binds a global that the loss reads is refused, with the way out."""

        def anneal(state: Any) -> None:
            monkeypatch.setitem(globals(), "rate", 1.0 / state.step)

        with pytest.raises(
            ml.TraceError, match=r"(?s)has changed since.*pass what changes as an argument"
        ):
            ml.fit(annealed, 0.0, X, ml.sgd(0.1), steps=20, callback=anneal)

    def test_by_a_callback_in_a_rhythm(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """So is one that changes it for some steps of each eight, late in the run."""

        def alternate(state: Any) -> None:
            late = state.step % 8 in {1, 2, 3} and state.step > 50
            monkeypatch.setitem(globals(), "rate", 2.0 if late else 1.0)

        with pytest.raises(ml.TraceError, match="has changed since"):
            ml.fit(annealed, 0.0, X, ml.sgd(0.1), steps=100, callback=alternate)

    def test_by_a_callback_after_the_last_step_but_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So is one that does it just before the end."""

        def late(state: Any) -> None:
            monkeypatch.setitem(globals(), "rate", 2.0 if state.step == 99 else 1.0)

        with pytest.raises(ml.TraceError, match="has changed since"):
            ml.fit(annealed, 0.0, X, ml.sgd(0.1), steps=100, callback=late)

    @pytest.mark.parametrize("search", [ml.lbfgs, ml.minimize])
    def test_by_a_callback_of_a_search(self, search: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """So is a callback of a search for the minimum."""

        def anneal(state: Any) -> None:
            monkeypatch.setitem(globals(), "rate", 1.0 + state.step)

        def bent(w: Any, data: Any) -> Any:
            return rate * np.sum((w[1:] - w[:-1] ** 2) ** 2) + annealed(w, data)

        with pytest.raises(ml.TraceError, match="has changed since"):
            search(bent, np.full(3, 0.3), X, callback=anneal)

    def test_between_states(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """So is a loop over `train` that does it, some steps later at the latest."""
        states = ml.train(annealed, 0.0, X, ml.sgd(0.1))
        for _ in range(30):
            next(states)
        monkeypatch.setitem(globals(), "rate", 2.0)
        with pytest.raises(ml.TraceError, match="has changed since"):
            list(itertools.islice(states, 200))

    def test_a_log_may_grow(self) -> None:
        """A callback may change what the loss can reach and does not use."""

        class Trainer:
            def __init__(self) -> None:
                self.losses: list[float] = []

            def loss(self, w: float, data: Any) -> Any:
                return np.mean(np.square(data - w))

            def note(self, state: Any) -> None:
                self.losses.append(state.loss)

        trainer = Trainer()
        ml.fit(trainer.loss, 0.0, X, ml.sgd(0.1), steps=30, callback=trainer.note)
        assert len(trainer.losses) == 30
