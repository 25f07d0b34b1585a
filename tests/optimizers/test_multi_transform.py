"""Optimisers for groups of the parameters; `test_against_optax` holds them to Optax's."""

from typing import Any

import numpy as np
import pytest

import miniml as ml

PARAMS: dict[str, Any] = {"body": {"w": np.ones(2), "b": 1.0}, "head": {"w": np.ones(2), "b": 1.0}}


def moved(optimizer: ml.Optimizer) -> dict[str, float]:
    """How far one update takes each leaf down a slope of 1."""
    updates, _ = optimizer.update(PARAMS, optimizer.init(PARAMS), PARAMS)
    return {name: -float(np.max(leaf)) for name, leaf in ml.named_leaves(updates).items()}


def test_a_leaf_is_in_the_first_group_that_chooses_it() -> None:
    """A leaf is in the first group that selects it; a group may be empty."""
    optimizer = ml.multi_transform(
        ("body.*", ml.sgd(1.0)), ("*.b", ml.sgd(2.0)), ("**", ml.sgd(3.0)), ("head.w", ml.sgd(4.0))
    )
    assert moved(optimizer) == {"body.b": 1.0, "body.w": 1.0, "head.b": 2.0, "head.w": 3.0}


def test_groups_by_predicate() -> None:
    """A predicate on leaves chooses a group as well, also within a traced step."""
    optimizer = ml.multi_transform(
        (lambda leaf: np.ndim(leaf) == 1, ml.sgd(1.0)), ("**", ml.sgd(2.0))
    )
    wanted = {"body.b": 2.0, "body.w": 1.0, "head.b": 2.0, "head.w": 1.0}
    assert moved(optimizer) == wanted
    step = ml.jit(lambda params: optimizer.update(params, optimizer.init(params), params)[0])
    found = ml.named_leaves(step(PARAMS))
    assert {name: -float(np.max(leaf)) for name, leaf in found.items()} == wanted


@pytest.mark.parametrize(
    "select", [ml.tree.is_array, np.isscalar, lambda leaf: isinstance(leaf, float)]
)
def test_a_predicate_on_types(select: Any) -> None:
    """A traced step asks of arrays and floats, as a call of the optimiser does, not of tracers."""
    for optimizer in (
        ml.multi_transform((select, ml.sgd(1.0)), ("**", ml.sgd(2.0))),
        ml.multi_transform((select, ml.momentum(1.0)), ("**", ml.momentum(2.0))),
        ml.chain(ml.add_decayed_weights(0.5, select), ml.sgd(1.0)),
    ):
        step = ml.jit(lambda params, o=optimizer: o.update(params, o.init(params), params)[0])
        found, wanted = step(PARAMS), optimizer.update(PARAMS, optimizer.init(PARAMS), PARAMS)[0]
        assert ml.tree_equal(found, wanted)


def test_a_predicate_on_values() -> None:
    """A traced step has none, and says so."""
    optimizer = ml.multi_transform(
        (lambda leaf: np.max(leaf) > 0, ml.sgd(1.0)), ("**", ml.sgd(2.0))
    )
    with pytest.raises(ml.TraceError, match="traced value"):
        ml.jit(lambda params: optimizer.update(params, optimizer.init(params), params))(PARAMS)


def test_a_part_counts_only_its_own_parameters() -> None:
    """Clipping within a group takes the norm of that group."""
    clipped = ml.chain(ml.clip_by_global_norm(1.0), ml.sgd(1.0))
    found = moved(ml.multi_transform(("body.b", clipped), ("**", ml.sgd(1.0))))
    assert found == dict.fromkeys(found, 1.0)


def test_another_rate_of_a_group() -> None:
    """The learning rates of the groups are named leaves."""
    optimizer = ml.multi_transform(("body.*", ml.sgd(1.0)), ("**", ml.sgd(2.0)))
    assert ml.named_leaves(optimizer) == {
        "parts.0.learning_rate": 1.0,
        "parts.1.learning_rate": 2.0,
    }
    slower = ml.at(optimizer, lambda o: o.parts[0]).set(ml.sgd(0.5))
    assert moved(slower)["body.w"] == 0.5


def test_of_the_parameters_that_are_trained() -> None:
    """With `trainable`, the groups are of the parameters that are trained."""
    optimizer = ml.multi_transform(("head.b", ml.sgd(1.0)), ("**", ml.sgd(0.0)))

    def loss(params: Any, x: Any) -> Any:
        return sum(np.sum(leaf) * np.sum(x) for leaf in ml.tree_leaves(params))

    result = ml.fit(loss, PARAMS, np.ones(2), optimizer, steps=1, trainable="head.*")
    changed = ml.tree_diff(PARAMS, result.state.params)
    assert [difference.name for difference in changed] == ["head.b"]


def test_leaves_in_no_group_are_refused() -> None:
    """The error names the parameters that have no optimiser."""
    optimizer = ml.multi_transform(("*.w", ml.sgd(0.1)))
    with pytest.raises(
        ValueError, match=r"no group has 'body.b', 'head.b': end with a group '\*\*'"
    ):
        optimizer.init(PARAMS)


def test_a_pattern_without_a_leaf_is_refused() -> None:
    """A mistyped name is an error, not an empty group."""
    optimizer = ml.multi_transform(("bodi.*", ml.sgd(0.1)), ("**", ml.sgd(0.1)))
    with pytest.raises(KeyError, match="nearest names are 'body"):
        optimizer.init(PARAMS)


@pytest.mark.parametrize("given", [[], ["w"], [("w",)], [("w", ml.sgd)], [(3, ml.sgd(0.1))]])
def test_arguments_that_are_not_pairs_are_refused(given: list[Any]) -> None:
    """Each must be a pair of a selector and an optimiser."""
    with pytest.raises(TypeError, match=r"expected|wanted|must be an optimiser"):
        ml.multi_transform(*given)


def test_a_group_whose_optimiser_makes_no_step() -> None:
    """A group that would go uphill, with clipping alone, is refused before the first step."""
    optimizer = ml.multi_transform(("*.w", ml.clip(1.0)), ("**", ml.sgd(0.1)))
    with pytest.raises(ValueError, match="goes uphill"):
        ml.fit(lambda params, _: params["head"]["b"], PARAMS, None, optimizer, steps=1)
