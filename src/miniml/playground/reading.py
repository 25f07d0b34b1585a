"""Points from the text of a CSV file."""

import csv
import io
import tempfile
from pathlib import Path

from miniml.datasets import DataError, read_csv
from miniml.playground.catalogue import from_table
from miniml.playground.messages import Csv, Refused
from miniml.playground.points import Points
from miniml.playground.settings import Settings

ROWS = 5000
"""The most rows that a page can draw well."""


def read_points(message: Csv, settings: Settings) -> Points:
    """Read the points of a dropped file.

    Args:
        message: The text, its name, and the column that holds the class; the last if not named.
        settings: The share to train on, and the seed.

    Returns:
        The points, their columns standardised.

    Raises:
        Refused: If the text is no table of numbers and two classes; the message says where.
    """
    name = Path(message.name).name or "own.csv"
    target = message.target or _last_column(message.text)
    # The reader takes a path, so that its messages can name the file; this gives it one.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(message.text, encoding="utf-8")
        try:
            table = read_csv(path, target)
        except DataError as error:
            raise Refused(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    if len(table.data) > ROWS:
        raise Refused(f"{name} holds {len(table.data)} rows; the page takes at most {ROWS}.")
    return from_table(table, settings)


def _last_column(text: str) -> str:
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), skipinitialspace=True)
    header = next(rows, None)
    if not header:
        raise Refused("The file is empty; it needs a line of column names and rows of numbers.")
    return header[-1].strip()
