"""What all tests share: the option `--no-skips`, and how Hypothesis runs."""

import pytest
from hypothesis import settings

# The first example pays for what later ones find generated: no deadline suits both.
settings.register_profile("miniml", deadline=None)
settings.load_profile("miniml")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="fail if a test is skipped: what it needs is expected to be here",
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if session.config.getoption("--no-skips") and skipped and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
