"""How a CSV file is written: its encoding, delimiter, header and decimal mark.

What the file shows without doubt is taken from it. Where two readings are possible, the error names
the option that decides.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Sequence

import attrs

from miniml.datasets.table import DataError

_DELIMITERS = (",", ";", "\t", "|")
"""Those that are recognised, the first that fits."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of utf-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
)

_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def _one_letter(_: object, __: object, delimiter: str | None) -> None:
    if delimiter is not None and (
        len(delimiter) != 1 or delimiter in '"\r\n .' or delimiter.isalnum()
    ):
        raise DataError(
            f"the delimiter is {delimiter!r}: it must be one character between the columns, such as "
            "',' or ';'"
        )


def _comma_or_point(_: object, __: object, decimal: str | None) -> None:
    if decimal not in {None, ".", ","}:
        raise DataError(f"the decimal mark is {decimal!r}: it must be '.' or ','")


def _known_encoding(_: object, __: object, encoding: str | None) -> None:
    try:
        b"a".decode(encoding or "utf-8")
    except UnicodeError:  # the encoding exists
        return
    except (LookupError, ValueError):
        raise DataError(
            f"the encoding is {encoding!r}: it must be one that Python has, such as 'utf-8' or "
            "'latin-1'"
        ) from None


@attrs.frozen
class CsvFormat:
    """What is known of a CSV file; None is found out.

    Attributes:
        header: Whether the first line holds the names of the columns.
        delimiter: The character between columns.
        decimal: The decimal mark, a point or a comma.
        encoding: The encoding of the text.
    """

    header: bool | None = None
    delimiter: str | None = attrs.field(default=None, validator=_one_letter)
    decimal: str | None = attrs.field(default=None, validator=_comma_or_point)
    encoding: str | None = attrs.field(default=None, validator=_known_encoding)


def decode(data: bytes, name: str, encoding: str | None) -> str:
    """Return the text of a file: UTF-8, UTF-16 or UTF-32 with its mark, or Western European.

    Raises:
        DataError: If the file is compressed, is not text, or has another encoding.
    """
    for magic, what in _COMPRESSED:
        if data.startswith(magic):
            raise DataError(f"{name} is compressed by {what}: decompress it first")
    marked = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    try:  # utf-8-sig: spreadsheets write a mark before the first name
        text = data.decode(encoding or marked or "utf-8-sig")
    except UnicodeError:
        if encoding or marked:
            raise DataError(
                f"{name} is not text in {encoding or marked}: pass another encoding (in the command: "
                "--encoding)"
            ) from None
        text = _western(data, name)
    if "\0" in text:
        raise DataError(
            f"{name} has NUL characters, so it is not text in this encoding: if it is UTF-16, pass "
            "encoding='utf-16' (in the command: --encoding utf-16)"
        )
    return text.removeprefix("\ufeff")


def _western(data: bytes, name: str) -> str:
    """Return text in Latin-1, with the quotes and dashes that Windows adds."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise DataError(
            f"{name} is text neither in UTF-8 nor in Latin-1: pass its encoding (in the command: "
            "--encoding NAME)"
        ) from None


def find_delimiter(text: str, target: str | None, *, header: bool | None) -> str:
    """Return the delimiter of a text: of the header it makes cells, one of them the target."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    candidates = {mark: _cells(first, mark) for mark in _DELIMITERS}
    if header is not False and target is not None:
        for mark, cells in candidates.items():
            if len(cells) > 1 and target in cells:
                return mark
    if header is False and len(candidates[","]) > 1:  # "1,5;2,5" has commas within numbers
        others = [mark for mark in _DELIMITERS[1:] if len(candidates[mark]) > 1]
        return others[0] if others else ","
    return next((mark for mark, cells in candidates.items() if len(cells) > 1), ",")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        rows = [*csv.reader([line], delimiter=delimiter, skipinitialspace=True)]
    except csv.Error:
        return []
    return [cell.strip() for cell in rows[0]] if rows else []


def check_names(first: Sequence[str], classes: Collection[str], target: str, name: str) -> None:
    """Refuse a header that looks like the first row of a file without one."""
    others = [cell for cell in first if cell != target]
    # If the name is also a class, the first row is a point.
    numbers = all(map(is_number, first)) or (target in classes and all(map(is_number, others)))
    if numbers:
        shown = ", ".join(first[:3]) + ", ..." * (len(first) > 3)
        raise DataError(
            f"the first line of {name} holds numbers ({shown}), not names of columns: add a line of "
            "names, or pass header=False (in the command: --no-header); if they are names, "
            "header=True (--header)"
        )


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number, by a point or by a comma."""
    try:
        float(cell.replace(",", ".", 1))
    except ValueError:
        return False
    return True


def with_points(cells: Sequence[str], name: str) -> dict[str, str] | None:
    """Return the numbers of a file that has decimal commas, each with a point.

    Args:
        cells: All cells that are not numbers as they are.
        name: The name of the file.

    Returns:
        The text of each number; None if the cells are not such numbers.

    Raises:
        DataError: If all commas could also divide thousands.
    """
    if not cells or not all(map(_WITH_COMMA.fullmatch, cells)):
        return None
    if all(map(_THOUSANDS.fullmatch, cells)):
        raise DataError(
            f"{name} has {cells[0]!r}, which can be {cells[0].replace(',', '.')} or "
            f"{cells[0].replace(',', '')}: pass decimal=',' (in the command: --decimal ,) if the "
            "comma is a decimal mark, or remove the marks of thousands"
        )
    return {cell: cell.replace(",", ".") for cell in cells}
