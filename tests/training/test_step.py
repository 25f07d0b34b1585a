"""A training step as one program, in a user's loop."""

from itertools import islice

import numpy as np
import pytest

import miniml as ml
from miniml.training import batches, step_program
from tests.training.problem import DATA, NET, loss


@pytest.mark.parametrize("optimizer", [ml.adam(0.1), ml.chain(ml.clip(0.5), ml.nesterov(0.1))])
@pytest.mark.parametrize("batch_size", [None, 7])
def test_a_loop_over_step_program_and_batches_is_train(
    optimizer: ml.Optimizer, batch_size: int | None
) -> None:
    """Losses, parameters and optimiser states have the bits of train's."""
    params, memory = NET, optimizer.init(NET)
    program = step_program(loss, params)
    stream = batches(DATA, batch_size, seed=3)
    for state in islice(ml.train(loss, NET, DATA, optimizer, batch_size=batch_size, seed=3), 20):
        epoch, batch = next(stream)
        value, params, memory = program(params, None, memory, optimizer, batch)
        assert (float(value), epoch) == (state.loss, state.epoch)
        assert ml.tree_equal((params, memory), (state.params, state.optimizer_state))


def test_the_batches_from_a_step_on_are_a_function_of_seed_and_step() -> None:
    """A stream that starts at a step gives the batches of one that reached it."""
    alone = list(islice(batches(DATA, 7, seed=3), 20))
    for step in range(20):
        epoch, batch = next(batches(DATA, 7, seed=3, start=step))
        assert epoch == alone[step][0]
        assert ml.tree_equal(batch, alone[step][1])


def test_the_frozen_part_is_an_argument() -> None:
    """The loss sees both parts, and only the first changes."""
    live, frozen = ml.partition(NET, "**.w")
    optimizer = ml.sgd(0.1)
    program = step_program(loss, NET)
    value, after, _ = program(live, frozen, optimizer.init(live), optimizer, DATA)
    assert float(value) == float(loss(NET, DATA))
    assert ml.leaf_names(after) == ml.leaf_names(live)
    (wanted,) = islice(ml.train(loss, NET, DATA, optimizer, trainable="**.w"), 1)
    assert ml.tree_equal(ml.combine(after, frozen), wanted.params)


def test_programs_are_shared_between_learning_rates(traces: list[str]) -> None:
    """A loss is traced once for an optimiser's class, also by train."""

    def counted(params: ml.MLP, data: ml.Dataset) -> ml.Scalar:
        return loss(params, data)

    for rate in (0.1, 0.2):
        optimizer = ml.sgd(rate)
        program = step_program(counted, NET)
        program(NET, None, optimizer.init(NET), optimizer, DATA)
        next(ml.train(counted, NET, DATA, optimizer))
    assert len(traces) == 1
    assert np.isfinite(loss(NET, DATA))
