"""`examples/lecture.py --out` draws every picture of the slides in their order."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
from PIL import Image

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "docs" / "images" / "lecture"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the pictures that the example writes, sorted by name."""
    out = tmp_path_factory.mktemp("lecture")
    subprocess.run(
        [sys.executable, "-W", "error", "examples/lecture.py", "--out", str(out)],
        cwd=ROOT,
        env={"PYTHONPATH": "src"},
        check=True,
        capture_output=True,
    )
    return sorted(out.iterdir())


def test_gallery_holds_what_is_drawn(pictures: list[Path]) -> None:
    """The documentation shows each picture once, under the name of its file."""
    text = (ROOT / "docs" / "pictures.md").read_text("utf-8")
    shown = re.findall(r"images/lecture/([\w-]+\.png)", text)
    assert sorted(shown) == [picture.name for picture in pictures]
    assert sorted(path.name for path in GALLERY.iterdir()) == sorted(shown)


def test_gallery_is_drawn_by_this_code(pictures: list[Path]) -> None:
    """At low resolution, the committed pictures and those drawn now hardly differ."""
    for picture in pictures:
        with Image.open(picture) as now, Image.open(GALLERY / picture.name) as shown:
            cells = [
                np.asarray(image.convert("RGB").resize((24, 24), Image.Resampling.BOX), float)
                for image in (now, shown)
            ]
        # Another version of matplotlib or FreeType moves letters, not what is drawn.
        assert np.mean(np.abs(cells[0] - cells[1])) < 3.0, picture.name


def test_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python block above the gallery is a script that runs and writes its picture."""
    (block,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "pictures.md").read_text("utf-8"), re.DOTALL
    )
    (tmp_path / "block.py").write_text(block, "utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path("block.py")
    assert (tmp_path / "line.png").stat().st_size > 10_000


def test_gallery_is_small() -> None:
    """All pictures of the gallery take less than 600 kB, the README's less than 200."""
    assert sum(path.stat().st_size for path in GALLERY.iterdir()) < 600_000
    assert (ROOT / "docs" / "images" / "spiral.png").stat().st_size < 200_000


def test_nothing_is_cut_off(pictures: list[Path]) -> None:
    """The outermost pixels of each picture are white: nothing is cut off."""
    for picture in pictures:
        with Image.open(picture) as image:
            pixels = np.asarray(image.convert("RGB"))
        edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert (edge > 250).all(), picture.name
