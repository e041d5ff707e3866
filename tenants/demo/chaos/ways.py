"""Which way a referral goes: drawn from its number, which both sides know; nobody has to tell them."""

from collections.abc import Collection
from enum import StrEnum
from random import Random

CITY_CENTRE, PROVINCE_CENTRE = "130700", "130000"


class Way(StrEnum):
    """What becomes of a referral."""

    RECALL = "recall"  # recalled before anybody signs
    RETURN = "return"  # given back
    RACE = "race"  # recalled and signed at the same moment; whoever was first counts
    SHORT = "short"  # signed, answered, confirmed
    WHOLE = "whole"  # material asked and given, chased, progress reported on the way
    CHAIN = "chain"  # the city refers it on to the province
    REDIRECT = "redirect"  # the coordinator gives it to another centre while it is handled
    APPEAL = "appeal"  # given back, and the coordinator designates who handles it


SHARES = {
    Way.RECALL: 40,
    Way.RETURN: 36,
    Way.RACE: 5,
    Way.SHORT: 10,
    Way.WHOLE: 3,
    Way.CHAIN: 2,
    Way.REDIRECT: 2,
    Way.APPEAL: 2,
}
"""Of a hundred. Most go a short way, so that many can go; every way is gone."""


def way_of(number: str, home: str, there: str, *, settled: bool, seed: int, city: Collection[str]) -> Way:
    """The way of the referral with this number from `home` to `there`; `city` are the city's centres.

    `settled` says that nobody may give it back any more: it was designated, or given back before.
    """
    rng = Random(f"{seed} {number}")  # noqa: S311  # a plan to be repeated
    way = rng.choices([*SHARES], weights=[*SHARES.values()])[0]
    inside = home in city and there in city
    if way == Way.CHAIN and (there != CITY_CENTRE or not inside):
        return Way.SHORT
    if way in (Way.REDIRECT, Way.APPEAL) and not inside:  # the coordinator is the city's
        return Way.SHORT
    if settled and way in (Way.RETURN, Way.APPEAL, Way.REDIRECT):
        return Way.SHORT
    return way
