"""Atomic replacement of files."""

import errno
import os
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":  # on Windows an open file cannot be removed, so no lock is needed
    import fcntl

_LOCK = "lock"


@contextmanager
def replacing(path: Path) -> Generator[Path, None, None]:
    """Yield the path of a file to write; on exit, it replaces `path`.

    The file is written in a temporary folder beside `path`: renaming is then atomic, and leftovers
    of killed writers can be recognised and removed. The file and the folder of `path` are flushed
    to disk.

    Raises:
        OSError: If the file cannot be written, or `path` is a folder or a device.
    """
    path = Path(os.path.realpath(path))  # replace the target, not the link
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "Not a regular file", str(path))
    sweep(path.parent, _escaped(path.name))
    workplace, lock = _workplace(path)
    try:
        written = workplace / f"new-{path.name}"  # the prefix keeps it from being the lock
        yield written
        flush(written)
        # The library makes its files private: copy the mode of the old file, or of the lock.
        written.chmod((path if path.exists() else workplace / _LOCK).stat().st_mode)
        written.replace(path)
    finally:
        with suppress(OSError):  # the next writer sweeps what remains
            _remove(workplace)
        os.close(lock)
    flush_folder(path.parent)


def flush(path: Path, flags: int = os.O_RDWR) -> None:
    """Flush a file to disk."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_folder(path: Path) -> None:
    """Flush the directory entries of a folder to disk."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open folders
        return
    try:
        flush(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        if error.errno != errno.EINVAL:  # this file system flushes files only
            raise


def sweep(folder: Path, names: str) -> None:
    """Remove the temporary folders of killed writers, whose locks are free; `names` is a glob."""
    for stray in folder.glob(f".{names}.*.tmp"):
        with suppress(OSError):  # another writer removes it, or the file system has no locks
            if not (stray / _LOCK).exists():
                stray.rmdir()
                continue
            lock = os.open(stray / _LOCK, os.O_RDWR)
            try:
                if _lock(lock):
                    _remove(stray)
            finally:
                os.close(lock)


def _workplace(path: Path) -> tuple[Path, int]:
    """Create a temporary folder with a file that is locked while this process lives."""
    while True:
        workplace = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        try:
            workplace.mkdir()
        except OSError as error:  # name the requested file
            raise OSError(error.errno, error.strerror, str(path)) from None
        with suppress(FileNotFoundError):  # another writer swept it before it was locked
            lock = os.open(workplace / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                is_ours = _lock(lock)
            except OSError:  # the file system has no locks: nothing is swept there
                is_ours = True
            if is_ours and (workplace / _LOCK).exists():
                return workplace, lock
            os.close(lock)


def _remove(workplace: Path) -> None:
    """Remove a folder, the lock last, so that a later sweep can finish an interrupted removal."""
    for file in workplace.iterdir():
        if file.name != _LOCK:
            file.unlink()
    (workplace / _LOCK).unlink()
    workplace.rmdir()


def _lock(handle: int) -> bool:
    """Lock a file and return whether this process has the lock; OSError without locks."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
