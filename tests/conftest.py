"""What all tests share: the option `--no-skips`, what is collected, and how Hypothesis runs."""

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from miniml.program.run import make, tracing

LONG = Path(__file__).parent / "long"

# The first example pays for what later ones find generated: no deadline suits both.
settings.register_profile("miniml", deadline=None)
settings.load_profile("miniml")


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each trace adds the name of the function: a loss that counts is impure."""
    found: list[str] = []
    trace = tracing.trace

    def counted(run: Any, named: Callable[..., Any], *args: Any, **options: Any) -> Any:
        found.append(getattr(named, "__name__", ""))
        return trace(run, named, *args, **options)

    monkeypatch.setattr(make, "trace", counted)
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="fail if a test is skipped: what it needs is expected to be here",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out `tests/long`, unless the command names it or a file in it."""
    named = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    if collection_path == LONG and not any(path.is_relative_to(LONG) for path in named):
        return True
    return None


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """Let a test send itself Ctrl-C, though the run ignores it, as in the background of a script."""
    before = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if before is not signal.SIG_IGN or not is_main:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if session.config.getoption("--no-skips") and skipped and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
