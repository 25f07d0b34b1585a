"""The points of a CSV file that was dropped on the page."""

from pathlib import Path

from miniml._playground.core.errors import RequestError
from miniml._playground.core.from_config import from_table
from miniml._playground.core.messages import LONGEST, Csv
from miniml._playground.core.points import MOST, Points
from miniml._playground.core.session_config import SessionConfig
from miniml.datasets import DataError
from miniml.datasets.readers import parse_csv


def points_from_csv(message: Csv, config: SessionConfig) -> Points:
    """Return the points of a dropped file.

    Args:
        message: The text, its name, and the column of the class; the last column if empty.
        config: The share of training points, and the seed.

    Returns:
        The points, with standardised columns.

    Raises:
        RequestError: If the text is not a table of numbers and two classes; the message names the
            line.
    """
    name = Path(message.name).name or "own.csv"
    if len(message.text) > LONGEST:
        raise RequestError(f"{name} has more than {LONGEST:,} characters: use a sample of it.")
    text = message.text.lstrip("\ufeff")  # the byte order mark of spreadsheets
    try:
        table = parse_csv(text, name, message.target or None)
    except DataError as error:
        raise RequestError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    if len(table.data) > MOST:
        raise RequestError(
            f"{name} has {len(table.data):,} rows; the page shows at most {MOST:,}: use a sample."
        )
    return from_table(table, config)
