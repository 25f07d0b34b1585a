"""Leaves of every type are restored exactly."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

import miniml as ml

pytest.importorskip("safetensors")

BASE = np.arange(24.0).reshape(2, 3, 4)
AWKWARD: dict[str, NDArray[Any]] = {
    "Fortran order": np.asfortranarray(BASE),
    "transposed": BASE.T,
    "strided": BASE[:, ::2, 1::2],
    "negative stride": BASE[::-1, :, ::-1],
    "broadcast": np.broadcast_to(np.arange(4.0), (3, 4)),
    "read-only": np.broadcast_to(1.5, (2, 2)),
    "0-d": np.array(3.0),
    "empty": np.zeros((0, 3)),
    "empty, Fortran order": np.asfortranarray(np.zeros((3, 0))),
    "big-endian": np.arange(5, dtype=">f8"),
    "big-endian integers": np.arange(5, dtype=">i2")[::-1],
    "complex64": (BASE + 1j * BASE.T.reshape(2, 3, 4)).astype(np.complex64),
    "complex128": np.asfortranarray(BASE - 2j),
    "complex128, 0-d": np.array(1.0 - 2.0j),
    "big-endian complex128": np.array([1j, 2.0], ">c16"),
    "special values": np.array([np.nan, -np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    "not aligned": np.zeros(33, np.uint8)[1:].view("<f8"),
    "subclass": np.arange(4.0).view(np.recarray),
}


def assert_same_bits(found: Any, wanted: Any) -> None:
    assert np.shape(found) == np.shape(wanted)
    assert np.asarray(found).dtype.str == np.asarray(wanted).dtype.str
    assert np.asarray(found).tobytes() == np.asarray(wanted).tobytes()


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("mmap", [False, True])
def test_awkward_arrays_come_back(name: str, mmap: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    """Shape, dtype and bits do not depend on the memory order."""
    path = tmp_path / "x.safetensors"
    ml.save(path, {"a": AWKWARD[name], "b": 1.0})
    assert_same_bits(ml.load(path, mmap=mmap)["a"], AWKWARD[name])
    assert_same_bits(ml.load(path, {"a": AWKWARD[name], "b": 0.0}, mmap=mmap)["a"], AWKWARD[name])


@given(
    hnp.arrays(
        hnp.integer_dtypes(endianness="?")
        | hnp.unsigned_integer_dtypes(endianness="?")
        | hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64))
        | hnp.complex_number_dtypes(endianness="?", sizes=(64, 128))
        | hnp.boolean_dtypes(),
        hnp.array_shapes(min_dims=0, min_side=0, max_side=4),
    ),
    st.data(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_array_comes_back(tmp_path: Path, array: NDArray[Any], data: st.DataObject) -> None:
    """Every view of every array of numbers is restored exactly."""
    if array.ndim:
        array = array[data.draw(hnp.basic_indices(array.shape, allow_newaxis=True))]
    array = np.asarray(array).transpose(data.draw(st.permutations(range(np.ndim(array)))))
    ml.save(tmp_path / "x.safetensors", array)
    assert_same_bits(ml.load(tmp_path / "x.safetensors", array), array)


@pytest.mark.parametrize(
    "leaf", [1.5, -0.0, 7, -(2**63), True, 1 + 2j, np.float32(0.1), np.float64(2.0), np.int8(-3)]
)
def test_numbers_keep_their_type(leaf: Any, tmp_path: Path) -> None:
    """Python numbers and NumPy scalars keep their types."""
    ml.save(tmp_path / "x.safetensors", [leaf])
    (found,) = ml.load(tmp_path / "x.safetensors", [leaf])
    assert type(found) is type(leaf)
    assert_same_bits(found, leaf)


@pytest.mark.parametrize(
    ("leaf", "message"),
    [
        ("text", "'text' of type str"),
        (2**63, "64-bit integers"),
        (np.longdouble(1.0), "float128|longdouble"),
        (np.array(["a"]), "dtype <U1"),
        (np.array([None]), "dtype object"),
        (np.array(0, "M8[s]"), "dtype datetime64"),
        (np.zeros(2, [("a", "f8")]), "dtype"),
        (np.ma.masked_array([1.0], [True]), "masked array"),
    ],
)
def test_leaves_that_cannot_be_stored_are_refused(leaf: Any, message: str, tmp_path: Path) -> None:
    """A leaf that the format cannot store is refused by name, and nothing is written."""
    with pytest.raises(ml.CheckpointError, match=rf"the leaf 'net\.a' (is|has) .*({message})"):
        ml.save(tmp_path / "x.safetensors", {"net": {"a": leaf}})
    assert not list(tmp_path.iterdir())


def test_loaded_arrays_are_fresh_memory(tmp_path: Path) -> None:
    """A loaded array is writable; a mapped one is not."""
    ml.save(tmp_path / "x.safetensors", {"a": np.zeros(3)})
    assert ml.load(tmp_path / "x.safetensors")["a"].flags.writeable
    assert not ml.load(tmp_path / "x.safetensors", mmap=True)["a"].flags.writeable


@pytest.mark.parametrize("name", ["", "__metadata__", "a.b", "ü", "'", '"__metadata__"', "\x00"])
def test_any_dict_key_is_a_name(name: str, tmp_path: Path) -> None:
    """Reserved and quoted keys are restored."""
    tree = {name: 1.0, "other": {name: 2.0}}
    ml.save(tmp_path / "x.safetensors", tree)
    assert ml.load(tmp_path / "x.safetensors", tree) == tree
    loaded = ml.load(tmp_path / "x.safetensors")
    assert ml.replace_leaves(tree, loaded) == tree


def test_leaves_that_share_a_name_are_refused(tmp_path: Path) -> None:
    """Keys with the same name are refused: the file would hold only one leaf."""

    class Key(int):
        def __repr__(self) -> str:
            return "key"

    with pytest.raises(ml.CheckpointError, match=r"several leaves are named 'a\.\[key\]': the"):
        ml.save(tmp_path / "x.safetensors", {"a": {Key(1): 1.0, Key(2): 2.0}, "b": 3.0})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("leaves", [1, 2, 300])
def test_large_trees_are_read_on_all_cores(leaves: int, tmp_path: Path) -> None:
    """Reading in several threads restores each leaf."""
    rng = np.random.default_rng(0)
    tree = {f"a{i}": rng.random(2_400_000 // leaves) for i in range(leaves)}
    ml.save(tmp_path / "x.safetensors", tree)
    assert ml.tree_equal(ml.load(tmp_path / "x.safetensors", tree), tree)
