"""The Python of the documentation, as mypy judges it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["training"])
def test_the_page_type_checks(page: str, tmp_path: Path) -> None:
    """The blocks of a page, one after another, are a script that mypy has nothing against."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    script = tmp_path / "page.py"
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)))
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
