"""Files that other tools wrote, loaded by name or with a template."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.checkpoint import describe

safetensors_numpy = pytest.importorskip("safetensors.numpy")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.safetensors"


def write_header(path: Path, header: dict[str, Any], body: bytes) -> None:
    """Write a file that the safetensors library reads but does not write."""
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def test_files_of_other_tools_load(path: Path) -> None:
    """A file without our metadata loads by name and with a template."""
    safetensors_numpy.save_file({"w": np.ones(2), "b": np.array(0.5)}, path, {"format": "pt"})
    assert ml.load(path)["b"] == 0.5
    loaded = ml.load(path, {"w": np.zeros(2), "b": np.zeros(())})
    assert ml.tree_equal(loaded, {"w": np.ones(2), "b": np.array(0.5)})


def test_metadata_may_be_null(path: Path) -> None:
    """The metadata of another tool may be null."""
    leaf = {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}
    write_header(path, {"__metadata__": None, "w": leaf}, b"ab")
    assert bytes(ml.load(path)["w"]) == b"ab"
    assert describe(path).notes == {}


@pytest.mark.parametrize("shape", [[1] * 80, [0, 2**62], [0, 2**63]])
def test_shapes_that_numpy_does_not_have_are_refused(shape: list[int], path: Path) -> None:
    """The error names the file and the leaf."""
    size = 8 * (0 not in shape)
    leaf = {"dtype": "F64", "shape": shape, "data_offsets": [0, size]}
    write_header(path, {"w": leaf}, bytes(size))
    for mmap in (False, True):
        with pytest.raises(ml.CheckpointError, match=r"net\.safetensors the leaf 'w' has a shape"):
            ml.load(path, mmap=mmap)


def test_the_template_gives_the_type_of_a_leaf(tmp_path: Path) -> None:
    """With a template, an array of another tool loads as a Python number."""
    path = tmp_path / "foreign.safetensors"
    arrays = {"a": np.array(0.5), "b": np.array(1.5), "c": np.array(2.5)}
    safetensors_numpy.save_file(arrays, path)
    loaded = ml.load(path, {"a": 0.0, "b": np.float64(0.0), "c": np.array(0.0)})
    assert [type(leaf) for leaf in loaded.values()] == [float, np.float64, np.ndarray]
    assert ml.tree_equal(loaded, {"a": 0.5, "b": np.float64(1.5), "c": np.array(2.5)})


def test_arrays_are_aligned_whoever_wrote_them(path: Path) -> None:
    """Unaligned arrays of another tool are aligned in memory."""
    entries = {
        "a": {"dtype": "U8", "shape": [3], "data_offsets": [0, 3]},
        "b": {"dtype": "F64", "shape": [2], "data_offsets": [3, 19]},
    }
    data = np.array([1, 2, 3], np.uint8).tobytes() + np.array([0.5, 1.5]).tobytes()
    write_header(path, entries, data)
    loaded = ml.load(path)
    assert all(array.flags.aligned and array.flags.writeable for array in loaded.values())
    assert ml.tree_equal(loaded, {"a": np.array([1, 2, 3], np.uint8), "b": np.array([0.5, 1.5])})
