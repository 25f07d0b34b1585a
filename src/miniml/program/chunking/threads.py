"""The threads of programs and of BLAS."""

import itertools
import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # has no types

A = TypeVar("A")
R = TypeVar("R")


class _Settings:
    """The number of threads, and their pool."""

    def __init__(self) -> None:
        self.threads = _default()
        self.pool: ThreadPoolExecutor | None = None
        self.lock = threading.Lock()


def _default() -> int:
    asked = os.environ.get("MINIML_THREADS", "")
    if asked:
        if not asked.isdigit() or int(asked) < 1:
            raise ValueError(f"MINIML_THREADS is {asked!r}: expected an integer of at least 1")
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_settings = _Settings()


def set_threads(threads: int | None) -> None:
    """Set how many threads a program may use.

    Results repeat bit for bit at a given number of threads. The default is the value of the
    environment variable `MINIML_THREADS`, or else the number of cores.

    Args:
        threads: An integer of at least 1, or None for the default.

    Raises:
        ValueError: If the number is less than 1.

    Example:
        >>> set_threads(1)
        >>> get_threads()
        1
        >>> set_threads(None)
    """
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be 1 or more, not {threads}")
    with _settings.lock:
        _settings.threads = _default() if threads is None else threads
        pool, _settings.pool = _settings.pool, None
    if pool is not None:
        pool.shutdown(wait=False)


def get_threads() -> int:
    """Return how many threads a program may use.

    Returns:
        The number last given to `set_threads`, or the default.

    Example:
        >>> get_threads() >= 1
        True
    """
    return _settings.threads


def _submit(work: Callable[[], Any]) -> "Future[Any]":
    """Run the work on a thread of the pool."""
    with _settings.lock:
        if _settings.pool is None:
            _settings.pool = ThreadPoolExecutor(
                max(_settings.threads - 1, 1), thread_name_prefix="miniml"
            )
        return _settings.pool.submit(work)


def in_parallel(work: Callable[[A], R], items: Sequence[A], threads: int) -> list[R]:
    """Do the work on each item, on up to `threads` threads, this one included; return the results in order."""
    results: dict[int, R] = {}
    turn = itertools.count()

    def take() -> None:
        while (number := next(turn)) < len(items):
            results[number] = work(items[number])

    helpers = [_submit(take) for _ in range(min(threads, len(items)) - 1)]
    try:
        take()
    finally:
        for helper in helpers:
            if not helper.cancel():  # it has begun
                helper.result()
    return [results[number] for number in range(len(items))]


class _Blas:
    """The number of threads of some BLAS libraries; holders of different numbers wait for each other."""

    def __init__(self, libraries: Sequence[Any]) -> None:
        self.libraries = libraries
        # Since threadpoolctl 3.8 `set_num_threads` does nothing except in the first thread that
        # called it. The lock below does that job.
        self.setters: list[Callable[[int], object]] = [
            getattr(library, "_real_set_num_threads", library.set_num_threads)
            for library in self.libraries
        ]
        self.before: list[int] = []
        self.start_anew()

    def start_anew(self) -> None:
        """Forget all holders."""
        self.free = threading.Condition()
        self.holders = 0
        self.held = 0

    @contextmanager
    def hold(self, threads: int) -> Generator[None, None, None]:
        """Make BLAS use this number of threads within the context."""
        with self.free:
            while self.holders and self.held != threads:
                self.free.wait()
            if not self.holders:
                self.held = threads
                self.before = [library.get_num_threads() for library in self.libraries]
                for setter in self.setters:
                    setter(threads)
            self.holders += 1
        try:
            yield
        finally:
            with self.free:
                self.holders -= 1
                if not self.holders:
                    for setter, before in zip(self.setters, self.before, strict=True):
                        setter(before)
                    self.free.notify_all()


@cache  # finding the libraries takes milliseconds
def blas() -> _Blas:
    """Return the setting of the threads of NumPy's BLAS, the same object at each call."""
    found = _loaded()
    return _Blas([library for library in found if "numpy" in library.filepath] or found)


@cache
def scipys_blas() -> _Blas:
    """Return the setting of the threads of SciPy's own BLAS; SciPy must be imported."""
    return _Blas([library for library in _loaded() if "scipy.libs" in library.filepath])


def _loaded() -> list[Any]:
    controller: Any = ThreadpoolController()
    libraries: list[Any] = controller.select(user_api="blas").lib_controllers
    return libraries


def _start_anew() -> None:
    """Reset a forked child: it has one thread, and holds nothing."""
    _settings.pool = None
    _settings.lock = threading.Lock()
    for holder in (blas, scipys_blas):
        if holder.cache_info().currsize:
            holder().start_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
