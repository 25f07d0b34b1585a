"""The bundle of the page holds everything and names no host."""

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = files("miniml._playground") / "static"
PACKAGES = json.loads((ROOT / "playground/package-lock.json").read_text("utf-8"))["packages"]
NAMES = ("index.html", "view.js", "view.css", "icon.svg")


def test_the_bundle_names_no_host() -> None:
    """The bundle contains no address except the SVG namespace."""
    for name in NAMES:
        text = (STATIC / name).read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([^/\"'`$\s]+)", text))
        assert hosts <= {"www.w3.org"}, name


def test_the_lock_file_names_no_registry() -> None:
    """The lock file pins packages by checksum, and names no registry."""
    text = (ROOT / "playground/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 10


def _imported() -> set[str]:
    """Return the packages that the page's own source imports."""
    sources = (ROOT / "playground/src").rglob("*.ts")
    named = (
        re.findall(r'from "((?:@[\w-]+/)?[\w-]+)', each.read_text("utf-8")) for each in sources
    )
    return {name for names in named for name in names}


def _with_dependencies(names: set[str]) -> set[str]:
    """Return packages and all that they depend on, by the lock file."""
    inner = {
        name for each in names for name in PACKAGES[f"node_modules/{each}"].get("dependencies", ())
    }
    return names if inner <= names else _with_dependencies(names | inner)


def test_every_bundled_package_has_its_licence() -> None:
    """The notices name the locked version and licence of each package, with its copyright."""
    text = (STATIC / "THIRD_PARTY_LICENSES.txt").read_text(encoding="utf-8")
    notices = re.findall(r"={72}\n(\S+) (\S+) \((\S+)\)\n\n(Copyright .*)\n", text)
    assert text.count("=" * 72) == len(notices)
    names = {name for name, *_ in notices}
    assert _imported() <= names <= _with_dependencies(_imported())
    for name, version, licence, _ in notices:
        locked = PACKAGES[f"node_modules/{name}"]
        assert (version, licence) == (locked["version"], locked["license"])


def test_the_licences_are_in_the_metadata() -> None:
    """The licence expression of the distribution names the licence of each bundled package."""
    text = (STATIC / "THIRD_PARTY_LICENSES.txt").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = set(re.findall(r"={72}\n\S+ \S+ \((\S+)\)", text))
    assert found <= set(project["license"].split(" AND "))
