"""Replace a file whole or not at all, whatever happens on the way."""

import errno
import os
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":  # there an open file cannot be removed in the first place
    import fcntl

_LOCK = "lock"


@contextmanager
def replacing(path: Path) -> Generator[Path, None, None]:
    """Give the name of a file to write; on leaving, it stands in place of `path`.

    It is written in a folder of its own beside `path`, so that the renaming is one step of the
    file system, and so that what the writing library leaves behind when it is killed can be told
    from everything else: earlier writers' folders are removed. The file and the folder of `path`
    are flushed to the disk.

    Raises:
        OSError: If the file cannot be written, or `path` is no file, such as a folder or a device.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "Not a regular file", str(path))
    sweep(path.parent, _escaped(path.name))
    workplace, lock = _workplace(path)
    try:
        written = workplace / f"new-{path.name}"  # whatever its name, it is not the lock
        yield written
        flush(written)
        # The library makes its files private; one that took the place of a private file is, too.
        written.chmod((path if path.exists() else workplace / _LOCK).stat().st_mode)
        written.replace(path)
    finally:
        with suppress(OSError):  # what could not be removed is swept by the next writer
            _remove(workplace)
        os.close(lock)
    flush_folder(path.parent)


def flush(path: Path, flags: int = os.O_RDWR) -> None:
    """Wait until the disk has all that was written to a file."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_folder(path: Path) -> None:
    """Wait until the disk has the names of all files in a folder."""
    if not hasattr(os, "O_DIRECTORY"):  # a folder cannot be opened
        return
    try:
        flush(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        if error.errno != errno.EINVAL:  # of a file system that flushes files only
            raise


def sweep(folder: Path, names: str) -> None:
    """Remove what dead writers of files of some names left in a folder: what has its lock free."""
    for stray in folder.glob(f".{names}.*.tmp"):
        with suppress(OSError):  # another writer is at it, or the file system has no locks
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
    """Make a folder, and in it a file that is locked as long as this process lives."""
    while True:
        workplace = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        try:
            workplace.mkdir()
        except OSError as error:  # of the file that was asked for
            raise OSError(error.errno, error.strerror, str(path)) from None
        with suppress(FileNotFoundError):  # another writer swept it before it was locked
            lock = os.open(workplace / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                is_ours = _lock(lock)
            except OSError:  # of a file system without locks: there nothing is swept
                is_ours = True
            if is_ours and (workplace / _LOCK).exists():
                return workplace, lock
            os.close(lock)


def _remove(workplace: Path) -> None:
    """Remove a folder, its lock last: killed on the way, it still tells the next sweep all."""
    for file in workplace.iterdir():
        if file.name != _LOCK:
            file.unlink()
    (workplace / _LOCK).unlink()
    workplace.rmdir()


def _lock(handle: int) -> bool:
    """Whether the file could be locked for this process; an `OSError` where no file can be."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
