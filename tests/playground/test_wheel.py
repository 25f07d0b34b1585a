"""What is shipped: the page's bundle, in the wheel, and nothing from anywhere else."""

import re
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("index.html", "view.js", "view.css", "icon.svg")


def test_the_wheel_holds_the_page(tmp_path: Path) -> None:
    """A wheel built from the checkout holds every file of the page, byte for byte."""
    pytest.importorskip("build")
    subprocess.run(
        [sys.executable, "-m", "build", "-q", "--wheel", "--no-isolation", "-o", tmp_path, ROOT],
        check=True,
    )
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        for name in NAMES:
            shipped = wheel.read(f"miniml/playground/static/{name}")
            assert shipped == (ROOT / "src/miniml/playground/static" / name).read_bytes()


def test_the_bundle_names_no_host() -> None:
    """No address but the names of SVG's own vocabulary stands in the bundle."""
    static = files("miniml.playground") / "static"
    for name in NAMES:
        text = (static / name).read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([^/\"'`$\s]+)", text))
        assert hosts <= {"www.w3.org"}, name


def test_the_lock_file_names_no_registry() -> None:
    """The lock file pins what is installed by its sum, from whatever registry is used."""
    text = (ROOT / "playground/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 10
