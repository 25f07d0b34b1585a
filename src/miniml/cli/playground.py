"""The command `miniml playground`: from its options to a page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from miniml.cli import models, sources
from miniml.cli.errors import UsageError, need, reason
from miniml.cli.playground_options import PlaygroundOptions
from miniml.datasets import Table

if TYPE_CHECKING:
    from miniml._playground.core.session import Session


def run(options: PlaygroundOptions) -> int:
    """Serve the page until Ctrl-C; the exit code is 0."""
    for module in ("msgspec", "starlette", "uvicorn", "websockets"):
        need(module, "playground", "the pages of the playground")
    from miniml._playground.core.errors import RequestError  # noqa: PLC0415  # an extra
    from miniml._playground.shell.server import serve  # noqa: PLC0415  # an extra

    try:
        session = _begin(options)
        serve(session, port=options.port, browser=options.browser)
    except RequestError as error:
        raise UsageError(str(error).rstrip(".")) from None
    except OverflowError:
        raise UsageError(f"there is no port {options.port}: the highest is 65535") from None
    except OSError as error:
        raise UsageError(f"cannot listen on port {options.port}: {reason(error)}") from None
    return 0


def _begin(options: PlaygroundOptions) -> "Session":
    from miniml._playground.core.creation import session_from_config  # noqa: PLC0415  # an extra
    from miniml._playground.core.from_config import from_table  # noqa: PLC0415  # an extra
    from miniml._playground.core.session import UserInputs  # noqa: PLC0415  # an extra
    from miniml._playground.core.session_config import OWN, SessionConfig  # noqa: PLC0415  # an extra

    sources.check_file_options(options)
    table = None
    if options.data not in sources.NAMES:
        table = sources.read_file(options)
        _check_size(table)
    config = SessionConfig(
        model=OWN if ":" in options.model else options.model,
        data=options.data if table is None else OWN,
        seed=options.seed,
    )
    points = None if table is None else from_table(table, config)
    make = _maker(options.model) if ":" in options.model else None
    return session_from_config(config, UserInputs(model=make, points=points))


def _check_size(table: Table) -> None:
    from miniml._playground.core.points import MOST  # noqa: PLC0415  # an extra

    if len(table.data) > MOST:
        raise UsageError(
            f"{table.name} has {len(table.data):,} points; the page draws at most {MOST:,}: "
            "use a sample of them"
        )


def _maker(spec: str) -> Callable[[int, int], models.Model]:
    """Return the user's function with the arguments of the page: a seed, a number of features."""

    def make(seed: int, features: int) -> models.Model:
        return models.own(spec, np.zeros((2, features)), np.random.default_rng(seed))

    return make
