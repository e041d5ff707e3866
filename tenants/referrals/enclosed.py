"""The files that travel with a referral, as its page shows them: how they stand here, and who may open them.

Pages draw what stands here; nothing here asks the database beyond what it is handed.
"""

from dataclasses import dataclass

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed
from bancheng.timekeeping.lights import Colour
from tenants.referrals.models import CarriedFile, Direction, Referral, State
from tenants.referrals.preview import size_words


@dataclass(frozen=True)
class FileRow:
    """A file that travels, and how it stands with it on this side."""

    file: CarriedFile
    size: str
    light: tuple[Colour, str]
    opens: bool
    named: bool


def files(referral: Referral, actor: Actor) -> list[FileRow]:
    """One row for each file, by the leg on which it travels; health is named to those who handle it alone."""
    may_see = allowed(actor, "person.unmask")
    on_the_case = allowed(actor, "matter.add_evidence")
    drawn = []
    for file in referral.files.all():
        file.referral = referral
        named = on_the_case or not file.health
        opens = may_see and named and not file.ended and not _on_its_way(file)
        drawn.append(FileRow(file, size_words(file.size), _light_of_file(referral, file), opens, named))
    return drawn


def arrived_words(referral: Referral) -> str:
    """附件N件，已到M件; "" where no file comes in."""
    incoming = [file for file in referral.files.all() if file.travels in _incoming(referral)]
    here = sum(file.arrived_at is not None for file in incoming)
    return f"附件{len(incoming)}件，已到{here}件" if incoming else ""


def _incoming(referral: Referral) -> tuple[str, ...]:
    return CarriedFile.COMES_IN[Direction(referral.direction)]


def _on_its_way(file: CarriedFile) -> bool:
    return file.comes_in and file.arrived_at is None


def _light_of_file(referral: Referral, file: CarriedFile) -> tuple[Colour, str]:
    if file.consent is not None and file.consent.withdrawn_at is not None:
        return "grey", "同意已撤回，停用"
    if file.ended:
        return "grey", "已销毁" if file.destroyed_at else "已停用"
    if _on_its_way(file):
        return "amber", "在途"
    if referral.state == State.DRAFT:
        return "grey", "待随转"
    return "green", "已到" if file.comes_in else "已随转"
