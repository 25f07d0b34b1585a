"""The bundle of the page holds everything and names no host."""

import re
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = ("index.html", "view.js", "view.css", "icon.svg")


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
