"""Finds in a text for everybody what may lead to a person: names, numbers, exact dates, addresses.

Two kinds of finding: what is known of somebody (`Known`: the reporter of the very matter) is found for sure,
however it is spaced; the rest is found by its look, and plain policy text is meant to pass. It warns whoever
writes; the second pair of eyes is a person's. House rule.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bancheng.privacy import surnames
from bancheng.privacy.patterns import NUMBERS


@dataclass(frozen=True)
class Known:
    """A word that is somebody's, and what it is of them: Known("欧阳示例", "反映人姓名")."""

    word: str
    label: str


@dataclass(frozen=True)
class Trace:
    """One finding: where it stands in the text, and what whoever wrote it should do, in one sentence."""

    start: int
    end: int
    text: str
    sentence: str


def find(text: str, known: Iterable[Known] = ()) -> list[Trace]:
    """What looks personal in `text`, in its order, each place once; what is known for sure comes first."""
    plain = text.translate(_HALF_WIDTH)  # sign for sign, so that places stay
    found: list[Trace] = []
    for look in (_known(known), _numbers, _dates, _addresses, _names):
        for start, end, say in look(plain):
            if not any(start < other.end and other.start < end for other in found):
                found.append(Trace(start, end, text[start:end], say(text[start:end])))
    return sorted(found, key=lambda trace: trace.start)


def sentences(text: str, known: Iterable[Known] = ()) -> list[str]:
    """The sentences of `find`, each once."""
    return list(dict.fromkeys(trace.sentence for trace in find(text, known)))


# --- How each kind is found --------------------------------------------------------------------------

Say = Callable[[str], str]
Place = tuple[int, int, Say]
Look = Callable[[str], Iterator[Place]]

_HALF_WIDTH: Final = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF5B))}
_HAN: Final = r"[㐀-鿿]"
_BETWEEN: Final = r"[\s·•.\-—–]*"
SHORTEST_KNOWN: Final = 2
"""One sign alone, such as a name of one character, would be found everywhere."""


def _known(known: Iterable[Known]) -> Look:
    asked = {each.word.translate(_HALF_WIDTH): each.label for each in known}

    def look(text: str) -> Iterator[Place]:
        for word, label in asked.items():
            signs = [re.escape(sign) for sign in word if not sign.isspace()]
            if len(signs) < SHORTEST_KNOWN:
                continue
            whole = r"(?<!\d){}(?!\d)" if word.isdigit() else "{}"
            for match in re.finditer(whole.format(_BETWEEN.join(signs)), text, re.IGNORECASE):
                yield *match.span(), _is_theirs(label)

    return look


def _is_theirs(label: str) -> Say:
    return lambda said: f"“{said}”是此件的{label}，请删去。"


def _matching(pattern: str, say: Say) -> Look:
    compiled = re.compile(pattern)

    def look(text: str) -> Iterator[Place]:
        for match in compiled.finditer(text):
            yield *match.span(), say

    return look


def _any_of(*looks: Look) -> Look:
    def look(text: str) -> Iterator[Place]:
        for each in looks:
            yield from each(text)

    return look


_POLICY: Final = (
    r"(?:（[^）]{0,12}）)?(?:起|以?[前后])?(?:[^\W\d]{0,4}(?:人民代表大会|人大|国务院|部|厅|局)[^\W\d]{0,8})?(?:正式|开始|统一)?"
    r"(?:施行|执行|实施|印发|公布|发布|通过|修订|修正|废止|生效|失效)"
)
"""The day of a regulation leads to nobody."""
_DAY: Final = r"(?:[0-3]?\d|[一二三四五六七八九十]{1,3})[日号]"

_numbers = _any_of(
    _matching(
        r"社反〔\d{4}〕\s*\d+\s*号?|BF\w{3,20}-\d{4}-\d+",
        lambda said: f"“{said}”是反映件的编号，能查到具体的人，请删去。",
    ),
    _matching(NUMBERS.pattern, lambda said: f"“{said}”像是证件号、账号或电话，请删去。"),
    _matching(
        r"(?:尾号|末四位|后四位|末尾四位)(?:是|为|：|:|\s)*\d{3,4}(?!\d)",
        lambda said: f"“{said}”是号码的一部分，请删去。",
    ),
    _matching(
        r"(?<![\d.])\d{7,}(?![\d.]|\s*[万亿]?元)", lambda said: f"“{said}”是一长串数字，像是号码，请删去。"
    ),
    _matching(r"[A-Za-z0-9_.+-]+@[\w-]+(?:\.[\w-]+)+", lambda said: f"“{said}”是电子邮箱，请删去。"),
)

_dates = _any_of(
    _matching(
        rf"(?:\d{{4}}|[〇零一二三四五六七八九]{{4}})年\s*(?:1[0-2]|0?[1-9]|[一二三四五六七八九十]{{1,2}})月\s*{_DAY}(?!{_POLICY})",
        lambda said: f"“{said}”是确切日期，请只写到年月，如“2026年3月”。",
    ),
    _matching(
        r"(?<!\d)(?:19|20)\d{2}[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])(?!\d)",
        lambda said: f"“{said}”是确切日期，请只写到年月，如“2026年3月”。",
    ),
    _matching(
        rf"(?<![\d年])(?:1[0-2]|0?[1-9])月{_DAY}(?!{_POLICY})",
        lambda said: f"“{said}”是确切日期，请只写到月份。",
    ),
)

_addresses = _any_of(
    _matching(
        rf"{_HAN}{{1,8}}?(?:路|街|巷|大道|胡同|弄)(?:东|西|南|北|中)?(?:段)?\s*\d+\s*号",
        lambda said: f"“{said}”像是住址，请删去。",
    ),
    _matching(
        rf"(?:{_HAN}{{1,6}}?(?:村|屯|庄|堡|社区))?第?[\d一二三四五六七八九十]+(?:组|社|号楼|单元|栋|幢|号院)(?![织保会])",
        lambda said: f"“{said}”像是住址，请删去。",
    ),
    _matching(rf"{_HAN}{{1,6}}?(?:村|屯|庄)\s*\d+\s*号", lambda said: f"“{said}”像是住址，请删去。"),
    _matching(
        rf"(?<!{_HAN})(?:(?!所在|居住|老旧|住宅|社区|各|本|该|同一|全市|在|位于)|(?<=在|于)){_HAN}{{2,6}}小区"
        rf"|(?:住在|住|家住|家在|位于)(?!所在|老旧|住宅){_HAN}{{2,6}}小区",
        lambda said: f"“{said}”像是住址，请删去。",
    ),
    _matching(
        r"[^\W\d和与及各、向到从由经在]{2,3}(?:乡|镇)(?![乡镇村街])[^\W\d镇乡和与及各的政干]{1,4}村(?![委民级集干两社])",
        lambda said: f"“{said}”像是住址，请删去。",
    ),
)


def _names(text: str) -> Iterator[Place]:
    for match in surnames.in_text(text):
        yield *match, lambda said: f"“{said}”像是姓名，请改写为“反映人”“其子”这样的称呼。"
