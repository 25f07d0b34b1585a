"""The split and the standardisation."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from miniml.datasets import DataError, Dataset, Standardizer, train_test_split


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """Draw numbered points, at least two of each label."""
    rest = draw(st.lists(st.sampled_from([-1.0, 1.0]), max_size=60))
    y = np.array(draw(st.permutations([-1.0, -1.0, 1.0, 1.0, *rest])))
    return Dataset(np.arange(len(y), dtype=np.float64)[:, None], y)


shares = st.floats(0.01, 0.99)


class TestTrainTestSplit:
    @given(data=datasets(), share=shares, seed=st.integers(0, 9))
    def test_is_a_partition(self, data: Dataset, share: float, seed: int) -> None:
        """Every point is in exactly one part, with its label."""
        train, test = train_test_split(data, np.random.default_rng(seed), share)
        numbers = np.concatenate([train.x, test.x])[:, 0].astype(int)
        assert sorted(numbers) == list(range(len(data)))
        assert (np.concatenate([train.y, test.y]) == data.y[numbers]).all()

    @given(data=datasets(), share=shares)
    def test_is_stratified(self, data: Dataset, share: float) -> None:
        """The test part has the share of each class, rounded; each part has at least one point."""
        _, test = train_test_split(data, np.random.default_rng(0), share)
        for label in (-1.0, 1.0):
            size = int((data.y == label).sum())
            wanted = min(max(share * size, 1), size - 1)
            assert abs(int((test.y == label).sum()) - wanted) <= 0.5 + 1e-9

    def test_without_strata(self) -> None:
        """With stratify=False, the share is of all points."""
        data = Dataset(np.zeros((10, 1)), np.arange(10.0))
        train, test = train_test_split(data, np.random.default_rng(0), 0.3, stratify=False)
        assert sorted([*train.y, *test.y]) == data.y.tolist()
        assert len(test) == 3

    @given(data=datasets(), seed=st.integers(0, 9))
    def test_repeats(self, data: Dataset, seed: int) -> None:
        """Equal seeds give equal splits."""
        one, same = (train_test_split(data, np.random.default_rng(seed))[0] for _ in range(2))
        assert (one.x == same.x).all()

    def test_depends_on_the_seed(self) -> None:
        """Different seeds give different splits."""
        data = Dataset(np.arange(40.0)[:, None], np.repeat([-1.0, 1.0], 20))
        one, other = (train_test_split(data, np.random.default_rng(seed))[1] for seed in (0, 1))
        assert (one.x != other.x).any()

    @pytest.mark.parametrize("share", [0.0, 1.0, -0.5, float("nan")])
    def test_refuses_an_empty_part(self, share: float) -> None:
        """A share of 0 or 1, or outside, is refused."""
        data = Dataset(np.zeros((4, 1)), np.array([-1.0, -1.0, 1.0, 1.0]))
        with pytest.raises(ValueError, match="between 0 and 1"):
            train_test_split(data, np.random.default_rng(0), share)

    def test_refuses_a_single_point(self) -> None:
        """A class of one point is refused."""
        data = Dataset(np.zeros((3, 1)), np.array([-1.0, -1.0, 1.0]))
        with pytest.raises(DataError, match=r"label \+1 has only one point.* stratify=False"):
            train_test_split(data, np.random.default_rng(0))

    @pytest.mark.parametrize("word", ["'b'", "b'b'"])
    def test_takes_words(self, word: str) -> None:
        """Labels may be text or bytes; the message names the class of one point."""
        words = np.array(["a", "a", "b"], "S" if word.startswith("b") else "U")
        data = Dataset(np.zeros((3, 1)), words)
        with pytest.raises(DataError, match=f"the class with label {word} has only one point"):
            train_test_split(data, np.random.default_rng(0))

    def test_refuses_missing_labels(self) -> None:
        """Missing labels are refused."""
        data = Dataset(np.zeros((4, 1)), np.array([1.0, np.nan, 1.0, np.nan]))
        with pytest.raises(DataError, match="2 of the 4 labels are missing"):
            train_test_split(data, np.random.default_rng(0))


class TestStandardizer:
    def test_takes_integers(self) -> None:
        """Integers are standardised as floats."""
        assert Standardizer.of(np.array([[1], [3]]))(np.array([[5]])).tolist() == [[3.0]]

    @given(
        hnp.arrays(
            np.float64,
            hnp.array_shapes(min_dims=2, max_dims=2),
            elements=st.floats(-1e6, 1e6).map(lambda v: round(v, 3)),
        )
    )
    def test_equals_scikit_learn(
        self, x: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    ) -> None:
        """Means, deviations and results equal those of `StandardScaler`."""
        peer = pytest.importorskip("sklearn.preprocessing").StandardScaler().fit(x)
        ours = Standardizer.of(x)
        np.testing.assert_allclose(ours.mean, peer.mean_, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(ours.scale, peer.scale_, rtol=1e-6)
        np.testing.assert_allclose(ours(x), peer.transform(x), atol=1e-6)

    @pytest.mark.parametrize("value", [0.0, 0.1, -1e9 / 3])
    def test_leaves_a_constant_feature_finite(self, value: float) -> None:
        """A constant feature is mapped to zeros, not to rounding errors."""
        x = np.full((7, 1), value)
        standardizer = Standardizer.of(x)
        assert standardizer.scale.tolist() == [1.0]
        np.testing.assert_allclose(standardizer(x), 0.0, atol=1e-6)

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    @given(data=st.data())
    def test_no_scale_and_no_offset_costs_digits(self, dtype: Any, data: st.DataObject) -> None:
        """At any power of two and any offset, the result has mean 0 and deviation 1."""
        info = np.finfo(dtype)
        power = data.draw(st.integers(info.minexp + info.nmant, info.maxexp - 4))
        offset = data.draw(st.sampled_from([0, 1, -1])) * 2 ** (info.nmant - 5)
        whole = data.draw(hnp.arrays(np.int64, 20, elements=st.integers(-9, 9)))
        whole[:2] = -9, 9
        unit = float(power - info.nmant)
        x = np.ldexp(whole + offset, int(unit)).astype(dtype)[:, None]
        standardizer = Standardizer.of(x)
        np.testing.assert_array_equal(
            standardizer.scale, np.ldexp(whole.std(), int(unit)).astype(dtype)
        )
        wanted = (whole - whole.mean()) / whole.std()
        rounding = float(info.eps) * (abs(offset) / whole.std() + 4.0)
        np.testing.assert_allclose(standardizer(x)[:, 0], wanted, atol=rounding)

    @pytest.mark.parametrize("size", [1e-310, 1e-170, 1e200, 1e308])
    def test_squares_neither_overflow_nor_underflow(self, size: float) -> None:
        """Features of any size get the deviation 1."""
        x = size * np.array([[1.0], [-1.0], [1.0], [-1.0]])
        np.testing.assert_allclose(Standardizer.of(x)(x), np.sign(x))

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_a_small_deviation_beside_an_offset_is_one(self, dtype: Any) -> None:
        """A feature of ten neighbouring numbers is not constant; two neighbours are rounding."""
        start = dtype(1.7e9)
        x = (start + np.spacing(start) * np.arange(10)).astype(dtype)[:, None]
        assert Standardizer.of(x)(x).std() == pytest.approx(1.0, rel=1e-6)
        two = Standardizer.of(x[:2])
        assert two.scale.tolist() == [1.0]
        three_tenths = np.array([[0.1 + 0.2], [0.3]])
        assert np.abs(Standardizer.of(three_tenths)(three_tenths)).max() < 1e-15

    def test_sums_of_many_points_are_exact(self) -> None:
        """For many float32 points, mean and deviation are as accurate as in float64."""
        x = np.random.default_rng(0).normal(1e3, size=(400_000, 3)).astype(np.float32)
        standardizer = Standardizer.of(x)
        np.testing.assert_allclose(standardizer.mean, x.astype(np.float64).mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(standardizer.scale, x.astype(np.float64).std(axis=0), rtol=1e-6)

    def test_refuses_to_measure_nothing(self) -> None:
        """An empty array is refused."""
        with pytest.raises(DataError, match=r"no points: their shape is \(0, 2\)"):
            Standardizer.of(np.zeros((0, 2)))

    def test_keeps_the_dtype(self) -> None:
        """The dtype float32 is kept."""
        x = np.array([[1.0], [2.0]], np.float32)
        assert Standardizer.of(x)(x).dtype == np.float32


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (
            np.array([["2020-01-01"], ["2021-01-01"]], "M8[D]"),
            r"dtype datetime64\[D\], not numbers",
        ),
        (np.array([["1"], ["2"]]), "dtype <U1, not numbers"),
        (np.ma.masked_greater([[1.0], [9.0]], 5.0), "some of the points are masked"),
    ],
)
def test_points_that_are_not_numbers_are_refused(points: Any, message: str) -> None:
    """Dates, text and masked points are refused."""
    with pytest.raises(DataError, match=message):
        Standardizer.of(points)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_column_of_dates_is_refused(library: str) -> None:
    """The message names the column, also if NumPy would convert it."""
    dates = {"n": [1.0, 2.0], "when": [datetime(2020, 1, 1), datetime(2021, 1, 1)]}  # noqa: DTZ001
    frame = pytest.importorskip(library).DataFrame(dates)
    with pytest.raises(DataError, match="the points: column 'when' has dtype"):
        Standardizer.of(frame)
