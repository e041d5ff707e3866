"""House rules of templates that a machine can watch over."""

import re
from pathlib import Path

import pytest

from bancheng.web.icons import ICONS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    [*ROOT.glob("platform/bancheng/*/templates/**/*.html"), *ROOT.glob("tenants/*/templates/**/*.html")]
)


def test_there_are_templates_to_watch() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_script_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), "the content security policy would stop it"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']|\bhx-on|javascript:", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_uses_listed_icons_and_loads_nothing_from_elsewhere(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert set(re.findall(r"""\{% icon ["']([\w-]+)["']""", source)) <= ICONS
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", source)
