"""Programs in chunks compute the same numbers; programs that mix points run whole."""

import functools
import math
import os
import signal
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import threadpoolctl  # type: ignore[import-untyped]  # has no types
from hypothesis import given, settings
from hypothesis import strategies as st

import miniml as ml
from miniml.program.chunking import layout, threads
from miniml.program.chunking.program import ChunkedProgram
from miniml.program.run import build

pytestmark = pytest.mark.usefixtures("small_chunks")


def program_of(transformed: Any, *args: Any) -> Any:
    return transformed.lower(*args).program


def arrays(points: int = 101) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(points, 3))
    return {"w": rng.normal(size=(3, 4)), "v": rng.normal(size=4), "b": 0.5}, x, np.sign(x[:, 0])


def logistic(p: Any, x: Any, y: Any) -> Any:
    return np.mean(np.logaddexp(0.0, -y * (np.tanh(x @ p["w"]) @ p["v"] + p["b"])))


def regularised(p: Any, x: Any, y: Any) -> Any:
    return logistic(p, x, y) + 0.1 * np.sum(p["w"] * p["w"])


def transposed(p: Any, x: Any, y: Any) -> Any:
    h = np.maximum(p["w"].T @ x.T, 0.0)
    return np.sum((p["v"] @ h - y) ** 2) / len(y)


def stacked(p: Any, x: Any, y: Any) -> Any:
    h = np.concatenate([x, x**2], axis=1) @ np.concatenate([p["w"], p["w"]])
    return np.sum(h[:, 1] * y) + np.sum(h.reshape(len(y), 2, 2)[:, 0, 1] ** 2) + p["b"]


def softmax(p: Any, x: Any, y: Any) -> Any:
    z = x @ p["w"]
    z = z - np.max(z, axis=1, keepdims=True)
    return -np.mean(z[:, 0] * y - np.log(np.sum(np.exp(z), axis=1)))


def batch_normalised(p: Any, x: Any, y: Any) -> Any:
    h = x @ p["w"]
    h = (h - np.mean(h, axis=0)) / np.sqrt(np.mean(h * h, axis=0) + 1e-3)
    return np.mean((h @ p["v"] - y) ** 2)


def sorted_product(x: Any) -> Any:
    return np.sort(x) @ x


def pairwise(p: Any, x: Any, y: Any) -> Any:
    score = x @ p["w"] @ p["v"] * y
    return np.mean(np.maximum(1.0 - (score[:, None] - score[None, :]), 0.0))


class TestSplittable:
    @pytest.mark.parametrize("loss", [logistic, regularised, transposed, stacked, softmax])
    @pytest.mark.parametrize("points", [96, 101])
    def test_same_as_whole(
        self, loss: Callable[..., Any], points: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Chunks give the whole program's value and gradient."""
        args = arrays(points)
        cut = ml.value_and_grad(loss)
        assert isinstance(program_of(cut, *args), ChunkedProgram)
        monkeypatch.setattr(layout, "STARTING", math.inf)
        whole = ml.value_and_grad(functools.partial(loss))
        assert not isinstance(program_of(whole, *args), ChunkedProgram)
        assert ml.tree_allclose(cut(*args), whole(*args), rtol=1e-11)

    def test_rows_are_outputs_too(self) -> None:
        """The values of the points are joined in order."""
        params, x, y = arrays()

        def outputs(p: Any, x: Any, y: Any) -> Any:
            h = x @ p["w"]
            return h, np.sum(h * y[:, None]), h.T

        found = ml.jit(outputs)
        assert isinstance(program_of(found, params, x, y), ChunkedProgram)
        for a, b in zip(found(params, x, y), outputs(params, x, y), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)

    def test_closed_over_data(self) -> None:
        """Data that the loss closes over are cut as well."""
        params, x, y = arrays()
        cut = ml.value_and_grad(lambda p: logistic(p, x, y))
        assert isinstance(program_of(cut, params), ChunkedProgram)
        assert ml.tree_allclose(cut(params), ml.value_and_grad(logistic)(params, x, y))

    def test_training_step(self) -> None:
        """A training step is cut if its loss is."""
        params, x, y = arrays()

        def step(p: Any, x: Any, y: Any) -> Any:
            value, grads = ml.value_and_grad(logistic)(p, x, y)
            return value, ml.tree_map(lambda a, g: a - 0.1 * g, p, grads)

        fast = ml.jit(step)
        assert isinstance(program_of(fast, params, x, y), ChunkedProgram)
        assert ml.tree_allclose(fast(params, x, y), step(params, x, y), rtol=1e-11)

    def test_hidden_size_equal_to_points(self) -> None:
        """A parameter of the same length as the data is not taken for data."""
        rng = np.random.default_rng(0)
        p = {"w": rng.normal(size=(3, 64)), "v": rng.normal(size=64), "b": 0.1}
        x, y = rng.normal(size=(64, 3)), np.ones(64)
        cut = ml.value_and_grad(logistic)
        assert isinstance(program_of(cut, p, x, y), ChunkedProgram)
        expected = ml.value_and_grad(logistic, eager=True)(p, x, y)
        assert ml.tree_allclose(cut(p, x, y), expected, rtol=1e-11)


class TestUnsplittable:
    @pytest.mark.parametrize("loss", [batch_normalised, pairwise])
    def test_runs_whole(self, loss: Callable[..., Any]) -> None:
        """A loss that mixes points runs whole, with the right result."""
        args = arrays()
        mixed = ml.value_and_grad(loss)
        assert not isinstance(program_of(mixed, *args), ChunkedProgram)
        expected = ml.value_and_grad(loss, eager=True)(*args)
        assert ml.tree_allclose(mixed(*args), expected, rtol=1e-10)


class TestBlas:
    @pytest.mark.parametrize(("worth", "held"), [(0.0, 2), (1e12, 1)])
    def test_whole_programs_hold_it(
        self, worth: float, held: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A program that runs whole lets BLAS use the number of threads that suits its shapes."""
        monkeypatch.setattr(build, "BLAS_THREADED", 0.0)
        monkeypatch.setattr(build, "BLAS_FASTER", worth)
        seen: list[int] = []
        hold = threads.blas().hold

        def noted(count: int) -> Any:
            seen.append(count)
            return hold(count)

        monkeypatch.setattr(threads.blas(), "hold", noted)
        ml.value_and_grad(functools.partial(batch_normalised))(*arrays())
        assert seen == [held]

    def test_long_vectors_hold_it(self) -> None:
        """So does a dot product of long vectors, whose last digits depend on BLAS's threads."""
        x = np.random.default_rng(0).normal(size=20_011)
        found: set[float] = set()
        for count in (1, 2, 3):
            with threadpoolctl.threadpool_limits(count, "blas"):
                found.add(float(ml.jit(sorted_product)(x)))
        assert len(found) == 1


class TestRepeatable:
    @settings(max_examples=20, deadline=None)
    @given(points=st.integers(20, 300), workers=st.integers(1, 4))
    def test_bits(self, points: int, workers: int) -> None:
        """At one number of threads the result repeats bit for bit."""
        ml.set_threads(workers)
        args = arrays(points)
        gradient = ml.value_and_grad(logistic)
        first = gradient(*args)
        assert all(ml.tree_equal(first, gradient(*args)) for _ in range(3))

    def test_callers_on_many_threads(self) -> None:
        """Several threads may call one program in chunks."""
        params, x, y = arrays(1000)
        gradient = ml.value_and_grad(logistic)
        inputs = [x * scale for scale in (0.5, 1.0, 1.5, 2.0)]
        expected = [gradient(params, data, y) for data in inputs]
        results: list[list[Any]] = [[] for _ in inputs]

        def work(i: int) -> None:
            results[i].extend(gradient(params, inputs[i], y) for _ in range(20))

        callers = [threading.Thread(target=work, args=(i,)) for i in range(len(inputs))]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        for found, wanted in zip(results, expected, strict=True):
            assert len(found) == 20
            assert all(ml.tree_equal(one, wanted) for one in found)

    def test_whichever_thread_calls(self) -> None:
        """The result of a call from another thread has the same bits."""
        x = np.random.default_rng(0).normal(size=20_011)
        found: list[Any] = []
        caller = threading.Thread(target=lambda: found.append(ml.jit(sorted_product)(x)))
        expected = ml.jit(sorted_product)(x)
        caller.start()
        caller.join()
        assert found == [expected]

    def test_blas_is_held_by_any_thread(self) -> None:
        """After one thread has set the number of BLAS's threads, another can still hold it."""
        libraries = threads.blas().libraries
        seen: list[int] = []

        def work() -> None:
            with threads.blas().hold(1):
                seen.extend(library.get_num_threads() for library in libraries)

        with threadpoolctl.threadpool_limits(2, "blas"):
            caller = threading.Thread(target=work)
            caller.start()
            caller.join()
        assert seen == [1 for _ in libraries]

    def test_blas_is_given_back(self) -> None:
        """After a program BLAS has the number of threads that it had before."""
        libraries = threads.blas().libraries
        before = [library.get_num_threads() for library in libraries]
        ml.value_and_grad(logistic)(*arrays())
        assert [library.get_num_threads() for library in libraries] == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
class TestForks:
    def test_blas_is_free_in_a_child(self) -> None:
        """A child that is forked while BLAS is held does not wait for the holder."""
        with threads.blas().hold(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python and JAX warn that other threads are running
            child = os.fork()
            if child == 0:
                signal.alarm(20)
                with threads.blas().hold(2):
                    os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class TestSetThreads:
    def test_refuses_none_at_all(self) -> None:
        """Fewer than one thread is refused."""
        with pytest.raises(ValueError, match="1 or more"):
            ml.set_threads(0)

    def test_number_is_kept(self) -> None:
        """get_threads returns the number that was set."""
        ml.set_threads(3)
        assert ml.get_threads() == 3
