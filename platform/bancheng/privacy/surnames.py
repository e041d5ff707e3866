"""Where a Chinese text seems to name a person: a surname in the company that names keep."""

import re
from collections.abc import Iterator
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_SURNAMES = (_DATA / "surnames.txt").read_text("utf-8").split()
_NOT_NAMES = tuple((_DATA / "not_names.txt").read_text("utf-8").split())
"""Common words and places that begin as a name might."""


def in_text(text: str) -> Iterator[tuple[int, int]]:
    """The places of what seems to be a name, in no particular order; some may overlap."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            name = match[group]
            if not name.startswith(_NOT_NAMES):
                yield match.span(group)


# --- The company that names keep ---------------------------------------------------------------------


def _one_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_HAN = r"[㐀-鿿]"
_SURNAME = f"(?:{'|'.join(sorted(_SURNAMES, key=len, reverse=True))})"
_CLAUSE = f"(?<!{_HAN})"
_FOLLOWED_BY = _one_of("的 于 在 到 来 向 称 反映 说 表示 是 今年 因 系 与 和 去世 生前 已 联系 负责 办理")
_ENDS = f"(?=$|[^㐀-鿿]|{_FOLLOWED_BY})"
_SAID_TO_BE = _one_of("姓名 姓名为 姓名是 名叫 名字叫 叫做 我叫 他叫 她叫")
_KIN = _one_of(
    "其子 其女 其父 其母 其妻 其夫 之子 之女 儿子 女儿 独子 独女 长子 次子"
    " 父亲 母亲 丈夫 妻子 配偶"
    " 老伴 孙子 孙女 弟弟 哥哥 姐姐 妹妹 反映人 申请人 当事人 参保人 代理人 代办人 监护人 联系人"
    " 经办人 被代办人 患者 老人 死者 逝者 亡者"
    " 职工 村民 居民 退休人员 负责人 法定代表人 主任 科长 所长 书记 局长 处长"
)
_TITLE = _one_of(
    "先生 女士 小姐 同志 大爷 大妈 大娘 大叔 大伯 大姐 大哥 阿姨 师傅 老汉 老太太 老太 奶奶 爷爷 某某 某"
)
_DOES = _one_of("反映 来到 来窗 来电 到窗口 称 说 表示 去世 病故")
_OWNS = _one_of("儿子 女儿 父亲 母亲 丈夫 妻子 配偶 独子 抚恤 养老 待遇 案")

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # Whatever follows these words is a name, whether its surname is known or not.
        rf"{_SAID_TO_BE}[：:\s“]*({_HAN}{{2,4}}?){_ENDS}",
        rf"{_KIN}[：:\s“]*({_SURNAME}{_HAN}{{1,2}}?){_ENDS}",
        rf"(?:{_CLAUSE}|(?<=[找由请向与和给对经为让把被跟及]))({_SURNAME}{_HAN}{{0,2}}?{_TITLE})",
        # Within a clause a surname and its title alone; “某” is more often “a certain”.
        rf"({_SURNAME}(?:先生|女士|某某|某))(?![年月日处地单个种一些省市县次家位人科])",
        # At the beginning of a clause, before what only people do.
        rf"{_CLAUSE}({_SURNAME}{_HAN}{{1,2}}?)(?={_DOES}|的{_OWNS})",
        rf"{_CLAUSE}([老小]{_SURNAME})(?={_HAN}{{0,2}}(?:{_DOES}|[的，。、]|$))",
    )
)
