"""The folder platform/ shares its name with a module of the standard library and must not shadow it."""

import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_platform_is_still_the_standard_library() -> None:
    assert platform.__file__ is not None
    assert platform.__file__.endswith("platform.py")


def test_platform_folder_is_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
