"""The distribution: its name, what it ships, and the messages that say how to install it."""

import ast
import email.message
import email.parser
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import attrs
import pytest

import miniml
from miniml._distribution import DISTRIBUTION, install_hint

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
STATIC = "src/miniml/_playground/static"
TEXTS = [
    path
    for folder in ("src", "docs", "examples", "tools", "benchmarks", ".")
    for path in (ROOT.glob("*.*") if folder == "." else (ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".toml"}
]


@attrs.frozen
class Built:
    """The files of a wheel and of a source distribution, and the wheel's metadata."""

    wheel: dict[str, bytes]
    sdist: dict[str, bytes]
    metadata: email.message.Message


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    pytest.importorskip("build")
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "-q", "--no-isolation", "-o", out, ROOT], check=True
    )
    with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
        wheel = {name: archive.read(name) for name in archive.namelist()}
    sdist = {}
    with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
        for member in archive.getmembers():
            if (file := archive.extractfile(member)) is not None:
                sdist[member.name.partition("/")[2]] = file.read()
    (metadata,) = (name for name in wheel if name.endswith(".dist-info/METADATA"))
    return Built(wheel, sdist, email.parser.Parser().parsestr(wheel[metadata].decode()))


def test_the_metadata(built: Built) -> None:
    """Name, version, licence and authors are right, and no address is given."""
    found = built.metadata
    assert found["Name"] == DISTRIBUTION == PROJECT["name"]
    assert found["Version"] == miniml.__version__
    assert found["License-Expression"] == "MIT AND ISC AND CC-BY-4.0"
    assert found["Author"] == "The miniml authors"
    assert "Project-URL" not in found
    assert "Home-page" not in found


def test_every_licence_is_shipped(built: Built) -> None:
    """Wheel and sdist hold the licences of the library, of the data set and of the page's code."""
    licences = [
        "LICENSE",
        f"{STATIC}/THIRD_PARTY_LICENSES.txt",
        "src/miniml/datasets/breast_cancer.txt",
    ]
    assert built.metadata.get_all("License-File") == licences
    for name in licences:
        text = (ROOT / name).read_bytes()
        assert built.sdist[name] == text
        assert [text for path in built.wheel if path.endswith(f"/licenses/{name}")] == [text]


def test_the_page_is_shipped(built: Built) -> None:
    """Wheel and sdist hold every file of the page, byte for byte."""
    names = [path.name for path in (ROOT / STATIC).iterdir()]
    assert {"index.html", "view.js", "view.css", "icon.svg"} <= set(names)
    for name in names:
        text = (ROOT / STATIC / name).read_bytes()
        assert built.wheel[f"miniml/_playground/static/{name}"] == text
        assert built.sdist[f"{STATIC}/{name}"] == text


def test_the_links_of_the_readme(built: Built) -> None:
    """Each relative link of the README leads to a file of the sdist."""
    readme = built.sdist["README.md"].decode()
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", readme)]
    relative = [link for link in links if not link.startswith("https://")]
    assert len(relative) > 10
    assert sorted(set(relative) - set(built.sdist)) == []


def test_hints_name_extras_that_exist() -> None:
    """Every extra that a message or a page tells to install is in pyproject.toml."""
    named = set[str]()
    for path in TEXTS:
        text = path.read_text("utf-8")
        for group in re.findall(rf"{DISTRIBUTION}\[([\w,]+)\]", text):
            named.update(group.split(","))
        if path.suffix == ".py":
            named.update(_extras_of_calls(text))
    assert {"cli", "io", "jax", "notebook", "playground", "plot", "scipy", "sklearn"} <= named
    assert named <= set(EXTRAS)


def _extras_of_calls(source: str) -> set[str]:
    """Return the extras given to `install_hint(extra)` and `need(module, extra, purpose)`."""
    places = {"install_hint": 0, "need": 1}
    return {
        argument.value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if (place := places.get(call.func.id)) is not None
        if isinstance(argument := call.args[place], ast.Constant)
        if isinstance(argument.value, str)
    }


def test_no_text_installs_another_project() -> None:
    """`miniml` on the package index is another project: no text tells to install it."""
    wrong = re.compile(r"pip install\s+['\"]?miniml(?!-attrs)\b")
    assert [path for path in TEXTS if wrong.search(path.read_text("utf-8"))] == []
    assert install_hint("plot") == "pip install 'miniml-attrs[plot]'"
