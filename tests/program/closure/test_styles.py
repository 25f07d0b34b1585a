"""A transform made anew computes with the settings of the time, however these are held."""

import abc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from tests.program.closure import settings as other
from tests.program.closure import styles
from tests.program.closure.odd_styles import ODD_PROVED, ODD_STYLES
from tests.program.closure.styles import PROVED, STYLES

ALL = STYLES | ODD_STYLES


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what the styles change for other tests."""
    monkeypatch.setattr(styles.Settings, "penalty", styles.Settings.penalty)
    monkeypatch.setattr(styles.Settings, "shared", 1.0)
    monkeypatch.setattr(styles.Registry, "l2", 1.0)
    monkeypatch.setattr(other, "L2", 1.0)
    monkeypatch.setattr(styles, "L2", 1.0)
    monkeypatch.setenv("MINIML_TEST_L2", "1.0")
    styles.Level.ONE.value.l2 = 1.0
    with np.printoptions():
        yield


@pytest.mark.parametrize("style", ALL)
@pytest.mark.parametrize("transform", [ml.grad, ml.jit], ids=["grad", "jit"])
def test_a_changed_setting_is_read_again(style: str, transform: Any) -> None:
    """A transform made anew gives what the function itself would give now."""
    loss, put = ALL[style]()
    for l2 in (1.0, 10.0, 10.0, 0.5, 1.0):
        put(l2)
        assert transform(loss)(0.5) == (l2 if transform is ml.grad else 0.25 * l2)


@pytest.mark.parametrize("style", ALL)
def test_training_reads_a_changed_setting(style: str) -> None:
    """So do training and the searches for a minimum."""
    penalty, put = ALL[style]()

    def loss(w: float, _: None) -> Any:
        return (w - 3.0) ** 2 + penalty(w)

    for l2 in (1.0, 10.0):
        put(l2)
        minimum = 3.0 / (1.0 + l2)
        assert ml.lbfgs(loss, 1.0, None).state.params == pytest.approx(minimum)
        assert ml.minimize(loss, 1.0, None).state.params == pytest.approx(minimum)
        step = ml.fit(loss, 0.0, None, ml.sgd(0.25 / (1.0 + l2)), steps=60)
        assert step.state.params == pytest.approx(minimum)


@pytest.mark.parametrize("style", sorted(PROVED | ODD_PROVED))
def test_a_setting_that_stays_is_not_traced_again(style: str, traces: list[str]) -> None:
    """If nothing has changed, the program is found without a trace."""
    loss, _ = ALL[style]()
    ml.grad(loss)(0.5)
    ml.grad(loss)(0.5)
    assert len(traces) == 1


@pytest.mark.parametrize("style", ALL)
def test_the_compiled_program_is_found(style: str) -> None:
    """If nothing has changed, nothing is compiled again, even where a trace is needed to know."""
    loss, _ = ALL[style]()
    first = ml.grad(loss).lower(0.5)
    assert ml.grad(loss).lower(0.5).program is first.program


@given(
    st.lists(st.tuples(st.sampled_from(sorted(ALL)), st.sampled_from([1.0, 2.0, 3.0])), max_size=6)
)
def test_several_settings(steps: list[tuple[str, float]]) -> None:
    """The law: after any changes, a transform made anew equals the function of the time."""
    held = [style() for name, style in ALL.items() if "set anew" not in name]
    by_name = dict(zip((n for n in ALL if "set anew" not in n), held, strict=True))

    def loss(w: float) -> Any:
        return sum(one(w) for one, _ in held)

    for name, value in steps:
        if name in by_name:
            by_name[name][1](value)
        assert ml.jit(loss)(0.5) == pytest.approx(loss(0.5), rel=1e-12)


def test_the_registration_of_a_class_is_seen() -> None:
    """A class that is registered as an abstract one changes what `isinstance` says."""

    class Abstract(abc.ABC):  # noqa: B024  # for its registrations
        pass

    class Kind:
        pass

    thing = Kind()

    def loss(w: float) -> float:
        return 2.0 * w if isinstance(thing, Abstract) else w

    assert ml.grad(loss)(1.0) == 1.0
    Abstract.register(Kind)
    assert ml.grad(loss)(1.0) == 2.0


def test_a_transform_that_is_kept_goes_on() -> None:
    """A transform that is kept does not read a setting again, as in JAX."""
    settings = styles.Settings()
    gradient = ml.grad(lambda w: settings.l2 * w)
    assert gradient(1.0) == 1.0
    settings.l2 = 2.0
    assert gradient(1.0) == 1.0


def test_a_large_configuration_is_followed(traces: list[str]) -> None:
    """Thousands of numbers in dictionaries are proved, and a change of one is seen."""
    settings = {name: dict.fromkeys(range(300), 1.0) for name in "abcdefghijklmnopqrst"}

    def loss(w: float) -> float:
        return settings["a"][0] * w

    assert [ml.grad(loss)(1.0) for _ in range(2)] == [1.0, 1.0]
    assert len(traces) == 1
    settings["a"][0] = 2.0
    assert ml.grad(loss)(1.0) == 2.0


def test_the_largest_configuration_is_read_each_time() -> None:
    """More than can be followed is read by a trace."""
    settings = [1.0] * 100_000

    def loss(w: float) -> float:
        return settings[-1] * w

    assert ml.grad(loss)(1.0) == 1.0
    settings[-1] = 2.0
    assert ml.grad(loss)(1.0) == 2.0
