"""The folder of a run with wrong content is refused in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miniml.cli import main, runs
from miniml.cli.errors import UsageError
from miniml.datasets import DataError
from tests.checkpoint import mutations

pytest.importorskip("rich")
pytest.importorskip("safetensors")

FILES = ("run.json", "history.csv", "params.safetensors")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a run."""
    folder = tmp_path_factory.mktemp("run") / "out"
    assert main(["fit", "circle", "--steps", "3", "--no-pictures", "--out", str(folder)]) == 0
    return {name: (folder / name).read_bytes() for name in FILES}


def check(folder: Path, files: dict[str, bytes]) -> None:
    """Read a run: it is one, or an error of one sentence."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        run = runs.read(folder)
    except (UsageError, DataError, MemoryError):
        return
    assert isinstance(run, runs.Run)


def _pairs(pairs: list[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    return tuple(pairs)


@st.composite
def changed(draw: st.DrawFn, before: bytes) -> bytes:
    """Return JSON with one or two changes."""
    document: Any = json.loads(before, object_pairs_hook=_pairs)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(mutations.places(document)))
        way = draw(st.sampled_from(["replace", "replace", "remove", "repeat", "rename"]))
        document = mutations.changed(document, place, way, draw(mutations.nasty))
    return mutations.dumped(document).encode(errors="replace")


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_wrong_run_json_is_refused(
    tmp_path: Path, trained: dict[str, bytes], data: st.DataObject
) -> None:
    """Whatever JSON `run.json` holds, the run is read or refused."""
    check(tmp_path, trained | {"run.json": data.draw(changed(trained["run.json"]))})


@given(name=st.sampled_from(FILES), content=st.binary(max_size=60), keep=st.integers(0, 400))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wrong_bytes_are_refused(
    tmp_path: Path, trained: dict[str, bytes], name: str, content: bytes, keep: int
) -> None:
    """Whatever bytes a file of the run holds, the run is read or refused."""
    check(tmp_path, trained | {name: trained[name][:keep] + content})


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("options.seed", "a", "--seed: 'a' is not an integer"),
        ("options.seed", True, "the option seed is True"),
        ("options.test_share", 1, "--test-share: 1 is not between"),
        ("options.hidden", [0], "--hidden: 0 is less than 1"),
        ("mean", [1.0], "a finite number for each feature"),
        ("scale", [1.0, 0.0], "a positive number for each feature"),
        ("scale", [1e-320, 1.0], "has changed since"),
        ("mean", [1e308, -1e308], "has changed since"),
        ("features", [1, 2], "must be text"),
        ("steps", "3", "steps must be an integer"),
        ("options", None, "does not hold a run of `miniml fit`"),
    ],
)
def test_the_message_says_what_is_wrong(
    part: str, value: object, message: str, tmp_path: Path, trained: dict[str, bytes]
) -> None:
    """The error names the option or the entry."""
    facts = json.loads(trained["run.json"])
    *above, last = part.split(".")
    (facts[above[0]] if above else facts)[last] = value
    for name, content in (trained | {"run.json": json.dumps(facts).encode()}).items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        runs.read(tmp_path)
