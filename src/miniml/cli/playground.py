"""The command `miniml playground`: from its words to a page."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from miniml.cli import models
from miniml.cli.errors import UsageError, need
from miniml.cli.playground_options import PlaygroundOptions
from miniml.datasets import Table, read_csv, read_npz

if TYPE_CHECKING:
    from miniml.playground.core.session import Session


def run(options: PlaygroundOptions) -> int:
    """Serve the page until Ctrl-C; the exit code is 0."""
    for module in ("msgspec", "starlette", "uvicorn", "websockets"):
        need(module, "playground", "the pages of the playground")
    from miniml.playground.core.messages import RequestError  # noqa: PLC0415  # an extra
    from miniml.playground.shell.server import serve  # noqa: PLC0415  # an extra

    try:
        session = _begin(options)
        serve(lambda: session, port=options.port, browser=options.browser)
    except RequestError as error:
        raise UsageError(str(error).rstrip(".")) from None
    except OverflowError:
        raise UsageError(f"there is no port {options.port}: the highest is 65535") from None
    except OSError as error:
        raise UsageError(f"cannot listen on port {options.port}: {error.strerror}") from None
    return 0


def _begin(options: PlaygroundOptions) -> "Session":
    if options.seed < 0:
        raise UsageError(f"--seed {options.seed} is less than 0")
    from miniml.playground.core.catalogue import DATA, from_table  # noqa: PLC0415  # an extra
    from miniml.playground.core.creation import start  # noqa: PLC0415  # an extra
    from miniml.playground.core.session import UserInputs  # noqa: PLC0415  # an extra
    from miniml.playground.core.session_config import OWN, SessionConfig  # noqa: PLC0415  # an extra

    named = {name for names in DATA.values() for name in names}
    own_data = options.data not in named
    config = SessionConfig(
        model=OWN if ":" in options.model else options.model,
        data=OWN if own_data else options.data,
        seed=options.seed,
    )
    points = from_table(_drawable(_table(options, sorted(named))), config) if own_data else None
    make = _maker(options.model) if ":" in options.model else None
    return start(UserInputs(model=make, points=points), config)


def _drawable(table: Table) -> Table:
    from miniml.playground.core.points import MOST  # noqa: PLC0415  # an extra

    if len(table.data) > MOST:
        raise UsageError(
            f"{table.name} holds {len(table.data):,} points; the page draws at most {MOST:,}: "
            "bring a sample of them"
        )
    return table


def _table(options: PlaygroundOptions, names: list[str]) -> Table:
    path = Path(options.data)
    try:
        match path.suffix.lower():
            case ".csv" if options.target is None:
                raise UsageError(f"{path} needs --target COLUMN to say which column to predict")
            case ".csv" if options.target is not None:
                return read_csv(path, options.target, positive=options.positive)
            case ".npz":
                return read_npz(path, positive=options.positive)
            case _:
                raise UsageError(
                    f"no data are named {options.data!r}; the names are {', '.join(names)}, "
                    "or a .csv or .npz file"
                )
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _maker(spec: str) -> Callable[[int, int], models.Model]:
    """Give the user's function as the page calls it: with a seed and a number of features."""

    def make(seed: int, features: int) -> models.Model:
        return models.own(spec, np.zeros((2, features)), np.random.default_rng(seed))

    return make
