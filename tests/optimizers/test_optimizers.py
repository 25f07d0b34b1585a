"""The optimisers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import schedules
from miniml.optimizers import Optimizer, apply_updates

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": ml.sgd(0.1),
    "momentum": ml.momentum(0.1),
    "nesterov": ml.nesterov(0.1),
    "rmsprop": ml.rmsprop(0.004),
    "adagrad": ml.adagrad(1.0),
    "adam": ml.adam(0.1),
    "adamw": ml.adamw(0.1),
    "lion": ml.lion(0.005),
    "cosine": ml.sgd(schedules.cosine(0.1, 1000)),
    "warm-up": ml.adam(schedules.warm_up(schedules.exponential(0.1, 0.5, 500), 10)),
    "piecewise": ml.momentum(schedules.piecewise([0.1, 0.01], [100])),
    "clipped": ml.chain(ml.clip(0.5), ml.clip_by_global_norm(0.5), ml.sgd(0.1)),
    "grouped": ml.multi_transform(("w", ml.adam(0.1)), ("**", ml.chain(ml.clip(0.5), ml.sgd(0.1)))),
    "decaying": ml.chain(ml.add_decayed_weights(0.1, "w"), ml.sgd(0.1)),
}
PARAMS = ml.Linear(np.array([1.0, -2.0]), 0.5)


def descend(optimizer: Optimizer, steps: int) -> ml.Linear:
    """Descend half the squared norm, whose gradient is the parameters themselves."""
    params, state = PARAMS, optimizer.init(PARAMS)
    for _ in range(steps):
        updates, state = optimizer.update(params, state, params)
        params = apply_updates(params, updates)
    return params


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_reaches_the_minimum_of_a_quadratic(name: str) -> None:
    """Enough steps on a quadratic reach its minimum."""
    reached = descend(OPTIMIZERS[name], 1000)
    assert all(np.all(np.abs(leaf) < 1e-2) for leaf in ml.tree_leaves(reached))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_counts_its_updates(name: str) -> None:
    """The state counts the updates made."""
    optimizer = OPTIMIZERS[name]
    state = optimizer.init(PARAMS)
    for _ in range(3):
        _, state = optimizer.update(PARAMS, state, PARAMS)
    assert state.count == 3


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays_float32(name: str) -> None:
    """The updates and moments of float32 parameters are float32."""
    params = ml.Linear(np.ones(2, np.float32), np.zeros((), np.float32))
    optimizer = OPTIMIZERS[name]
    updates, state = optimizer.update(params, optimizer.init(params), params)
    leaves = ml.tree_leaves((updates, state.moments))
    assert {leaf.dtype for leaf in leaves} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_numbers_of_numpy_change_no_dtype(name: str) -> None:
    """With a float64 learning rate, as of `np.logspace`, the parameters stay float32."""
    optimizer = ml.tree_map(
        lambda leaf: np.float64(leaf) if isinstance(leaf, float) else leaf, OPTIMIZERS[name]
    )
    params = ml.Linear(np.ones(2, np.float32), np.zeros((), np.float32))
    updates, state = optimizer.update(params, optimizer.init(params), params)
    leaves = ml.tree_leaves((updates, state.moments, ml.apply_updates(params, updates)))
    assert {leaf.dtype for leaf in leaves} == {np.dtype(np.float32)}


def test_a_schedule_of_numpy_changes_no_dtype() -> None:
    """With a schedule in NumPy, float32 parameters are float32 after each step."""
    states = ml.train(
        lambda w, x: np.mean(np.square(x - w)),
        np.zeros(2, np.float32),
        np.ones((3, 2), np.float32),
        ml.adam(lambda count: np.float64(0.1) / (1 + count)),
    )
    assert [next(states).params.dtype for _ in range(3)] == [np.dtype(np.float32)] * 3


def test_momentum_is_the_sum_of_decayed_gradients() -> None:
    """After two equal gradients the update is `-learning_rate * (1 + decay) * g`."""
    optimizer = ml.momentum(0.1, 0.5)
    _, state = optimizer.update(PARAMS, optimizer.init(PARAMS), PARAMS)
    updates, _ = optimizer.update(PARAMS, state, PARAMS)
    np.testing.assert_allclose(updates.w, -0.1 * 1.5 * PARAMS.w)


def test_first_step_of_adam_has_the_size_of_its_rate() -> None:
    """Bias correction makes the first step of Adam `-learning_rate * sign(g)`."""
    optimizer = ml.adam(0.1)
    updates, _ = optimizer.update(PARAMS, optimizer.init(PARAMS), PARAMS)
    np.testing.assert_allclose(updates.w, [-0.1, 0.1], rtol=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_gradient_of_another_shape_is_refused(name: str) -> None:
    """A gradient that would broadcast is an error that names the leaf and both shapes."""
    params = ml.Linear(np.ones((3, 3)), 0.0)
    grads = ml.Linear(np.ones((3, 1)), 0.0)
    optimizer = OPTIMIZERS[name]
    with pytest.raises(ValueError, match=r"'w' has shape \(3, 1\), its parameter has \(3, 3\)"):
        optimizer.update(grads, optimizer.init(params), params)


@ml.model
class Curve:
    w: ml.Array
    b: float


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_whole_step_keeps_the_dtypes(name: str, dtype: type[np.floating]) -> None:
    """Traced once, arrays keep their dtypes and Python floats stay Python floats."""
    x = np.linspace(0.0, 1.0, 5, dtype=dtype)

    def loss(params: Curve, data: ml.Array) -> ml.Scalar:
        scores: ml.Array = params.w[0] * data + params.w[1] + params.b
        mean: ml.Scalar = np.mean(np.square(scores - 1.0))
        return mean

    params = Curve(np.array([1.0, 2.0], dtype), 0.5)
    states = ml.train(loss, params, x, OPTIMIZERS[name])
    state = [next(states) for _ in range(3)][-1]
    kinds = [getattr(leaf, "dtype", type(leaf)) for leaf in ml.tree_leaves(state)]
    assert {*kinds} == {int, float, np.dtype(dtype)}
    start = OPTIMIZERS[name].init(params)
    assert ml.tree_structure(state.optimizer_state) == ml.tree_structure(start)


def test_python_floats_stay_python_floats() -> None:
    """The update of a Python float is a Python float without a trace too."""
    for optimizer in OPTIMIZERS.values():
        updates, state = optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})
        assert {type(leaf) for leaf in ml.tree_leaves((updates, state.moments))} == {float}


def test_a_new_rate_makes_no_new_program(traces: list[str]) -> None:
    """The optimiser is an argument of the step: another learning rate runs the same program."""

    @ml.jit
    def step(optimizer: Optimizer, grads: Any, state: Any) -> Any:
        return optimizer.update(grads, state, grads)

    grads = {"w": np.ones(2)}
    for rate, steps in [(0.1, 10), (0.2, 20)]:
        step(ml.adam(schedules.cosine(rate, steps)), grads, ml.adam().init(grads))
    assert len(traces) == 1


def test_a_gradient_of_another_dtype_is_refused() -> None:
    """A gradient that would change its parameter's dtype is an error that names the leaf."""
    params: Any = {"a": {"w": np.ones(3, np.float32)}}
    with pytest.raises(ValueError, match=r"'a\.w' has dtype float64, its parameter has float32"):
        ml.adam().update({"a": {"w": np.ones(3)}}, ml.adam().init(params), params)


def test_an_update_of_another_shape_is_refused() -> None:
    """An update that would broadcast its parameter to another shape is an error with the name."""
    for shape in [(3, 1), (1,), (2, 3)]:
        with pytest.raises(
            ValueError, match=r"update of 'w' has shape .*, its parameter has \(3,\)"
        ):
            apply_updates({"w": np.zeros(3)}, {"w": np.ones(shape)})
    with pytest.raises(ValueError, match=r"update of 'b' has shape \(2,\), its parameter has \(\)"):
        apply_updates({"b": 0.0}, {"b": np.ones(2)})


def test_a_gradient_of_another_structure_is_refused_by_the_place() -> None:
    """A missing or an extra leaf of the gradient is an error that names it."""
    params: Any = {"a": {"b": 1.0, "w": 1.0}}
    for grads in ({"a": {"w": 1.0}}, {"a": {"w": 1.0, "c": 1.0}}):
        with pytest.raises(
            ValueError, match=r"gradients do not fit the parameters: at a .* missing b"
        ):
            ml.sgd(0.1).update(grads, ml.sgd(0.1).init(params), params)


def test_clipping_by_norm_leaves_short_gradients() -> None:
    """A gradient within the limit keeps its bits, also a zero one."""
    part = ml.clip_by_global_norm(10.0)
    for grads in (PARAMS, ml.Linear(np.zeros(2), 0.0)):
        clipped, _ = part.update(grads, part.init(PARAMS), PARAMS)
        assert ml.tree_equal(clipped, grads)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.cosine(0.1, 0), "steps is 0"),
        (lambda: schedules.warm_up(0.1, -1), "steps is -1"),
        (lambda: schedules.exponential(0.1, 0.5, 0), "every is 0"),
        (lambda: schedules.piecewise([0.1], [1]), "1 rates need 0 boundaries"),
        (lambda: schedules.piecewise([0.1, 0.2, 0.3], [2, 2]), "must increase"),
        (lambda: schedules.piecewise([0.1, -0.2], [2]), r"rates\[1\] is -0.2"),
        (lambda: schedules.linear(0.1, np.nan, 10), "end is nan"),
        (lambda: schedules.exponential(0.1, -0.5, 10), "factor is -0.5"),
        (lambda: schedules.warm_up(-1.0, 10), "WarmUp.learning_rate is -1.0"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    """The errors of schedules name the argument."""
    with pytest.raises(ValueError, match=message):
        make()


def test_the_form_of_optax_is_refused_with_an_example() -> None:
    """The form of Optax, a first value and a dict, is refused with an example of ours."""
    rate: Any = 0.1
    later: Any = {10: 0.01}
    with pytest.raises(TypeError, match=r"rates is 0\.1, .* as in piecewise\(\[0\.1, 0\.01\], \["):
        schedules.piecewise(rate, later)


UNLIKELY: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (
        ml.sgd,
        {"learning_rate": -1.0},
        "SGD.learning_rate is -1.0: it must be a finite number, 0 or more, or a sch",
    ),
    (ml.adam, {"learning_rate": np.nan}, "Adam.learning_rate is nan"),
    (ml.adam, {"learning_rate": np.inf}, "Adam.learning_rate is inf"),
    (ml.adam, {"learning_rate": lambda count: 0.1 / count}, r"\(0\) fails: float division by zero"),
    (ml.adam, {"learning_rate": lambda count: count - 1.0}, r"\(0\) is -1.0"),
    (ml.adam, {"b1": 1.0}, "Adam.b1 is 1.0: it must be a number from 0 to below 1"),
    (ml.adam, {"b2": -0.1}, "Adam.b2 is -0.1"),
    (ml.adam, {"eps": 0.0}, "Adam.eps is 0.0: it must be a finite number above 0"),
    (ml.adamw, {"weight_decay": -1.0}, "Adam.weight_decay is -1.0"),
    (ml.momentum, {"learning_rate": 0.1, "decay": 2.0}, "Momentum.decay is 2.0"),
    (ml.nesterov, {"learning_rate": 0.1, "decay": 1.0}, "Momentum.decay is 1.0"),
    (ml.rmsprop, {"learning_rate": 0.1, "decay": 1.0}, "RMSprop.decay is 1.0"),
    (
        ml.adagrad,
        {"learning_rate": 0.1, "initial_accumulator_value": -1.0},
        "Adagrad.initial_accumulator_value is -1.0",
    ),
    (ml.lion, {"learning_rate": 0.1, "weight_decay": np.inf}, "Lion.weight_decay is inf"),
    (ml.clip, {"max_delta": 0.0}, "Clip.max_delta is 0.0"),
    (ml.clip_by_global_norm, {"max_norm": -1.0}, "ClipByGlobalNorm.max_norm is -1.0"),
    (ml.add_decayed_weights, {"weight_decay": -1.0}, "AddDecayedWeights.weight_decay is -1.0"),
    (ml.chain, {}, r"Chain.parts needs at least one part"),
]


@pytest.mark.parametrize(("make", "arguments", "message"), UNLIKELY)
def test_a_number_out_of_range_is_refused(
    make: Callable[..., object], arguments: dict[str, Any], message: str
) -> None:
    """The errors of optimisers name the argument, and what it must be."""
    with pytest.raises(ValueError, match=message):
        make(**arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ml.adam("0.1"), "Adam.learning_rate is '0.1', of type str"),  # type: ignore[arg-type]
        (lambda: ml.sgd(True), "SGD.learning_rate is True"),
        (lambda: ml.sgd(ml.adam()), "SGD.learning_rate is Adam"),  # type: ignore[arg-type]
        (lambda: ml.sgd(schedules.cosine), "'steps'. A schedule takes the number of updates"),  # type: ignore[arg-type]
        (lambda: ml.sgd(lambda _: "0.1"), r"\(0\) is '0.1', of type str"),  # type: ignore[arg-type,return-value]
        (lambda: ml.adamw(where=3), "3 is not a selector: expected name patterns"),  # type: ignore[arg-type]
        (lambda: ml.chain(ml.clip(1.0), ml.adam), r"Chain.parts\[1\] is .* call it, as in adam"),  # type: ignore[arg-type]
        (lambda: ml.chain([ml.adam()]), r"Chain.parts\[0\] is \[.*, of type list"),  # type: ignore[arg-type]
        (lambda: schedules.cosine(0.1, 10.0), "Cosine.steps is 10.0, of type float: .* write 10"),  # type: ignore[arg-type]
        (lambda: schedules.piecewise([0.1, 0.2], [2.5]), r"boundaries\[0\] is 2.5"),  # type: ignore[list-item]
    ],
)
def test_an_argument_of_another_type_is_refused(make: Callable[[], object], message: str) -> None:
    """For text, a factory that was not called or a list, the error says what was expected."""
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize("rate", [0.0, 1, np.float32(0.1), np.array(0.1), lambda _: 0.1])
def test_a_rate_is_any_number_or_function(rate: Any) -> None:
    """A learning rate may be zero, of any numeric type, or a function of the count."""
    optimizer = ml.sgd(rate)
    updates, _ = optimizer.update(PARAMS, optimizer.init(PARAMS), PARAMS)
    wanted = rate(0) if callable(rate) else rate
    np.testing.assert_allclose(updates.w, -float(wanted) * PARAMS.w)


def test_check_finds_a_rate_that_was_replaced() -> None:
    """Replacing leaves validates nothing; `check` does, and names the path."""
    wrong = ml.at(ml.chain(ml.clip(1.0), ml.adam()), lambda c: c.parts[1].learning_rate).set(-1.0)  # type: ignore[attr-defined]
    with pytest.raises(
        ValueError, match=r"at parts\.1\.learning_rate: Adam\.learning_rate is -1\.0"
    ):
        ml.check(wrong)


@pytest.mark.parametrize("stairs", [False, True])
@pytest.mark.parametrize("factor", [1.1, 2])
def test_a_growing_rate_stays_at_its_end(factor: float, *, stairs: bool) -> None:
    """If the power overflows, a growing rate is at its end, in and outside of a trace."""
    rate = schedules.exponential(1e-6, factor, every=1, end=0.5, stairs=stairs)
    for schedule in (rate, schedules.warm_up(rate, 10)):
        assert schedule(100_000) == ml.jit(schedule)(100_000) == 0.5


def test_several_name_patterns_choose_what_decays() -> None:
    """Patterns may come as a list."""
    part = ml.add_decayed_weights(0.5, where=["w", "b"])
    updates, _ = part.update(PARAMS, part.init(PARAMS), PARAMS)
    assert (updates.w / PARAMS.w).tolist() == [1.5, 1.5]
    assert updates.b == 1.5 * PARAMS.b


def test_what_decays_is_among_what_is_trained() -> None:
    """A pattern that matches only frozen parameters is an error that says so."""
    data = ml.Dataset(np.ones((2, 2)), np.array([-1.0, 1.0]))
    states = ml.train(ml.mean_loss, PARAMS, data, ml.adamw(where="w"), trainable="b")
    with pytest.raises(KeyError, match=r"'w'.*`where` selects among the parameters that are train"):
        next(states)
