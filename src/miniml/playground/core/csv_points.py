"""The points of a CSV file that was dropped on the page."""

import csv
import io
import tempfile
from pathlib import Path

from miniml.datasets import DataError, read_csv
from miniml.playground.core.errors import RequestError
from miniml.playground.core.from_config import from_table
from miniml.playground.core.messages import LONGEST, Csv
from miniml.playground.core.points import MOST, Points
from miniml.playground.core.session_config import SessionConfig


def points_from_csv(message: Csv, config: SessionConfig) -> Points:
    """Read the points of a dropped file.

    Args:
        message: The text, its name, and the column that holds the class; the last if not named.
        config: The share to train on, and the seed.

    Returns:
        The points, their columns standardised.

    Raises:
        RequestError: If the text is no table of numbers and two classes; the message says where.
    """
    name = Path(message.name).name or "own.csv"
    if len(message.text) > LONGEST:
        raise RequestError(
            f"{name} holds more than {LONGEST:,} letters; the page takes no more: bring a sample."
        )
    target = message.target or _last_column(message.text)
    # The reader takes a path, so that its messages can name the file; this gives it one.
    with tempfile.TemporaryDirectory() as folder:
        path = _written(Path(folder), name, message.text)
        try:
            table = read_csv(path, target)
        except DataError as error:
            raise RequestError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    if len(table.data) > MOST:
        raise RequestError(
            f"{name} holds {len(table.data):,} rows; the page takes at most {MOST:,}: bring a sample."
        )
    return from_table(table, config)


def _written(folder: Path, name: str, text: str) -> Path:
    """Write the text under its name, or under another where the disk cannot take that."""
    try:
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="")
    except (OSError, ValueError):
        path = folder / "own.csv"
        path.write_text(text, encoding="utf-8", newline="")
    return path


def _last_column(text: str) -> str:
    """Give the last name of the first line that is not empty, as the reader takes it."""
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), skipinitialspace=True)
    try:
        header = next((row for row in rows if row), None)
    except csv.Error as error:
        raise RequestError(f"The file is no table: {error}.") from None
    if header is None:
        raise RequestError(
            "The file is empty; it needs a line of column names and rows of numbers."
        )
    return header[-1].strip()
