"""What is done on an invented matter in a department's hands: materials, guidance, consent before a photo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.models import ItemMaterial
from bancheng.catalogue.words import MaterialKind, ObtainedBy, ReporterKind
from bancheng.identity.roles import Role
from bancheng.privacy.identifiers import check_id_number
from bancheng.timekeeping import clock
from tenants.casework.actions import evidence, guidance, materials
from tenants.casework.actions.materials import Line
from tenants.casework.files import clean
from tenants.casework.models import (
    FROM_OUTSIDE,
    Answer,
    Category,
    Giver,
    LiaisonKind,
    LiaisonWay,
    MaterialStatus,
    Method,
    Purpose,
    VisitKind,
    Way,
)
from tenants.casework.reckoning import ages
from tenants.casework.reckoning.months import Month
from tenants.demo import invented, material
from tenants.demo.plan import Stand
from tenants.demo.stories import pictures

if TYPE_CHECKING:
    from tenants.demo.lives import Beats, Life

UNSEEN = ("ZG01", "ZG03")
"""The items at which somebody cannot stand before a camera."""


def in_hand(life: Life) -> Beats:
    """After the signature of the department; most matters need a part of this, a simple one nothing."""
    if life.level == 1:
        return
    if life.plan.stand == Stand.AWAITING:
        yield life.soon()
        ask_for(life, check(life, lacking=True))
        return
    lacking = life.plan.stand is None and life.rng.random() < 0.15
    if lacking or life.rng.random() < 0.35:
        yield life.soon()
        missing = check(life, lacking=lacking)
        if missing:
            ask_for(life, missing)
            yield life.after(2, 4)
            receive(life, missing)
    if life.plan.stand is None and life.plan.case.item in UNSEEN:
        yield from _seen_at_home(life)
    yield from _guided(life)


# --- Materials ---------------------------------------------------------------------------------------


def check(life: Life, *, lacking: bool) -> ItemMaterial | None:
    """Go through the checklist; what is missing at the end of it, of which there is at most one."""
    listed = catalogue.materials(life.item.code)
    outside = [each for each in listed if each.obtained_by in FROM_OUTSIDE]
    missing = life.rng.choice(outside) if lacking and outside else None
    materials.check_materials(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER),
        version=life.lists_changed,
        lines=[_line(life, each, missing=each is missing) for each in listed],
    )
    life.lists_changed += 1
    return missing


def ask_for(life: Life, missing: ItemMaterial | None) -> None:
    """The clock stands still from here, until it is there."""
    if missing is None:
        return
    materials.ask_material(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER),
        names=[missing.name],
        words="只缺这一项，其余已齐；可以拍照发来，不必专程送。",
    )
    life.lists_changed += 1
    life.heard = None


def receive(life: Life, missing: ItemMaterial) -> None:
    materials.receive_material(
        matter_id=life.matter_id,
        actor=life.who(Role.WINDOW_CLERK),
        version=life.lists_changed,
        lines=[_said(missing, MaterialStatus.RECEIVED, source="反映人送交")],
    )
    life.lists_changed += 1
    life.heard = clock.now()


def _line(life: Life, each: ItemMaterial, *, missing: bool) -> Line:
    if missing:
        return _said(each, MaterialStatus.MISSING)
    if each.obtained_by not in FROM_OUTSIDE:
        return _said(each, MaterialStatus.SHARED, source="业务系统查询")
    if each.may_follow and life.plan.stand is None and life.rng.random() < 0.1:
        line = _said(each, MaterialStatus.FOLLOWS)
        by = life.pace.workday(clock.today(), 10)
        return replace(line, follow_by=by, undertaking="十个工作日内补交原件，逾期同意停办。")
    return _said(each, MaterialStatus.RECEIVED, source="登记时收取")


def _said(each: ItemMaterial, status: MaterialStatus, *, source: str = "") -> Line:
    kind, obtained_by = MaterialKind(each.kind), ObtainedBy(each.obtained_by)
    return Line(name=each.name, status=status, kind=kind, obtained_by=obtained_by, source=source)


# --- Guidance ----------------------------------------------------------------------------------------


def _guided(life: Life) -> Beats:
    """The employer, the policy, the reckoning: as the case has it."""
    causes = life.plan.case.causes
    if "C15" in causes and life.rng.random() < 0.8:
        yield life.soon()
        _talk_to_the_employer(life)
    if life.plan.case.item in invented.RETIRING and life.plan.reporter.kind == ReporterKind.PERSON:
        yield life.soon()
        _reckon(life)
    if {"C09", "C20"} & set(causes) and life.rng.random() < 0.35:
        yield life.soon()
        _explain(life)


def _talk_to_the_employer(life: Life) -> None:
    guidance.log_liaison(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER),
        unit="用人单位",
        way=life.rng.choice((LiaisonWay.PHONE, LiaisonWay.LETTER, LiaisonWay.VISIT)),
        kind=LiaisonKind.CONTACT,
        content=life.rng.choice(material.LIAISON),
        contact="人事负责人",
    )


def _explain(life: Life) -> None:
    article, words = material.EXPLANATIONS.get(life.item.code, material.DEFAULT_EXPLANATION)
    guidance.explain_policy(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER),
        title="中华人民共和国社会保险法",
        article=article,
        words=words,
        told="反映人",
        signed=life.rng.random() < 0.6,
    )


def _reckon(life: Life) -> None:
    """By the card, for the statutory month, or this one where that has passed."""
    card = check_id_number(life.plan.reporter.identifier)
    category = ages.Category.MAN if card.sex == "男" else ages.Category.WOMAN_55
    statutory = ages.retirement(Month.of(card.birth_date), category).statutory
    guidance.reckon(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER),
        category=category,
        planned=max(statutory, Month.of(clock.today())),
        actual_months=life.rng.randrange(190, 380),
        deemed_months=life.rng.choice((0, 0, 24, 61, 108)),
        average_index=Decimal(life.rng.randrange(62, 140)) / 100,
        balance=Decimal(life.rng.randrange(3_800_000, 14_000_000)) / 100,
    )


# --- Consent, and only then a photo ------------------------------------------------------------------


def _seen_at_home(life: Life) -> Beats:
    """Without a photo where it goes; of the others, some consent to one at home."""
    photo = life.rng.random() < 0.5
    for way, answer, note in (
        (Way.DATA, Answer.FAILED if photo else Answer.CHOSEN, "已查业务数据。"),
        (Way.VISIT, Answer.CHOSEN if photo else Answer.NOT_NEEDED, ""),
        (Way.VILLAGE, Answer.NOT_NEEDED, ""),
    ):
        yield life.soon()
        evidence.offer_alternative(
            matter_id=life.matter_id, actor=life.who(Role.HANDLER), way=way, answer=answer, note=note
        )
    if not photo:
        return
    yield life.soon()
    _consent(life)
    yield life.soon()
    handler, lead = life.who(Role.HANDLER), life.who(Role.WINDOW_LEAD)
    guidance.visit(
        matter_id=life.matter_id,
        actor=handler,
        kind=VisitKind.CERTIFY,
        on=clock.today(),
        went=[str(handler.staff_id), str(lead.staff_id)],
        findings="两人上门，本人在家，家属在场，已核对身份。",
    )
    evidence.add_evidence(
        matter_id=life.matter_id,
        actor=handler,
        category=Category.PHOTO,
        purpose=Purpose.CERTIFY,
        file=clean("上门认证照片.png", pictures.photograph()),
        description="上门认证照片",
    )


def _consent(life: Life) -> None:
    reporter, today = life.plan.reporter, clock.today()
    by_another = bool(reporter.principal_name)
    evidence.record_consent(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER),
        purpose=Purpose.CERTIFY,
        scope="上门确认本人状况并拍摄一张照片，只用于本次资格认证。",
        giver=Giver.KIN if by_another else Giver.SELF,
        name=reporter.name,
        relation="户口簿" if by_another else "",
        method=Method.PAPER,
        second=life.who(Role.WINDOW_LEAD).staff_id,
        valid_from=today,
        valid_until=today + timedelta(days=30),
        scan=clean("同意书.png", pictures.sheet()),
    )
