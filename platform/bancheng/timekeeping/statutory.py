"""The public holidays that the law itself names: all that is known of a year before its notice is out.

Source: 《全国年节及纪念日放假办法》 as amended from 2025-01-01 (State Council order 795), article 2. Which
weekends are worked for longer holidays (调休), and which day makes up for a holiday on a weekend (补假),
only the yearly notice says. The moving dates follow the lunar calendar of GB/T 33661.
"""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_FESTIVALS = Path(__file__).parent / "data" / "festivals.csv"

# Month, day, name of those that do not move.
_FIXED = (
    (1, 1, "元旦"),
    (5, 1, "劳动节"),
    (5, 2, "劳动节"),
    (10, 1, "国庆节"),
    (10, 2, "国庆节"),
    (10, 3, "国庆节"),
)


@cache
def holidays(year: int) -> Mapping[date, str]:
    """The statutory holidays of `year` and their names; today's law is applied to every year.

    Spring Festival (with its eve), Qingming, Dragon Boat and Mid-autumn come from data/festivals.csv, which
    covers 2000 to 2099; other years have the fixed days only. Never raises.
    """
    days = {date(year, month, day): name for month, day, name in _FIXED}
    if festival := _festivals().get(year):
        spring = festival["spring_festival"]
        days |= {spring + timedelta(days=n): "春节" for n in (-1, 0, 1, 2)}
        days[festival["qingming"]] = "清明节"
        days[festival["dragon_boat"]] = "端午节"
        days[festival["mid_autumn"]] = "中秋节"
    return days


@cache
def _festivals() -> dict[int, dict[str, date]]:
    with _FESTIVALS.open(encoding="utf-8", newline="") as lines:
        return {
            int(row.pop("year")): {name: date.fromisoformat(day) for name, day in row.items()}
            for row in csv.DictReader(lines)
        }
