"""Numbers that people give us, checked and brought into one form.

Each check returns the number in its normal form or raises ValueError with one Chinese sentence that says
what to do. An unusual area never blocks: it is a warning, for the clerk to look at the card once more.
"""

import re
import unicodedata
from datetime import date

from stdnum import numdb
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from bancheng.timekeeping import clock

EARLIEST_BIRTH_YEAR = 1900
# Districts and counties of today's Zhangjiakou and its forerunners (张家口地区 1325xx, 宣化 130721, 1307xx):
# cards with these numbers are in people's hands, whatever today's list of divisions says.
KNOWN_AREAS = ("1307", "1325")
# Hong Kong, Macao, Taiwan (residence permits) and permanent residence cards of foreigners.
KNOWN_REGIONS = ("81", "82", "83", "9")


class IdNumber(str):
    """An 18-digit number of a Chinese identity card in its normal form, and what can be read off it."""

    birth_date: date
    sex: str
    warnings: tuple[str, ...]

    def __new__(cls, value: str, *, birth_date: date, sex: str, warnings: tuple[str, ...] = ()) -> "IdNumber":
        number = super().__new__(cls, value)
        number.birth_date, number.sex, number.warnings = birth_date, sex, warnings
        return number

    @property
    def value(self) -> str:
        """The number as plain text."""
        return str(self)


def check_id_number(value: str) -> IdNumber:
    """GB 11643: eighteen signs, a real date of birth, the right check digit. Raises ValueError."""
    number = _compact(value).upper()
    if re.fullmatch(r"\d{15}", number):
        raise ValueError("这是15位的旧证号码，请按现行身份证填写18位号码。")
    if len(number) != 18:
        raise ValueError(f"身份证号应为18位，现在是{len(number)}位，请对照证件补齐。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise ValueError("身份证号只能是数字，末位可以是X,请对照证件重新填写。")
    birth_date = _birth_date(number)
    if number[-1] != ric.calc_check_digit(number):
        raise ValueError("身份证号校验不通过，可能有一位填错，请对照证件逐位核对。")
    warnings = (
        () if _area_known(number) else (f"号码前六位{number[:6]}不在已知的行政区划内，请再核对一次证件。",)
    )
    sex = "男" if int(number[16]) % 2 else "女"
    return IdNumber(number, birth_date=birth_date, sex=sex, warnings=warnings)


def check_uscc(value: str) -> str:
    """GB 32100, the unified social credit code of an organisation. Raises ValueError."""
    code = _compact(value).upper()
    if len(code) != 18:
        raise ValueError(f"统一社会信用代码应为18位，现在是{len(code)}位，请对照营业执照填写。")
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", code):
        raise ValueError("统一社会信用代码只含数字和大写字母（没有I、O、S、V、Z）,请对照营业执照填写。")
    try:
        return str(uscc.validate(code))
    except ValidationError:
        raise ValueError("统一社会信用代码校验不通过，可能有一位填错，请对照营业执照逐位核对。") from None


def check_phone(value: str) -> str:
    """A mobile number as 13812341234; a landline as 0313-2012345, its extension as 0313-2012345-801.

    Raises ValueError.
    """
    text = re.sub(r"(转|分机|EXT\.?|#)", "-", unicodedata.normalize("NFKC", value).upper())
    text = re.sub(r"[\s()]", "", re.sub(r"[‐-―−]", "-", text))
    text = re.sub(r"^(\+86|0086)-?", "", text)
    digits = text.replace("-", "")
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValueError("电话只能由数字组成，请重新填写；没有电话请选“无电话”。")
    if re.fullmatch(r"1[3-9][0-9]{9}", digits):
        return digits
    if digits.startswith("1"):
        raise ValueError(f"手机号应为11位、以13至19开头，现在是{len(digits)}位，请核对。")
    if not digits.startswith("0"):
        raise ValueError("请填写11位手机号；固定电话请加区号，如0313-2012345。")
    return _landline(text)


def _landline(text: str) -> str:
    area_digits = 3 if re.match(r"0(10|2[0-9])", text) else 4
    rest = text[area_digits:].removeprefix("-")
    if not (match := re.fullmatch(r"([2-8][0-9]{2,3}-?[0-9]{4})(?:-([0-9]{1,5}))?", rest)):
        raise ValueError("固定电话应为区号加7至8位号码，如0313-2012345，请核对。")
    number, extension = match[1].replace("-", ""), match[2]
    return "-".join(filter(None, (text[:area_digits], number, extension)))


def _compact(value: str) -> str:
    return re.sub(r"[\s‐-―−-]", "", unicodedata.normalize("NFKC", value))


def _birth_date(number: str) -> date:
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        raise ValueError(f"身份证号中的出生日期{number[6:14]}不存在，请对照证件核对第7至14位。") from None
    if born.year < EARLIEST_BIRTH_YEAR or born > clock.today():
        raise ValueError(f"身份证号中的出生日期{number[6:14]}不合常理，请对照证件核对第7至14位。")
    return born


def _area_known(number: str) -> bool:
    if number.startswith(KNOWN_AREAS) or number.startswith(KNOWN_REGIONS):
        return True
    found = numdb.get("cn/loc").info(number[:6])
    return any("county" in properties for _, properties in found)
