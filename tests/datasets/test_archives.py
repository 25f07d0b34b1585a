"""NumPy archives: read as a data set, or memory-mapped."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miniml.datasets import DataError, Table, map_npz, read_npz

X = np.zeros((4, 2))
Y = np.array([0, 1, 0, 1])
BAD_NPZ: list[tuple[str, dict[str, Any], str]] = [
    ("no y", {"x": X}, "needs the arrays x and y; it holds x"),
    ("other names", {"X": X, "labels": Y}, "it holds X, labels"),
    ("points in one axis", {"x": X[:, 0], "y": Y}, r"shapes are \(4,\) and \(4,\)"),
    ("labels in two axes", {"x": X, "y": Y[:, None]}, r"shapes are \(4, 2\) and \(4, 1\)"),
    ("another number of labels", {"x": X, "y": Y[:3]}, r"shapes are \(4, 2\) and \(3,\)"),
    ("no points", {"x": X[:0], "y": Y[:0]}, r"shapes are \(0, 2\) and \(0,\)"),
    ("text", {"x": X.astype(str), "y": Y}, "needs numbers in x; its dtype is <U"),
    (
        "objects",
        {"x": X.astype(object), "y": Y},
        r"x\.npy has the dtype .\|O., which is not loaded",
    ),
    ("NaN", {"x": np.full((4, 2), np.nan), "y": Y}, "8 values are .* row 1, column 'x1'"),
    ("NaN in y", {"x": X, "y": np.array([0, 1, 1, np.nan])}, "the class of row 4 is missing"),
    ("gap in y", {"x": X, "y": np.array(["a", "", "b", "a"])}, "the class of row 2 is missing"),
    ("times", {"x": X, "y": Y.astype("M8[D]")}, "numbers or text in y; its dtype is datetime64"),
    ("one class", {"x": X, "y": Y * 0}, "only one class, '0'"),
    ("four classes", {"x": X, "y": np.arange(4)}, "4 classes"),
]


class TestReadNpz:
    @pytest.mark.parametrize(
        ("arrays", "message"), [case[1:] for case in BAD_NPZ], ids=[case[0] for case in BAD_NPZ]
    )
    def test_refuses_in_one_sentence(
        self, tmp_path: Path, arrays: dict[str, Any], message: str
    ) -> None:
        """The error is one line that names the file."""
        path = tmp_path / "bad.npz"
        np.savez(path, **arrays)
        with pytest.raises(DataError, match=message) as caught:
            read_npz(path)
        assert "bad.npz" in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_bytes_are_text(self, tmp_path: Path) -> None:
        """Classes that are bytes are decoded."""
        np.savez(tmp_path / "bytes.npz", x=X, y=np.array([b"cat", b"dog", b"eel", b"cat"]))
        table = read_npz(tmp_path / "bytes.npz", positive="cat")
        assert (table.classes, table.data.y.tolist()) == (("not cat", "cat"), [1, -1, -1, 1])

    @pytest.mark.parametrize(
        "content", [b"", b"text", b"PK\x03\x04 cut short", b"\x93NUMPY\x01\x00"]
    )
    def test_refuses_other_files(self, tmp_path: Path, content: bytes) -> None:
        """A file with the suffix but not the format is refused."""
        path = tmp_path / "bad.npz"
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"bad\.npz is not an archive of plain arrays"):
            read_npz(path)

    def test_refuses_a_single_array(self, tmp_path: Path) -> None:
        """An .npy file with the suffix .npz is refused."""
        path = tmp_path / "bad.npz"
        with path.open("wb") as file:
            np.save(file, X)
        with pytest.raises(DataError, match="not an archive"):
            read_npz(path)

    @pytest.mark.parametrize(
        "y",
        [
            np.array([0, 1]),
            np.array([-1.0, 1.0]),
            np.array(["cat", "dog"]),
            np.array([False, True]),
        ],
    )
    def test_takes_any_two_classes(self, tmp_path: Path, y: np.ndarray[Any, Any]) -> None:
        """Numbers, text and booleans can be classes."""
        path = tmp_path / "two.npz"
        np.savez(path, x=np.array([[1, 2], [3, 4]], np.int8), y=y)
        table = read_npz(path)
        assert table.data.y.tolist() == [-1.0, 1.0]
        assert table.data.x.dtype == np.float64
        assert table.classes == (str(y[0]), str(y[1]))
        assert table.features == ("x1", "x2")


def test_an_archive_is_mapped(tmp_path: Path) -> None:
    """Members of any dtype, shape and order are memory-mapped."""
    arrays: dict[str, Any] = {
        "x": np.arange(12.0).reshape(3, 4),
        "f": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "s": np.array(2.5, np.float32),
        "empty": np.zeros((0, 2)),
    }
    np.savez(tmp_path / "a.npz", **arrays)
    mapped = map_npz(tmp_path / "a.npz")
    assert mapped.keys() == arrays.keys()
    for name, array in arrays.items():
        assert isinstance(mapped[name], np.memmap) == bool(array.size)
        np.testing.assert_array_equal(mapped[name], array)


def test_members_that_cannot_be_mapped_are_refused(tmp_path: Path) -> None:
    """A compressed member, another format, and a member that is not an array are refused."""
    (tmp_path / "a.txt").write_bytes(b"no")
    np.savez_compressed(tmp_path / "c.npz", x=np.zeros(3))
    with pytest.raises(DataError, match="is compressed"):
        map_npz(tmp_path / "c.npz")
    with pytest.raises(DataError, match=r"a.txt is not an archive of arrays: File is not a zip"):
        map_npz(tmp_path / "a.txt")
    with zipfile.ZipFile(tmp_path / "t.npz", "w") as archive:
        archive.writestr("readme.txt", "no array")
    with pytest.raises(DataError, match=r"t\.npz: readme\.txt is not an array: the magic string"):
        map_npz(tmp_path / "t.npz")


def hostile(
    path: Path, shape: str = "(4, 2)", descr: str = "'<f8'", body: bytes = bytes(64)
) -> None:
    """Write an archive whose x has a header of one's own."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        lead = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
        archive.writestr("x.npy", lead + header + body)
        with archive.open("y.npy", "w") as file:
            np.save(file, Y)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": "(1000000000000, 2)"}, "has 16,000,000,000,000 bytes, and 64 were found"),
        ({"shape": "(4, 1)"}, "has 32 bytes, and 64 were found"),
        ({"shape": "(-4, 2)"}, "it has objects, records or a damaged header"),
        ({"shape": "(10**12,)"}, "it has objects, records or a damaged header"),
        ({"shape": "(99999999999999999999, 2)"}, "which NumPy does not have"),
        ({"shape": "(" + "1," * 70 + ")"}, "a shape that NumPy does not have"),
        ({"descr": "'|O'"}, "has the dtype .*O.*, which is not loaded"),
        ({"descr": "[('a', '|O')]"}, "it has objects, records or a damaged header"),
        ({"descr": "'<U99999999'"}, "which is not loaded"),
        ({"descr": "'<f3'"}, "which is not loaded"),
        ({"descr": "'" + "(" * 5000 + "'"}, "which is not loaded"),
        ({"body": bytes(20)}, "has 64 bytes, and 20 were found"),
    ],
)
def test_a_header_is_checked_before_it_is_used(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    """A header that does not fit the bytes of its array is refused; nothing is allocated."""
    hostile(tmp_path / "a.npz", **options)
    with pytest.raises(DataError, match=message):
        read_npz(tmp_path / "a.npz")


def test_a_bomb_is_not_loaded(tmp_path: Path) -> None:
    """An array of gigabytes in a file of megabytes is refused."""
    hostile(tmp_path / "a.npz")
    data = bytearray((tmp_path / "a.npz").read_bytes())
    place = data.index(b"PK\x01\x02") + 24  # the size of x in the directory
    data[place : place + 4] = (2_000_000_000).to_bytes(4, "little")
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(DataError, match=r"x\.npy would take 2\.0 GB of memory"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 93])
def test_a_method_that_numpy_does_not_write_is_refused(method: int, tmp_path: Path) -> None:
    """The message names the member and the number of the method."""
    hostile(tmp_path / "a.npz")
    data = bytearray((tmp_path / "a.npz").read_bytes())
    place = data.index(b"PK\x01\x02") + 10
    data[place : place + 2] = method.to_bytes(2, "little")
    (tmp_path / "a.npz").write_bytes(data)
    for read in (read_npz, map_npz):
        with pytest.raises(DataError, match=rf"x\.npy is compressed by a method .number {method}"):
            read(tmp_path / "a.npz")


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    """The message names the member."""
    hostile(tmp_path / "a.npz")
    data = bytearray((tmp_path / "a.npz").read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(DataError, match=r"x\.npy is encrypted"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_arrays_of_one_name_are_refused(tmp_path: Path) -> None:
    """Neither of two members of one name is chosen."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for name in ("x.npy", "y.npy", "x.npy"):
            archive.writestr(name, b"")
    for read in (read_npz, map_npz):
        with pytest.raises(DataError, match="two arrays named 'x'"):
            read(tmp_path / "a.npz")


@given(data=st.data(), packed=st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_archive_is_arrays_or_an_error_of_the_room(
    tmp_path: Path, data: st.DataObject, *, packed: bool
) -> None:
    """An archive with changed bytes is arrays as large as the file says, or one sentence."""
    path = tmp_path / "a.npz"
    np.savez(path, x=X, y=Y)
    if packed:
        np.savez_compressed(path, x=X, y=Y)
    check_archive(path, data.draw(changed(path.read_bytes())))


@st.composite
def changed(draw: st.DrawFn, before: bytes) -> bytes:
    """Return bytes with some changed, removed or added."""
    content = bytearray(before)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        some = draw(st.binary(max_size=4))
        content[place : place + draw(st.sampled_from([len(some), len(some), 0, 2]))] = some
    return bytes(content)


def check_archive(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    readers: tuple[Callable[[Path], object], ...] = (read_npz, map_npz)
    for read in readers:
        try:
            found = read(path)
        except DataError as error:
            message = str(error)
            assert "\n" not in message
        else:
            assert isinstance(found, dict | Table)
