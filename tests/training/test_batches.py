"""Batches: their order, and the kinds of data."""

import gc
import threading
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml.datasets import DataError
from miniml.training import batches
from tests.training.problem import NET, loss


@given(
    st.integers(1, 40), st.integers(1, 50) | st.none(), st.integers(0, 100), st.integers(0, 2**40)
)
def test_batches_can_start_anywhere(
    points: int, batch_size: int | None, start: int, seed: int
) -> None:
    """The stream from the k-th batch on is the stream without its first k batches."""
    data = np.arange(points)
    whole = list(islice(batches(data, batch_size, seed), start + 5))
    later = list(islice(batches(data, batch_size, seed, start=start), 5))
    for (epoch, batch), (wanted_epoch, wanted) in zip(later, whole[start:], strict=True):
        assert epoch == wanted_epoch
        np.testing.assert_array_equal(batch, wanted)


def test_small_batches_are_taken_together_in_the_order_of_their_epoch() -> None:
    """Batches sliced from a larger piece follow the epoch's order, including the last one."""
    data = {"x": np.arange(9_000.0).reshape(3_000, 3), "y": np.arange(3_000)}
    stream = batches(data, 700, seed=1)
    for epoch in range(2):
        order = np.random.default_rng((1, epoch)).permutation(3_000)
        for lo in range(0, 3_000, 700):
            number, batch = next(stream)
            assert number == epoch
            np.testing.assert_array_equal(batch["x"], data["x"][order[lo : lo + 700]])
            np.testing.assert_array_equal(batch["y"], data["y"][order[lo : lo + 700]])


def test_large_batches_are_the_small_ones_made_ahead() -> None:
    """Large batches, made ahead in a thread, are the same, and the thread ends with them."""
    data = np.arange(3_000_000.0)
    stream = batches(data, 200_000, seed=1)
    order = np.random.default_rng((1, 0)).permutation(len(data))
    for number, (_, batch) in enumerate(islice(stream, 3)):
        rows = order[200_000 * number : 200_000 * (number + 1)]
        np.testing.assert_array_equal(batch, data[rows])
    assert any(thread.name.startswith("batches") for thread in threading.enumerate())
    del stream
    gc.collect()
    assert not any(thread.name.startswith("batches") for thread in threading.enumerate())


def test_mapped_files_are_read_a_batch_at_a_time(tmp_path: Path) -> None:
    """An array mapped from a file trains to the bits of one in memory."""
    rng = np.random.default_rng(0)
    x, y = rng.random((200, 2)), np.sign(rng.standard_normal(200))
    np.save(tmp_path / "x.npy", x)
    mapped = ml.Dataset(np.load(tmp_path / "x.npy", mmap_mode="r"), y)
    runs = [
        ml.fit(loss, NET, data, ml.adam(), steps=20, batch_size=32)
        for data in (mapped, ml.Dataset(x, y))
    ]
    assert ml.tree_equal(runs[0], runs[1])
    _, batch = next(batches(mapped, 32))
    assert type(batch.x) is np.ndarray


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_frames_are_data_as_they_are(library: str, batch_size: int | None) -> None:
    """Data may hold frames and columns of pandas or polars."""
    frames = pytest.importorskip(library)
    table = {"a": [1.0, 2.0, 3.0, 4.0], "b": [0.5, 0.5, 1.0, 1.0]}
    y = [1.0, -1.0, 1.0, -1.0]
    arrays = {"x": np.array([*zip(*table.values(), strict=True)]), "y": np.array(y)}
    found = next(batches({"x": frames.DataFrame(table), "y": frames.Series(y)}, batch_size))
    wanted = next(batches(arrays, batch_size))
    assert ml.tree_equal(found, wanted)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_columns_of_unlike_numbers_are_taken_together(library: str) -> None:
    """Booleans, integers and floats of a frame become floats; an error names a column of text."""
    frames = pytest.importorskip(library)
    table = {"a": [0.5, 1.5], "b": [True, False], "n": [1, 2]}
    _, found = next(batches(frames.DataFrame(table), None))
    np.testing.assert_array_equal(found, [[0.5, 1.0, 1.0], [1.5, 0.0, 2.0]])
    with pytest.raises(
        DataError, match=r"column 'kind' has dtype .*: convert it to numbers, or drop it"
    ):
        next(batches(frames.DataFrame({**table, "kind": ["u", "v"]}), None))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"x": np.zeros((0, 2))}, "no points"),
        ((), "needs an axis of points"),
        ({"x": np.zeros(3), "n": np.array(1.0)}, "needs an axis of points"),
    ],
)
def test_what_has_no_points_is_refused(data: object, message: str) -> None:
    """Data without points are an error that shows their shapes."""
    with pytest.raises(ValueError, match=message):
        next(batches(data, 2))


def test_a_masked_array_is_refused() -> None:
    """A masked array is refused: its batches would lose the mask."""
    with pytest.raises(TypeError, match="masked array, and a batch of it would lose the mask"):
        batches(np.ma.masked_greater(np.arange(4.0), 2.0), 2)


def test_a_value_that_is_not_an_array_is_named() -> None:
    """The errors for a lazy frame, a sparse matrix and any other object say what they are."""
    frame = pytest.importorskip("polars").LazyFrame({"a": [1.0]})
    with pytest.raises(
        TypeError, match=r"a LazyFrame, whose rows are not read yet: call .collect\(\)"
    ):
        batches({"x": frame}, None)

    class Sparse:
        def toarray(self) -> object: ...

    for leaf, message in (
        (Sparse(), r"Sparse: it .* dense, .toarray\(\)"),
        (object(), "or a number"),
    ):
        with pytest.raises(TypeError, match=message):
            batches({"x": leaf}, None)


def test_two_columns_of_one_name_are_reported() -> None:
    """Two columns with the same name are an error that names it."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([[1.0, True]], columns=["a", "a"])
    with pytest.raises(DataError, match="the data has two columns named 'a': rename one"):
        batches({"x": frame}, None)


def test_a_column_by_name_is_no_index() -> None:
    """A loss that reads a frame's column by name gets an error that says where names exist."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})

    def of_column(w: float, data: dict[str, ml.Array]) -> ml.Scalar:
        return w * np.sum(data["a"])

    with pytest.raises(IndexError, match=r"no column 'a', .* x\[:, 0\], .* \{'a': frame\['a'\]\}"):
        next(ml.train(of_column, 1.0, frame, ml.sgd(0.1)))
    next(ml.train(of_column, 1.0, {"a": frame["a"]}, ml.sgd(0.1)))
