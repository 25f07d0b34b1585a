"""Losses over points are cut into chunks and give the same; losses that mix points run whole."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import miniml as ml
from miniml.program import rules
from miniml.program.chunking import point_analysis as batch
from miniml.program.rules.axes import ALONE, axes_of
from miniml.program.rules.define import Primitive

POINTS, WIDTH, CLASSES, STEPS = 101, 4, 5, 6
Loss = Callable[[Any, Any, Any], Any]


pytestmark = pytest.mark.usefixtures("small_chunks")


def params() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    shapes = {"w": (WIDTH, CLASSES), "b": (CLASSES,), "e": (CLASSES, WIDTH), "q": (WIDTH, WIDTH)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def points(count: int = POINTS) -> tuple[Any, Any]:
    """Points and their classes."""
    rng = np.random.default_rng(1)
    return rng.normal(size=(count, WIDTH)), rng.integers(0, CLASSES, count)


def sequences(count: int = POINTS) -> tuple[Any, Any]:
    """Sequences of points, each with its class."""
    rng = np.random.default_rng(2)
    return rng.normal(size=(count, STEPS, WIDTH)), rng.integers(0, CLASSES, (count, STEPS))


def check_cut(loss: Loss, x: Any, y: Any) -> None:
    """The loss is cut, and its value and gradient are those of eager evaluation."""
    gradient = ml.value_and_grad(loss)
    assert gradient.explain(params(), x, y).chunks > 1
    check_same(loss, x, y)


def check_same(loss: Loss, x: Any, y: Any) -> None:
    expected = ml.value_and_grad(loss, eager=True)(params(), x, y)
    found = ml.value_and_grad(loss)(params(), x, y)
    assert ml.tree_allclose(found, expected, rtol=1e-10, atol=1e-12)


def logits(p: Any, x: Any) -> Any:
    return x @ p["w"] + p["b"]


def log_softmax(z: Any) -> Any:
    return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)


def by_index(p: Any, x: Any, y: Any) -> Any:
    return -np.mean(log_softmax(logits(p, x))[np.arange(len(y)), y])


def by_take_along(p: Any, x: Any, y: Any) -> Any:
    return -np.mean(np.take_along_axis(log_softmax(logits(p, x)), y[:, None], axis=1))


def by_comparison(p: Any, x: Any, y: Any) -> Any:
    return -np.sum((y[:, None] == np.arange(CLASSES)) * log_softmax(logits(p, x))) / len(y)


def of_library(p: Any, x: Any, y: Any) -> Any:
    return np.mean(ml.softmax_cross_entropy(logits(p, x), y))


def of_tokens(p: Any, x: Any, y: Any) -> Any:
    z = log_softmax(logits(p, x)).reshape(-1, CLASSES)
    return -np.mean(z[np.arange(len(z)), y.reshape(-1)])


def of_tokens_merged_first(p: Any, x: Any, y: Any) -> Any:
    z = log_softmax(logits(p, x.reshape(-1, WIDTH)))
    return -np.mean(np.take_along_axis(z, y.reshape(-1, 1), axis=1))


def of_tokens_along_last(p: Any, x: Any, y: Any) -> Any:
    return -np.mean(np.take_along_axis(log_softmax(logits(p, x)), y[..., None], axis=-1))


def attention(p: Any, x: Any, _y: Any) -> Any:
    score = np.einsum("nti,nsi->nts", x @ p["q"], x) / 2.0
    weights = ml.softmax(np.where(np.tri(STEPS, dtype=bool), score, -np.inf))
    return np.mean(logits(p, np.mean(weights @ x, axis=1)) ** 2)


def layer_norm(p: Any, x: Any, _y: Any) -> Any:
    h = x @ p["w"]
    h = (h - np.mean(h, -1, keepdims=True)) / np.sqrt(np.var(h, -1, keepdims=True) + 1e-5)
    return np.mean((h * p["b"]) ** 3)


def max_pool(p: Any, x: Any, _y: Any) -> Any:
    h = np.tanh(logits(p, x))
    return np.sum(h.reshape(len(h), STEPS // 2, 2, CLASSES).max(axis=2) ** 2)


def bag_of_words(p: Any, _x: Any, y: Any) -> Any:
    return np.mean(logits(p, np.mean(p["e"][y], axis=1)) ** 2)


def gaussian(p: Any, x: Any, _y: Any) -> Any:
    lower = np.linalg.cholesky(p["q"] @ p["q"].T + np.eye(WIDTH))
    return np.sum(np.linalg.solve(lower, x.T) ** 2) + np.linalg.slogdet(lower)[1]


def matrix_for_each(p: Any, x: Any, _y: Any) -> Any:
    grams = np.swapaxes(x, 1, 2) @ x + p["q"] @ p["q"].T + np.eye(WIDTH)
    return np.sum(np.linalg.solve(grams, x[:, 0, :, None]) ** 2) + np.sum(np.linalg.det(grams))


def interpolated(p: Any, x: Any, _y: Any) -> Any:
    return np.mean(np.interp(x[:, 0], np.arange(-2.0, 3.0), p["b"]) ** 2)


def greedy(p: Any, x: Any, y: Any) -> Any:
    z = logits(p, x)
    best = np.take_along_axis(z, np.argmax(z, axis=1)[:, None], axis=1)
    return np.mean(np.where(np.argmin(z, axis=1) == y, best[:, 0], 0.0) ** 2)


def on(function: Callable[[Any], Any]) -> Loss:
    """A loss that squares a function of the scores."""
    return lambda p, x, _y: np.mean(function(logits(p, x)) ** 2)


ALONG_OTHER_AXES: dict[str, Callable[[Any], Any]] = {
    "cumsum": lambda z: np.cumsum(z, axis=1),
    "cumsum of columns": lambda z: np.cumsum(z.T, axis=0),
    "cumprod": lambda z: np.cumprod(z, axis=1),
    "running maximum": lambda z: np.maximum.accumulate(z, axis=1),
    "prod": lambda z: np.prod(z, axis=1),
    "sort": lambda z: np.sort(z, axis=1) * np.arange(CLASSES),
    "median": lambda z: np.median(z, axis=1),
    "partition": lambda z: np.partition(z, 2, axis=1)[:, :2],
    "quantile": lambda z: np.quantile(z, [0.2, 0.7], axis=1),
    "take": lambda z: np.take(z, [0, 2, 2], axis=1),
    "flip and roll": lambda z: np.flip(z, 1) * np.roll(z, 1, axis=1),
    "pad": lambda z: np.pad(z, ((0, 0), (1, 2)), mode="edge"),
    "split": lambda z: np.subtract(*np.split(z[:, :4], 2, axis=1)),
    "tile and repeat": lambda z: np.tile(z, (1, 2)) * np.repeat(z, 2, axis=1),
    "any and all": lambda z: np.where(
        np.any(z > 1.0, axis=1), z[:, 0], np.where(np.all(z < 0.5, axis=1), z[:, 1], 0.0)
    ),
    "peak to peak": lambda z: np.ptp(z, axis=1),
    "diagonal": lambda z: np.diagonal(z[:, :4].reshape(-1, 2, 2), axis1=1, axis2=2),
    "ravel": np.ravel,
}


class TestCut:
    @pytest.mark.parametrize(
        "loss",
        [
            *(by_index, by_take_along, by_comparison, of_library),
            *(layer_norm, gaussian, interpolated, greedy),
        ],
    )
    def test_points(self, loss: Loss) -> None:
        """A loss over points is cut, with the same result."""
        check_cut(loss, *points())

    @pytest.mark.parametrize(
        "loss",
        [
            *(of_library, of_tokens, of_tokens_merged_first, of_tokens_along_last),
            *(attention, max_pool, bag_of_words, matrix_for_each),
        ],
    )
    def test_sequences(self, loss: Loss) -> None:
        """A loss over sequences is cut between them, with the same result."""
        check_cut(loss, *sequences())

    @pytest.mark.parametrize("name", ALONG_OTHER_AXES)
    def test_other_axes(self, name: str) -> None:
        """An operation along another axis than the points' is cut, with the same result."""
        check_cut(on(ALONG_OTHER_AXES[name]), *points())

    def test_rows_taken_are_outputs(self) -> None:
        """The losses of the points are returned in order."""
        x, y = points()
        each = ml.jit(lambda p, x, y: (log_softmax(logits(p, x))[np.arange(len(y)), y], np.sum(x)))
        assert each.explain(params(), x, y).chunks > 1
        expected = log_softmax(logits(params(), x))[np.arange(len(y)), y]
        np.testing.assert_allclose(each(params(), x, y)[0], expected, rtol=1e-12)

    def test_second_derivative(self) -> None:
        """A Hessian-vector product of a cross entropy by index is cut as well."""
        x, y = points()
        product = ml.hvp(by_index)
        assert product.explain(params(), params(), x, y).chunks > 1
        gradient = ml.grad(by_index, eager=True)
        step = 1e-5
        ends = [
            gradient({k: v * (1.0 + sign * step) for k, v in params().items()}, x, y)
            for sign in (1.0, -1.0)
        ]
        slope = ml.tree_map(lambda a, b: (a - b) / (2.0 * step), *ends)
        assert ml.tree_allclose(product(params(), params(), x, y), slope, rtol=1e-6, atol=1e-8)


class TestSumsBefore:
    @pytest.mark.parametrize(
        "loss",
        [
            lambda p, x, _y: np.mean(logits(p, x) ** 2, where=x[:, :1] > 0.0),
            lambda p, x, _y: np.average(logits(p, x)[:, 0] ** 2, weights=np.exp(-(x[:, 0] ** 2))),
            lambda p, x, _y: np.mean(logits(p, (x - np.mean(x, 0)) / np.std(x, 0)) ** 2),
        ],
    )
    def test_come_first(self, loss: Loss, monkeypatch: pytest.MonkeyPatch) -> None:
        """Cheap sums that every point needs are computed before the chunks."""
        monkeypatch.setattr(batch, "EARLY", 0.9)
        check_cut(loss, *points())

    def test_not_if_they_are_the_work(self) -> None:
        """If such sums are most of the work, the program runs whole."""
        x, y = points(2000)
        whole = ml.jit(lambda p, x, _y: np.sum(x - np.max(np.tanh(logits(p, x)))))
        assert whole.explain(params(), x, y).chunks == 1


MIXING: dict[str, Loss] = {
    "cumsum": on(lambda z: np.cumsum(z, axis=0)),
    "cumsum of all": on(np.cumsum),
    "flip": on(lambda z: z * np.flip(z, 0)),
    "roll": on(lambda z: z * np.roll(z, 1, axis=0)),
    "sort": on(lambda z: np.sort(z, axis=0) * np.arange(len(z))[:, None]),
    "median": on(lambda z: np.median(z, axis=0)),
    "largest": on(np.max),
    "neighbours": on(lambda z: np.diff(z, axis=0)),
    "rows shuffled": lambda p, x, y: np.mean(logits(p, x)[np.roll(np.arange(len(y)), 1), y]),
    "pairs": lambda p, x, _y: np.mean((x @ p["q"] @ x.T) ** 2),
    "batch norm": on(lambda z: np.tanh(z - np.mean(z, axis=0)) / np.std(z, axis=0)),
}


class TestWhole:
    @pytest.mark.parametrize("name", MIXING)
    def test_mixing(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A loss that mixes points runs whole if nothing may be computed before the chunks."""
        monkeypatch.setattr(batch, "EARLY", 0.0)
        x, y = points(600)
        assert ml.value_and_grad(MIXING[name]).explain(params(), x, y).chunks == 1
        check_same(MIXING[name], x, y)

    @settings(
        max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        rows=st.one_of(
            st.just(list(range(POINTS))), st.lists(st.integers(-POINTS, POINTS - 1), min_size=1)
        ),
        width=st.integers(1, 3),
    )
    def test_rows_taken(self, rows: list[int], width: int) -> None:
        """For any rows that an index takes, in any shape, the result is that of the whole program."""
        index = np.resize(rows, (len(rows), width))
        if width == 1:
            index = index[:, 0]

        def loss(p: Any, x: Any, y: Any) -> Any:
            z = logits(p, x)
            return np.mean(np.tanh(z[index]) ** 2) + np.mean(z[:, 0] * y)

        check_same(loss, *points())


def test_every_operation_has_a_rule() -> None:
    """Every operation says how it treats the axis of the points."""
    modules = [module for name, module in sys.modules.items() if name.startswith(rules.__name__)]
    values = [value for module in modules for value in vars(module).values()]
    made = {value.op for value in values if isinstance(value, Primitive)}
    assert len(made) > 30
    assert [op.name for op in made if axes_of(op) is ALONE] == []
