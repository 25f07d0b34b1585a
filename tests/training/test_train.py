"""Training."""

from itertools import islice
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.training import batches
from tests.training.problem import DATA, NET, loss


def test_a_step_is_loss_gradient_update() -> None:
    """The first state is that of one explicit gradient step."""
    value, grads = ml.value_and_grad(loss)(NET, DATA)
    state = next(ml.train(loss, NET, DATA, ml.sgd(0.1)))
    wanted = ml.tree_map(lambda p, g: p - 0.1 * g, NET, grads)
    assert state.loss == pytest.approx(value, rel=1e-13)
    assert ml.tree_allclose(state.params, wanted, rtol=1e-12)


@pytest.mark.parametrize("optimizer", [ml.sgd(0.1), ml.momentum(0.1), ml.adam(0.1)])
def test_training_program_agrees_with_the_optimiser_called_by_hand(
    optimizer: ml.Optimizer,
) -> None:
    """Ten steps as one generated program are ten updates called one by one."""
    params, state = NET, optimizer.init(NET)
    for _ in range(10):
        updates, state = optimizer.update(ml.grad(loss)(params, DATA), state, params)
        params = ml.apply_updates(params, updates)
    *_, last = islice(ml.train(loss, NET, DATA, optimizer), 10)
    assert ml.tree_allclose(last.params, params, rtol=1e-9, atol=1e-12)
    assert last.optimizer_state.count == 10


def test_states_are_never_changed() -> None:
    """Later steps do not change earlier states."""
    states = ml.train(loss, NET, DATA, ml.sgd(0.1))
    first = next(states)
    before = [leaf.copy() for leaf in ml.tree_leaves(first.params)]
    for _ in range(5):
        next(states)
    for leaf, old in zip(ml.tree_leaves(first.params), before, strict=True):
        np.testing.assert_array_equal(leaf, old)


@pytest.mark.parametrize("wrt", [None, lambda net: net.layers[0].b])
def test_a_loss_of_a_model_around_it_is_refused(wrt: Any) -> None:
    """A loss that does not depend on its parameters is an error."""

    def around(_: Any, data: ml.Dataset) -> ml.Scalar:
        return loss(NET, data)

    with pytest.raises(ValueError, match=r"depends on none of the parameters .* first argument"):
        next(ml.train(around, NET, DATA, ml.sgd(0.1), wrt=wrt))
    methods: tuple[Any, ...] = (ml.lbfgs, ml.minimize)
    for method in methods:
        with pytest.raises(ValueError, match=r"depends on none of the parameters"):
            method(around, NET, DATA, wrt=wrt)


def test_the_loss_goes_down() -> None:
    """The mean of the last losses is below that of the first."""
    history = ml.fit(loss, NET, DATA, ml.adam(0.05), steps=200).history
    assert history.loss[-10:].mean() < 0.5 * history.loss[:10].mean()


def test_same_seed_same_bits() -> None:
    """Two runs with mini-batches and one seed end with the same bits."""
    a, b = (ml.fit(loss, NET, DATA, ml.adam(), steps=20, batch_size=8, seed=3) for _ in range(2))
    assert ml.tree_equal(a.state.params, b.state.params)


def test_an_epoch_uses_every_point_once() -> None:
    """The batches of an epoch are a permutation of the points, the last one smaller."""
    stream = batches(np.arange(10), 4, seed=0)
    for epoch in range(3):
        parts = [next(stream) for _ in range(3)]
        assert {number for number, _ in parts} == {epoch}
        assert [len(part) for _, part in parts] == [4, 4, 2]
        assert sorted(np.concatenate([part for _, part in parts])) == list(range(10))


def test_epochs_differ_in_order() -> None:
    """Two epochs visit the points in different orders."""
    stream = batches(np.arange(100), 50, seed=0)
    first, second = (np.concatenate([next(stream)[1], next(stream)[1]]) for _ in range(2))
    assert not np.array_equal(first, second)


def test_leaves_of_different_lengths_are_refused() -> None:
    """Leaves with different numbers of points are an error that shows them."""
    with pytest.raises(ValueError, match=r"'0': \(3,\), '1': \(4,\)"):
        next(batches((np.zeros(3), np.zeros(4)), 2))


def test_a_batch_size_of_zero_is_refused() -> None:
    """A batch needs at least one point."""
    with pytest.raises(ValueError, match="batch_size is 0"):
        next(batches(np.zeros(3), 0))


def test_an_interrupt_returns_what_was_reached() -> None:
    """Ctrl-C ends a run early; the last whole state and its history are returned."""

    def interrupt(state: ml.State[ml.MLP]) -> None:
        if state.step == 7:
            raise KeyboardInterrupt

    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=100, callback=interrupt)
    assert result.stopped == "interrupt"
    assert result.state.step == 7
    assert len(result.history.loss) == 7


def test_no_steps_return_the_parameters_given() -> None:
    """A run of no steps returns its start."""
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=0)
    assert ml.tree_equal(result.state.params, NET)
    assert np.isnan(result.state.loss)


def test_a_schedule_is_traced_again_if_what_it_reads_has_changed(traces: list[str]) -> None:
    """A run reuses the program of an earlier one, unless the schedule now reads another value."""
    rate = 0.25

    def schedule(_: int) -> float:
        return rate

    def loss(w: float, data: ml.Array) -> ml.Scalar:
        mean: ml.Scalar = np.mean(np.square(data - w))
        return mean

    def first() -> float:
        return next(ml.train(loss, 0.0, np.array([1.0, 3.0]), ml.sgd(schedule))).params

    assert [first(), first()] == [1.0, 1.0]
    assert len(traces) == 1
    rate = 0.5
    assert first() == 2.0


slope = 0.25


@ml.model
class Leaky:
    """A model whose method reads a global."""

    w: ml.Array

    def __call__(self, x: ml.Array) -> ml.Array:
        return slope * (x @ self.w)


def leaky(z: ml.Array) -> ml.Array:
    """Scale scores, as an activation."""
    return slope * z


def rising(_: int) -> float:
    return slope


@pytest.mark.parametrize(
    ("params", "optimizer"),
    [
        (Leaky(np.ones(2)), ml.sgd(0.1)),
        (ml.Sequential((Leaky(np.ones(2)),)), ml.adam(0.1)),
        (ml.MLP.init(np.random.default_rng(0), 2, (3,), activation=leaky), ml.sgd(0.1)),
        (NET, ml.chain(ml.sgd(ml.schedules.warm_up(rising, 3)))),
    ],
)
def test_a_model_is_traced_again_if_what_it_reads_has_changed(
    params: Any, optimizer: ml.Optimizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes of what methods, activations and schedules read are seen, for any loss."""

    def reached(loss: Any) -> Any:
        return ml.fit(loss, params, DATA, optimizer, steps=5).state.params

    before = reached(ml.mean_loss)
    monkeypatch.setattr(f"{__name__}.slope", 2.0)
    after = reached(ml.mean_loss)
    assert not ml.tree_equal(after, before)
    assert ml.tree_equal(after, reached(lambda net, data: ml.mean_loss(net, data)))  # noqa: PLW0108  # a new one


def test_lbfgs_reads_anew_what_a_model_reads(
    monkeypatch: pytest.MonkeyPatch, traces: list[str]
) -> None:
    """L-BFGS sees a changed global that a method reads."""

    def reached() -> Any:
        return ml.lbfgs(ml.mean_loss, Leaky(np.ones(2)), DATA, steps=3).state.params

    before = reached()
    monkeypatch.setattr(f"{__name__}.slope", 2.0)
    after = reached()
    assert not ml.tree_equal(after, before)
    traces.clear()
    assert ml.tree_equal(after, reached())
    assert not traces


def test_a_model_that_reads_the_same_is_traced_once(traces: list[str]) -> None:
    """A second run with the same model reuses the program of the first."""
    for _ in range(2):
        ml.fit(ml.mean_loss, Leaky(np.ones(2)), DATA, ml.sgd(0.1), steps=2)
    assert len(traces) <= 1


def test_data_that_are_not_cut_are_any_tree() -> None:
    """Without a batch size, leaves need no common axis, or no axis, and data may be None."""

    def loss(w: float, data: tuple[ml.Array, ml.Array, float]) -> ml.Scalar:
        inner, edge, weight = data
        total: ml.Scalar = np.mean(np.square(w - inner)) + weight * np.mean(np.square(w - edge))
        return total

    def alone(w: float, data: None) -> ml.Scalar:
        assert data is None
        return (w - 2.0) * (w - 2.0)

    data = (np.zeros(3), np.ones((2, 4)), 3.0)
    for run in (
        ml.lbfgs(loss, 0.5, data),
        ml.fit(loss, 0.5, data, ml.sgd(0.1), steps=100, validation=data),
    ):
        assert run.state.params == pytest.approx(0.75)
    assert ml.lbfgs(alone, 0.0, None).state.params == pytest.approx(2.0)
    assert next(ml.train(alone, 0.0, None, ml.sgd(0.5))).params == 2.0
