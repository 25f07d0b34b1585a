"""The option `--examples`, and the profile of Hypothesis for long runs."""

import os

import pytest
from hypothesis import HealthCheck, settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--examples",
        type=int,
        default=int(os.environ.get("MINIML_EXAMPLES", "200")),
        help="the number of examples of each test in tests/long (default: MINIML_EXAMPLES or 200)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load the profile before the tests are imported, since `@given` reads it then."""
    settings.register_profile(
        "long",
        deadline=None,
        max_examples=config.getoption("--examples"),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )
    settings.load_profile("long")


@pytest.fixture
def examples(pytestconfig: pytest.Config) -> int:
    """Return the number of examples of a test with a loop of its own."""
    count: int | None = pytestconfig.getoption("--examples")
    assert count is not None
    return count
