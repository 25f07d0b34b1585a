"""What all tests share: the option `--no-skips`, what is collected, and how Hypothesis runs."""

from pathlib import Path

import pytest
from hypothesis import settings

LONG = Path(__file__).parent / "long"

# The first example pays for what later ones find generated: no deadline suits both.
settings.register_profile("miniml", deadline=None)
settings.load_profile("miniml")


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


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if session.config.getoption("--no-skips") and skipped and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
