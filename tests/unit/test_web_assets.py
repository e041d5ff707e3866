"""Fetching the browser assets: what decides whether there is work, and what is made of the icons."""

import subprocess
from pathlib import Path

import pytest

from bancheng.web import assets
from bancheng.web.icons import ICONS

ROOT = Path(__file__).resolve().parents[2]
DRAWING = '<svg>\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M5 12h14" />\n</svg>'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "package-lock.json").write_text("{}")
    return tmp_path


@pytest.fixture
def vendor(clone: Path) -> Path:
    folder = clone / "vendor"
    folder.mkdir()
    for name in [*assets.FILES.values(), assets.SPRITE]:
        (folder / name).write_text("x")
    (folder / assets.STAMP).write_text(assets.fingerprint(clone))
    return folder


def test_nothing_is_fetched_when_nothing_changed(clone: Path, vendor: Path) -> None:
    assert assets.build(clone, vendor) is False


def test_a_changed_lock_asks_for_new_assets(clone: Path) -> None:
    before = assets.fingerprint(clone)
    (clone / "package-lock.json").write_text('{"changed": true}')
    assert assets.fingerprint(clone) != before


def test_a_lost_file_is_fetched_again(clone: Path, vendor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (vendor / "htmx.min.js").unlink()
    monkeypatch.setattr(assets, "npm", lambda: ["false"])  # fetching is tried, and fails here
    with pytest.raises(subprocess.CalledProcessError):
        assets.build(clone, vendor)


def test_the_sprite_holds_every_icon_without_its_frame(tmp_path: Path) -> None:
    for name in ICONS:
        (tmp_path / f"{name}.svg").write_text(DRAWING)
    drawn = assets.sprite(tmp_path)
    assert drawn.count("<symbol ") == len(ICONS)
    assert "M0 0h24v24H0z" not in drawn


def test_an_icon_that_tabler_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsFailed, match=sorted(ICONS)[0]):
        assets.sprite(tmp_path)


def test_the_lock_names_no_registry_and_pins_every_package() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
