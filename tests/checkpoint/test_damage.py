"""Damage is detected, and a crash leaves a complete file."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import miniml as ml
from miniml.checkpoint import body
from miniml.checkpoint.atomic import replacing

pytest.importorskip("safetensors")

TREE = {"w": np.arange(300.0), "b": np.array([1, 2, 3], np.int32), "c": 0.5}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.safetensors"


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_flipped_bits_are_noticed(path: Path) -> None:
    """Any flipped bit of header or body is detected."""
    ml.save(path, TREE)
    data = path.read_bytes()
    header = 8 * (8 + int.from_bytes(data[:8], "little"))
    rng = np.random.default_rng(0)
    bits = [
        *range(64),
        *rng.choice(np.arange(64, header), 1500, replace=False).tolist(),
        *rng.choice(np.arange(header, 8 * len(data)), 400, replace=False).tolist(),
    ]
    for bit in bits:
        path.write_bytes(flip(data, bit))
        with pytest.raises(ml.CheckpointError):
            ml.load(path)


def test_a_damaged_leaf_is_named(path: Path) -> None:
    """The error names the leaves that have changed."""
    ml.save(path, TREE)
    data = path.read_bytes()
    path.write_bytes(flip(flip(data, 8 * len(data) - 1), 8 * len(data) - 8 * 20))
    with pytest.raises(
        ml.CheckpointError, match=r"net.safetensors is damaged: .*changed since .*: 'b'"
    ):
        ml.load(path)


@pytest.mark.parametrize("block", [1, 8 << 20])
def test_all_damaged_leaves_are_named(
    block: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many leaves that are read together, exactly those that have changed are listed."""
    tree = [np.full(10, float(n)) for n in range(300)]
    ml.save(path, tree)
    data = bytearray(path.read_bytes())
    for value in (7.0, 200.0):
        data[data.index(np.full(10, value).tobytes()) + 30] ^= 1
    path.write_bytes(data)
    monkeypatch.setattr(body, "_BLOCK", block)
    with pytest.raises(ml.CheckpointError, match=r"have changed since .*: '7', '200'$"):
        ml.load(path, tree)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_file_cut_short_is_noticed(path: Path, share: float) -> None:
    """A truncated file is refused."""
    ml.save(path, TREE)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(ml.CheckpointError, match="not a complete safetensors file"):
        ml.load(path)


def test_a_failed_save_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If writing fails, the old file remains, and nothing else."""
    ml.save(path, TREE)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", fail)
    with pytest.raises(OSError, match="No space left"):
        ml.save(path, {"w": 1.0})
    assert ml.tree_equal(ml.load(path, TREE), TREE)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_strays_are_swept_at_the_next_save(path: Path) -> None:
    """Leftovers of a killed writer of this file are removed; those of other files are not."""
    ours = path.with_name(f".{path.name}.0123456789abcdef.tmp")
    theirs = path.with_name(".other.safetensors.0123456789abcdef.tmp")
    for stray in (ours, theirs):
        stray.mkdir()
        (stray / "lock").touch()
        (stray / ".tmpA1b2").write_bytes(b"half")
    path.with_name(f".{path.name}.empty.tmp").mkdir()
    ml.save(path, TREE)
    assert sorted(path.parent.iterdir()) == sorted([path, theirs])


def test_a_sweep_that_was_killed_is_finished_by_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep removes the lock last, so a later sweep can finish an interrupted one."""
    stray = path.with_name(f".{path.name}.0123456789abcdef.tmp")
    stray.mkdir()
    for name in ("lock", "a", "b"):
        (stray / name).touch()
    for _ in range(3):
        with monkeypatch.context() as patch:
            unlink = Path.unlink

            def once(file: Path, unlink: Callable[[Path], None] = unlink) -> None:
                unlink(file)
                raise KeyboardInterrupt

            patch.setattr(Path, "unlink", once)
            with pytest.raises(KeyboardInterrupt):
                ml.save(path, TREE)
    ml.save(path, TREE)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_a_living_writer_is_not_swept(path: Path) -> None:
    """Two writers of one file keep their temporary files apart; the last one wins."""
    with replacing(path) as slow:
        slow.write_bytes(b"slow")
        ml.save(path, TREE)
        assert ml.tree_equal(ml.load(path, TREE), TREE)
        assert slow.exists()
    assert path.read_bytes() == b"slow"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_a_file_system_needs_no_locks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without file locks, as on some network disks, writers save and do not sweep."""

    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", flock)
    with replacing(path) as slow:
        slow.write_bytes(b"slow")
        ml.save(path, TREE)
        assert ml.tree_equal(ml.load(path, TREE), TREE)
    assert path.read_bytes() == b"slow"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="no folder can be opened")
def test_a_file_system_need_not_flush_folders(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be flushed is ignored; other errors are raised."""
    fsync, code = os.fsync, errno.EINVAL

    def files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(code, os.strerror(code))
        fsync(handle)

    monkeypatch.setattr("os.fsync", files_only)
    ml.save(path, TREE)
    assert ml.tree_equal(ml.load(path, TREE), TREE)
    code = errno.EIO
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        ml.save(path, TREE)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names and locks")
@pytest.mark.parametrize("name", ["lock", "new", "*", ".tmp", "net [1]\n.é"])
def test_a_file_may_have_any_name(name: str, path: Path) -> None:
    """A file may have the name of the lock."""
    path = path.with_name(name)
    with replacing(path) as written:
        written.write_bytes(b"slow")
        ml.save(path, TREE)
        assert written.exists()
    ml.save(path, TREE)
    assert ml.tree_equal(ml.load(path, TREE), TREE)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_has_the_usual_mode(path: Path) -> None:
    """A checkpoint has the mode of any new file, not the private mode of the library."""
    ml.save(path, TREE)
    path.with_name("new").touch()
    assert path.stat().st_mode == path.with_name("new").stat().st_mode


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_private_file_stays_private(path: Path) -> None:
    """A file that replaces a private file is private."""
    ml.save(path, TREE)
    path.chmod(0o600)
    ml.save(path, TREE)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(path: Path) -> None:
    """Saving to a symbolic link replaces its target."""
    path.with_name("real").write_bytes(b"")
    path.symlink_to("real")
    ml.save(path, TREE)
    assert path.is_symlink()
    assert ml.tree_equal(ml.load(path.with_name("real"), TREE), TREE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writers are forked")
def test_killed_writers_leave_a_complete_file(tmp_path: Path) -> None:
    """After kill -9 at each of 200 random moments of saving, the old or new file loads."""
    script = Path(__file__).with_name("crash.py")
    run = subprocess.run(
        [sys.executable, script, tmp_path, "200"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(ml.__file__).parents[1])},
    )
    assert "200 kills" in run.stdout
