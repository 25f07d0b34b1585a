"""The data set of the package against that of scikit-learn."""

from importlib.resources import files

import numpy as np
import pytest

from miniml.datasets import breast_cancer


def test_equals_scikit_learn() -> None:
    """Numbers, names, order and classes equal those of scikit-learn, bit by bit."""
    peer = pytest.importorskip("sklearn.datasets").load_breast_cancer()
    table = breast_cancer()
    assert table.data.x.tobytes() == np.ascontiguousarray(peer.data).tobytes()
    assert list(table.features) == peer.feature_names.tolist()
    assert [table.classes[int(y > 0)] for y in table.data.y] == [
        str(peer.target_names[k]) for k in peer.target
    ]


def test_is_as_described() -> None:
    """There are 357 benign and 212 malignant tumours with 30 features."""
    table = breast_cancer()
    assert table.data.x.shape == (569, 30)
    assert dict(zip(*np.unique(table.data.y, return_counts=True), strict=True)) == {-1: 357, 1: 212}


def test_names_its_source() -> None:
    """A file beside the data names the licence and the source."""
    text = files("miniml.datasets").joinpath("breast_cancer.txt").read_text()
    assert "CC BY 4.0" in text
    assert "10.24432/C5DW2B" in text
