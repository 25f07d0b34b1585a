"""The points of a CSV file that was dropped on the page."""

import csv
import io
from pathlib import Path

from miniml.datasets import DataError
from miniml.datasets.readers import parse_csv
from miniml.playground.core.errors import RequestError
from miniml.playground.core.from_config import from_table
from miniml.playground.core.messages import LONGEST, Csv
from miniml.playground.core.points import MOST, Points
from miniml.playground.core.session_config import SessionConfig


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
    target = message.target or _last_column(text)
    try:
        table = parse_csv(io.StringIO(text, newline=""), name, target)
    except DataError as error:
        raise RequestError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    if len(table.data) > MOST:
        raise RequestError(
            f"{name} has {len(table.data):,} rows; the page shows at most {MOST:,}: use a sample."
        )
    return from_table(table, config)


def _last_column(text: str) -> str:
    """Return the last name of the first line that is not empty."""
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    try:
        header = next((row for row in rows if row), None)
    except csv.Error as error:
        raise RequestError(f"The file is not a table: {error}.") from None
    if header is None:
        raise RequestError(
            "The file is empty; it needs a line of column names and rows of numbers."
        )
    return header[-1].strip()
