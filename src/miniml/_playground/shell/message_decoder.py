"""The decoder of messages from the page."""

from typing import Final

import msgspec

from miniml._playground.core.errors import RequestError
from miniml._playground.core.messages import Csv, Message

_DECODER: Final[msgspec.json.Decoder[Message]] = msgspec.json.Decoder(Message)

SHORT: Final = 300_000
"""The most bytes of a message that is not a file."""


def decode(text: str | bytes) -> Message:
    """Decode one message, strictly.

    Args:
        text: JSON, as the page sent it.

    Returns:
        The message.

    Raises:
        RequestError: If it is not exactly one of the known messages, or too long.

    Example:
        >>> decode('{"type": "seek", "at": 3}')
        Seek(at=3)
    """
    try:
        message = _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"The page sent a message that is not understood: {error}.") from None
    if len(text) > SHORT and not isinstance(message, Csv):
        raise RequestError(
            f"The page sent a message of {len(text)} bytes; the limit is {SHORT} bytes."
        )
    return message
