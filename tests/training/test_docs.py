"""The documentation of training runs as it stands."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "training.md"


pytestmark = pytest.mark.sklearn


def test_the_page_runs() -> None:
    """The Python blocks of the page, one after another, are a script that runs."""
    pytest.importorskip("sklearn")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 18
    names: dict[str, object] = {}
    exec("\n".join(blocks), names)
    assert names["arrays"]
