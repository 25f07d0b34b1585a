"""The optimisers and schedules agree with Optax in float64."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import schedules
from miniml.schedules import value_at

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")

pytestmark = pytest.mark.jax

STEPS = 200
RNG = np.random.default_rng(0)
X = RNG.standard_normal((40, 5))
Y = np.sign(X @ RNG.standard_normal(5) + 0.3 * RNG.standard_normal(40))
START: dict[str, Any] = {
    "b": np.array(0.1),
    "w": {"one": RNG.standard_normal((5, 3)), "two": RNG.random(3)},
}


def loss(params: dict[str, Any], data: tuple[Any, Any]) -> Any:
    x, y = data
    scores = np.tanh(x @ params["w"]["one"]) @ params["w"]["two"] + params["b"]
    return np.mean(np.logaddexp(0.0, -y * scores))


def wide(schedule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Have Optax compute a schedule in float64: its counts of 32 bits make it float32."""
    return lambda count: schedule(count.astype(np.int64))


PAIRS: dict[str, tuple[ml.Optimizer, Callable[[], Any]]] = {
    "sgd": (ml.sgd(0.1), lambda: optax.sgd(0.1)),
    "momentum": (ml.momentum(0.1, 0.8), lambda: optax.sgd(0.1, 0.8)),
    "nesterov": (ml.nesterov(0.1, 0.8), lambda: optax.sgd(0.1, 0.8, nesterov=True)),
    # Near a minimum RMSprop steps by noise over noise, and rounding grows: it stays on the slope.
    "rmsprop": (ml.rmsprop(0.001), lambda: optax.rmsprop(0.001, 0.9)),
    "adagrad": (ml.adagrad(0.1), lambda: optax.adagrad(0.1)),
    "adam": (ml.adam(0.01), lambda: optax.adam(0.01)),
    "adamw": (ml.adamw(0.01, weight_decay=0.1), lambda: optax.adamw(0.01, weight_decay=0.1)),
    "adamw, some": (
        ml.adamw(0.01, weight_decay=0.1, where="w.*"),
        lambda: optax.adamw(0.01, weight_decay=0.1, mask={"b": False, "w": True}),
    ),
    "lion": (ml.lion(0.001), lambda: optax.lion(0.001)),
    "clip": (
        ml.chain(ml.clip(0.01), ml.adam(0.01)),
        lambda: optax.chain(optax.clip(0.01), optax.adam(0.01)),
    ),
    "clip by norm": (
        ml.chain(ml.clip_by_global_norm(0.05), ml.sgd(0.3)),
        lambda: optax.chain(optax.clip_by_global_norm(0.05), optax.sgd(0.3)),
    ),
    "decay": (
        ml.chain(ml.add_decayed_weights(0.1, lambda leaf: np.ndim(leaf) == 2), ml.momentum(0.1)),
        lambda: optax.chain(
            optax.add_decayed_weights(0.1, {"b": False, "w": {"one": True, "two": False}}),
            optax.sgd(0.1, 0.9),
        ),
    ),
    "groups": (
        ml.multi_transform(
            ("w.one", ml.adam(schedules.cosine(0.1, STEPS // 2))),
            ("w.*", ml.chain(ml.clip_by_global_norm(0.01), ml.momentum(0.1))),
            ("**", ml.sgd(0.3)),
        ),
        lambda: optax.multi_transform(
            {
                "one": optax.adam(wide(optax.cosine_decay_schedule(0.1, STEPS // 2))),
                "two": optax.chain(optax.clip_by_global_norm(0.01), optax.sgd(0.1, 0.9)),
                "rest": optax.sgd(0.3),
            },
            {"b": "rest", "w": {"one": "one", "two": "two"}},
        ),
    ),
    "scheduled": (
        ml.adam(schedules.cosine(0.1, STEPS // 2)),
        lambda: optax.adam(wide(optax.cosine_decay_schedule(0.1, STEPS // 2))),
    ),
    "warmed up": (
        ml.momentum(schedules.warm_up(schedules.cosine(0.1, 150, 0.01), 50)),
        lambda: optax.sgd(wide(optax.warmup_cosine_decay_schedule(0.0, 0.1, 50, STEPS, 0.01)), 0.9),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_hundred_steps_agree(name: str) -> None:
    """After 200 steps on one loss, parameters agree to 1e-12."""
    ours, make = PAIRS[name]
    theirs = make()
    gradient = ml.grad(loss)
    with jax.enable_x64(True):
        params = START
        state = theirs.init(params)
        for _ in range(STEPS):
            grads = gradient(jax.tree.map(np.asarray, params), (X, Y))
            grads = jax.tree.map(jax.numpy.asarray, grads)
            updates, state = theirs.update(grads, state, params)
            params = optax.apply_updates(params, updates)
        wanted = jax.tree.map(np.asarray, params)
    *_, last = (
        state for state, _ in zip(ml.train(loss, START, (X, Y), ours), range(STEPS), strict=False)
    )
    for found, want in zip(ml.tree_leaves(last.params), ml.tree_leaves(wanted), strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-12, atol=1e-12)


SCHEDULES: dict[str, tuple[schedules.ScalarOrSchedule, Callable[[], Any]]] = {
    "cosine": (
        schedules.cosine(0.1, 30, 0.01),
        lambda: optax.cosine_decay_schedule(0.1, 30, alpha=0.1),
    ),
    "linear": (schedules.linear(0.1, 0.3, 30), lambda: optax.linear_schedule(0.1, 0.3, 30)),
    "exponential": (
        schedules.exponential(0.1, 0.5, 7),
        lambda: optax.exponential_decay(0.1, 7, 0.5),
    ),
    "stairs": (
        schedules.exponential(0.1, 0.5, 7, end=0.02, stairs=True),
        lambda: optax.exponential_decay(0.1, 7, 0.5, staircase=True, end_value=0.02),
    ),
    "growing": (
        schedules.exponential(0.1, 2.0, 7, end=0.5),
        lambda: optax.exponential_decay(0.1, 7, 2.0, end_value=0.5),
    ),
    "piecewise": (
        schedules.piecewise([0.1, 0.05, 0.005], [5, 20]),
        lambda: optax.piecewise_constant_schedule(0.1, {5: 0.5, 20: 0.1}),
    ),
    "warm-up": (
        schedules.warm_up(0.1, 10, 0.02),
        lambda: optax.schedules.warmup_constant_schedule(0.02, 0.1, 10),
    ),
    "warm-up, then cosine": (
        schedules.warm_up(schedules.cosine(0.1, 20), 10),
        lambda: optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 30),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_agree(name: str) -> None:
    """At every count, around each corner too, the values are those of Optax."""
    ours, make = SCHEDULES[name]
    with jax.enable_x64(True):
        theirs = make()
        for count in range(40):
            assert value_at(ours, count) == pytest.approx(float(theirs(count)), abs=1e-14)
