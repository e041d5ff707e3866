"""The words of notices: one sentence for each kind, and nothing in it but the matter's number."""

import re
import string

import pytest

from bancheng.web.tones import TONES
from tenants.notices import kinds
from tenants.notices.kinds import TOLD, NoticeKind


def test_every_kind_has_its_sentence() -> None:
    assert set(TOLD) == set(NoticeKind)


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_sentence_asks_for_the_number_alone(kind: NoticeKind) -> None:
    asked = {name for _, name, _, _ in string.Formatter().parse(TOLD[kind][1]) if name is not None}

    assert asked == {"number"}


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_sentence_is_whole_and_in_chinese_signs(kind: NoticeKind) -> None:
    said = kinds.sentence(kind, "张社反〔2026〕0007号")

    assert said.endswith("。")
    assert not re.search(r"[,.;:()!?\"']", said)


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_tone_is_one_that_the_screens_know(kind: NoticeKind) -> None:
    assert kinds.tone(kind) in TONES
