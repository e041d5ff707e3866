"""People, enterprises, cards and numbers that nobody has: right in form, drawn from one seeded source."""

from datetime import date, timedelta
from random import Random

from stdnum.cn import ric, uscc

from bancheng.catalogue.words import Capacity, ReporterKind, Vulnerability
from tenants.matters.actions import ReporterDetails

SURNAMES = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
FIRST = "文志秀玉春国建永桂凤海俊淑广福瑞景兆庆明宝庭素雅清守良贵长德"
SECOND = "兰英生林和平山芬芳义全明华江喜元宁来珍云田民顺成安"
TOWNS = ("沙河", "白杨", "柳沟", "石桥", "北营", "水泉", "大滩", "榆林", "梁上", "东堡")
VILLAGES = ("上坪", "前沟", "榆树湾", "新立", "后洼", "小河口", "黄土梁", "四合", "南台", "双井")
UNITS = ("第二农机修造厂", "红星毛纺厂", "县粮油加工厂", "地方铁路工程队", "新生水泥厂", "永丰陶瓷厂")
COMPANIES = ("坝上风谷农牧", "云洲园林工程", "长虹桥运输", "青禾物业服务", "石泉食品加工", "北川建材")

RETIRING = ("YL06", "LH02")
"""The items that somebody brings who retires in these years."""


def staff_name(rng: Random) -> str:
    """A name at work."""
    return rng.choice(SURNAMES) + rng.choice(FIRST) + rng.choice(SECOND)


def card(rng: Random, area: str, born: date, *, man: bool | None = None) -> str:
    """A card number of GB 11643 with the right check digit; the serial is odd for men."""
    serial = rng.randrange(2, 998)
    if man is not None:
        serial = serial // 2 * 2 + man
    body = f"{area}{born:%Y%m%d}{serial:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def phone(rng: Random) -> str:
    """A mobile number of a range that is plainly made up: 1380000xxxx."""
    return f"1380000{rng.randrange(10000):04d}"


def address(rng: Random) -> str:
    return f"{rng.choice(TOWNS)}镇{rng.choice(VILLAGES)}村{rng.randrange(1, 99)}号"


def unit(rng: Random) -> str:
    """A former employer, long gone."""
    return rng.choice(UNITS)


def reporter(rng: Random, *, area: str, today: date, item: str) -> ReporterDetails:
    """Whoever comes for this item: a company for its own business, else a person, or somebody for them."""
    if item in ("QY02", "QY03", "SS01", "GS05", "SY03", "YL03"):
        return company(rng, area)
    if item in RETIRING:
        return _about_to_retire(rng, area, today)
    old = item[:2] in ("ZG", "CX") or item in ("YL08", "YL09", "JG02")
    born = today - timedelta(days=rng.randrange(*((61, 88) if old else (32, 62))) * 365 + rng.randrange(365))
    name = staff_name(rng)
    details = ReporterDetails(
        kind=ReporterKind.PERSON,
        name=name,
        identifier=card(rng, area, born),
        phone=phone(rng) if rng.random() < 0.93 else "",
        address=address(rng),
        vulnerable=_vulnerable(rng, (today - born).days // 365),
    )
    if item in ("YL10", "YL11", "CX04", "JG04", "GS04"):
        return _for_another(rng, details, Capacity.HEIR, area, born)
    if old and rng.random() < 0.35:
        return _for_another(rng, details, Capacity.AGENT, area, born)
    return details


def _about_to_retire(rng: Random, area: str, today: date) -> ReporterDetails:
    """Near the age: the men about sixty, the women about fifty-five."""
    man = rng.random() < 0.5
    born = today - timedelta(days=(60 if man else 55) * 365 + rng.randrange(-150, 150))
    return ReporterDetails(
        kind=ReporterKind.PERSON,
        name=staff_name(rng),
        identifier=card(rng, area, born, man=man),
        phone=phone(rng) if rng.random() < 0.93 else "",
        address=address(rng),
    )


def company(rng: Random, area: str) -> ReporterDetails:
    """An enterprise with a unified social credit code of GB 32100."""
    signs = "".join(rng.choice("0123456789ABCDEFGH") for _ in range(9))
    body = f"91{area}{signs}"
    return ReporterDetails(
        kind=ReporterKind.ENTERPRISE,
        name=f"{rng.choice(COMPANIES)}有限公司（示例）",
        identifier=body + str(uscc.calc_check_digit(body + "0")),
        phone=phone(rng),
        address=f"示例工业园{rng.randrange(1, 40)}号",
    )


def _for_another(
    rng: Random, details: ReporterDetails, capacity: Capacity, area: str, born: date
) -> ReporterDetails:
    return ReporterDetails(
        kind=details.kind,
        name=details.name,
        identifier=details.identifier,
        phone=details.phone,
        address=details.address,
        capacity=capacity,
        principal_name=staff_name(rng),
        principal_identifier=card(rng, area, born - timedelta(days=rng.randrange(-900, 900))),
        vulnerable=details.vulnerable,
    )


def _vulnerable(rng: Random, age: int) -> tuple[str, ...]:
    tags = [Vulnerability.ELDERLY.value] if age >= 70 else []
    if rng.random() < 0.12:
        others = ("severe_illness", "disabled", "low_income", "veteran", "migrant", "alone")
        tags.append(rng.choice(others))
    return tuple(tags)
