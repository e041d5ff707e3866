"""How long the content of evidence is kept, by category: one table, shown to whoever uploads.

The law asks for the shortest time that the purpose needs (个人信息保护法第十九条); the figures are a house
rule. Pictures of people go soonest; what proves a payment or an answer stays as long as it may be asked for.
"""

from datetime import date, timedelta

from tenants.casework.models import Category

DAYS = {
    Category.PHOTO: 180,
    Category.FRAME: 180,
    Category.CARD: 365,
    Category.RECEIPT: 3 * 365,
    Category.LETTER: 3 * 365,
    Category.CONSENT: 3 * 365,
    Category.OTHER: 365,
}
"""Calendar days from the upload to the destruction of the content."""


def destroy_on(category: Category, uploaded: date) -> date:
    """The day from which the content is destroyed."""
    return uploaded + timedelta(days=DAYS[category])


def words() -> str:
    """The table as a sentence, for the form: 照片、录像截图180天，…"""
    by_days: dict[int, list[str]] = {}
    for category, days in DAYS.items():
        by_days.setdefault(days, []).append(category.label)
    kept = [f"{'、'.join(labels)}{_span(days)}" for days, labels in sorted(by_days.items())]
    return f"到期自动销毁，从上传起算：{'，'.join(kept)}。"


def _span(days: int) -> str:
    return f"{days // 365}年" if days % 365 == 0 else f"{days}天"
