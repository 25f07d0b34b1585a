"""`Dataset`: points and labels."""

import numpy as np
import pytest

from miniml.datasets import Dataset
from miniml.tree import tree_leaves


class TestDataset:
    def test_has_two_leaves(self) -> None:
        """A data set is a tree of its points and its labels."""
        x, y = np.zeros((3, 2)), np.ones(3)
        assert [id(leaf) for leaf in tree_leaves(Dataset(x, y))] == [id(x), id(y)]

    def test_counts_its_points(self) -> None:
        """Its length is the number of points."""
        assert len(Dataset(np.zeros((3, 2)), np.ones(3))) == 3

    def test_refuses_a_missing_label(self) -> None:
        """Different numbers of points and labels are refused; the message names both."""
        with pytest.raises(ValueError, match=r"holds 3 points and Dataset\.y 2 labels"):
            Dataset(np.zeros((3, 2)), np.ones(2))

    @pytest.mark.parametrize("x", [[[0.0, 1.0]], 1.0, np.float64(1.0)])
    def test_refuses_other_types(self, x: object) -> None:
        """Lists and scalars are refused; the message says how to convert them."""
        with pytest.raises(TypeError, match=r"Dataset\.x must be an array .* np\.array"):
            Dataset(x, np.ones(1))  # type: ignore[arg-type]  # the mistake under test
