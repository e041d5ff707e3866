"""Finding precedents by Chinese words, and those that are like a matter. It needs no dictionary of words."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from bancheng.catalogue import selectors as catalogue
from bancheng.errors import NotFound
from bancheng.precedents.models import Precedent
from bancheng.timekeeping import clock

SHORTEST: Final = 2
"""Signs of a word that can be looked for: one alone stands nearly everywhere."""
SUGGESTED: Final = 5
_SAME_ITEM_AT_MOST: Final = 50
_ALIKE_AT_MOST: Final = 20
_ALIKE: Final = 0.35
"""How much of a subject must be in a precedent of another item to be worth a look (0 to 1)."""


def normal(text: str) -> str:
    """As both sides of a comparison are written: half-width, small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\0", "").split())


def words_of(*texts: str) -> str:
    """What the search looks through: the texts one after the other."""
    return normal("\n".join(text for text in texts if text))


def pairs_of(words: str) -> list[str]:
    """Every two signs that stand side by side in one run, each once."""
    return sorted({run[at : at + 2] for run in words.split() for at in range(len(run) - 1)})


def terms_of(typed: str) -> list[str]:
    """The words that were typed, as they are looked for; punctuation separates like a blank."""
    return list(dict.fromkeys(normal(re.sub(r"[\s，。；、：,;:]+", " ", typed)).split()))


def too_short(typed: str) -> bool:
    """Whether something was typed that is too short to be looked for."""
    terms = terms_of(typed)
    return bool(terms) and all(len(term) < SHORTEST for term in terms)


def matching(rows: QuerySet[Precedent], typed: str) -> QuerySet[Precedent]:
    """Those in which all the words stand; those that have them in the title first, then what helped most.

    Words of two signs are found by `pairs`, longer ones by trigram, shorter ones are passed over.
    """
    terms = [term for term in terms_of(typed) if len(term) >= SHORTEST]
    if not terms:
        return rows.order_by("-published_on", "-id")
    in_title = Q()
    for term in terms:
        rows = (
            rows.filter(pairs__contains=[term])
            if len(term) == SHORTEST
            else rows.filter(words__contains=term)
        )
        in_title &= Q(title__icontains=term)
    place = Case(When(in_title, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(place, "-helped", "-published_on", "-id")


# --- What is like a matter ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Suggestion:
    """A precedent that may help, and why it was found."""

    precedent: Precedent
    same_item: bool
    causes: Sequence[str]
    """Codes of the causes that both have."""
    likeness: float

    @property
    def why(self) -> str:
        """同一事项、同样卡在跨层级."""
        said = ["同一事项"] if self.same_item else ["文字相近"]
        if self.causes:
            said.append("同样卡在" + "、".join(cause_name(code) for code in self.causes))
        return "，".join(said)

    @property
    def rank(self) -> tuple[float, int, int]:
        """Most first: the item, how like the words are, common causes, then what helped, then the newest."""
        score = 1.0 * self.same_item + self.likeness + 0.5 * len(self.causes)
        return score, self.precedent.helped, self.precedent.published_on.toordinal()


def current() -> QuerySet[Precedent]:
    """Those that may be gone by today: neither withdrawn nor expired."""
    return Precedent.objects.filter(withdrawn_on=None, expires_on__gte=clock.today())


def suggested(
    *, item: str = "", causes: Collection[str] = (), text: str = "", at_most: int = SUGGESTED
) -> list[Suggestion]:
    """The current precedents that are most like a matter: of its item, or with its words in them.

    `text` is looked for in the precedents and kept nowhere. Two queries by index, and one statement that
    says from which likeness on the second counts, however many precedents there are.
    """
    wanted = normal(text)
    rows = current().annotate(likeness=TrigramWordSimilarity(wanted, "words")).defer("words", "pairs")
    found: dict[object, Precedent] = {}
    if item:
        same = rows.filter(item=item).order_by("-helped", "-published_on", "-id")
        found |= {row.pk: row for row in same[:_SAME_ITEM_AT_MOST]}
    if len(wanted) > SHORTEST:
        found |= {row.pk: row for row in _alike(rows.exclude(item=item), wanted)}
    made = [
        Suggestion(
            row,
            same_item=row.item == item,
            causes=[code for code in row.causes if code in causes],
            likeness=float(vars(row)["likeness"] or 0),
        )
        for row in found.values()
    ]
    return sorted(made, key=lambda each: each.rank, reverse=True)[:at_most]


def _alike(rows: QuerySet[Any], wanted: str) -> list[Precedent]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(_ALIKE)])
        return list(rows.filter(words__trigram_word_similar=wanted).order_by("-likeness")[:_ALIKE_AT_MOST])


def item_name(code: str) -> str:
    """The item's name, or the code where the catalogue has none."""
    try:
        return catalogue.item(code).name
    except NotFound:
        return code


def cause_name(code: str) -> str:
    """The same of a cause."""
    try:
        return catalogue.cause(code).name
    except NotFound:
        return code
