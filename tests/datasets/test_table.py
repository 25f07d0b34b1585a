"""`Table`: a data set with its names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.datasets import Dataset, Table
from miniml.datasets.table import encode_labels


def test_refuses_a_missing_name() -> None:
    """There must be one name per feature."""
    data = Dataset(np.zeros((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match=r"1 feature names for .* \(3, 2\)"):
        Table(data, ("a",), ("no", "yes"), "toy")


@given(st.lists(st.sampled_from(["no", "yes"]), min_size=2).filter(lambda v: len(set(v)) == 2))
def test_labels_can_be_read_back(words: list[str]) -> None:
    """The sign of a label gives its class."""
    y, classes = encode_labels(words, "here")
    assert [classes[int(label > 0)] for label in y] == words
