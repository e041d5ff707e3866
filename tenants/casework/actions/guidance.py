"""What people do in guidance: log a contact, explain a policy, reckon a retirement, visit, set parameters."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from bancheng.catalogue.words import ReporterKind
from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.privacy.identifiers import IdNumber, check_id_number
from bancheng.tenancy import current_schema
from bancheng.timekeeping import clock
from tenants.casework.models import (
    Liaison,
    LiaisonKind,
    LiaisonWay,
    PolicyExplanation,
    Reckoning,
    ReckoningParameters,
    Visit,
    VisitKind,
    Visitor,
)
from tenants.casework.reckoning.ages import Category
from tenants.casework.reckoning.months import Month
from tenants.casework.reckoning.pension import PayoutRule, Record, Terms
from tenants.casework.reckoning.sheet import Inputs, Unreckonable, check
from tenants.casework.reckoning.sheet import reckon as reckoned
from tenants.casework.selectors import guidance as selectors
from tenants.matters.acting import acting
from tenants.matters.models import Matter, Reporter


def log_liaison(
    *,
    matter_id: UUID,
    actor: Actor,
    unit: str,
    way: LiaisonWay,
    kind: LiaisonKind,
    content: str,
    contact: str = "",
    next_on: date | None = None,
) -> Matter:
    """Write down a contact with an employer or another unit (对接单位). Raises as `acting`."""
    with acting("log_liaison", matter_id=matter_id, actor=actor) as act:
        Liaison.objects.create(
            matter=act.matter,
            at=clock.now(),
            by_id=actor.staff_id,
            unit=unit,
            contact=contact,
            way=way,
            kind=kind,
            content=content,
            next_on=next_on,
        )
        act.note = f"{unit}：{content}"
        act.data = {"way": str(way), "kind": str(kind), "next_on": next_on.isoformat() if next_on else ""}
    return act.matter


def explain_policy(
    *,
    matter_id: UUID,
    actor: Actor,
    title: str,
    article: str,
    words: str,
    told: str,
    document: str = "",
    signed: bool = False,
    reckoning: UUID | None = None,
) -> Matter:
    """Write down what policy was explained (讲明政策), to whom, and whether they signed for it.

    With a `reckoning` of the matter, its sheet counts as explained once this is signed for. Raises Invalid
    for one of another matter, and as `acting`.
    """
    with acting("explain_policy", matter_id=matter_id, actor=actor) as act:
        if reckoning and not Reckoning.objects.filter(pk=reckoning, matter=act.matter).exists():
            raise Invalid({"reckoning": ["此件没有这份测算单，请从列表中选择。"]})
        PolicyExplanation.objects.create(
            matter=act.matter,
            at=clock.now(),
            by_id=actor.staff_id,
            title=title,
            document=document,
            article=article,
            words=words,
            told=told,
            signed=signed,
            reckoning_id=reckoning,
        )
        act.note = f"《{title.strip('《》')}》{f'（{document}）' if document else ''}{article}：{words}"
        act.data = {"signed": signed, "reckoning": reckoning is not None}
    return act.matter


def reckon(
    *,
    matter_id: UUID,
    actor: Actor,
    category: Category,
    planned: Month,
    actual_months: int,
    average_index: Decimal,
    balance: Decimal,
    deemed_months: int = 0,
    prolonged: bool = False,
    whom: str = "",
    born: Month | None = None,
    parameters: UUID | None = None,
) -> Matter:
    """Reckon a retirement (退休测算) and keep the sheet with what it was made of.

    Without `born` the month of birth is taken from the card of the person concerned; without `parameters`
    those in force for the planned year are used, for a future year this year's. Raises Invalid by field for
    what is missing or does not go together, and as `acting`.
    """
    with acting("reckon", matter_id=matter_id, actor=actor) as act:
        inputs = Inputs(
            born=_born(act.matter.reporter, Category(category), whom=whom, typed=born),
            category=Category(category),
            record=Record(actual_months, deemed_months, average_index, balance),
            planned=planned,
            prolonged=prolonged,
        )
        try:
            check(inputs)
        except Unreckonable as wrong:
            raise Invalid({wrong.field: [wrong.sentence]}) from None
        chosen = _parameters(parameters, planned)
        sheet = reckoned(inputs, terms_of(chosen))
        Reckoning.objects.create(
            matter=act.matter,
            at=clock.now(),
            by_id=actor.staff_id,
            parameters=chosen,
            inputs={
                "whom": whom,
                "born": inputs.born.code,
                "category": inputs.category.value,
                "planned": planned.code,
                "prolonged": prolonged,
                "actual_months": actual_months,
                "deemed_months": deemed_months,
                "average_index": average_index,
                "balance": balance,
            },
            sheet=sheet.as_json(),
        )
        short = f"，缴费年限还差{sheet.short}个月" if sheet.short else ""
        act.note = f"法定退休时间{sheet.statutory}{short}。测算仅供参考。"
        act.data = {"parameters": str(chosen)}
    return act.matter


def visit(
    *,
    matter_id: UUID,
    actor: Actor,
    kind: VisitKind,
    on: date,
    went: Collection[str],
    findings: str,
    gift: Decimal | None = None,
) -> Matter:
    """Write down a visit (走访慰问、上门认证) by the staff whose ids are in `went`. Raises as `acting`."""
    with acting("visit", matter_id=matter_id, actor=actor) as act:
        paid = Visit.objects.create(
            matter=act.matter,
            at=clock.now(),
            by_id=actor.staff_id,
            kind=kind,
            on=on,
            findings=findings,
            gift=gift,
        )
        Visitor.objects.bulk_create(Visitor(visit=paid, staff_id=UUID(str(each))) for each in set(went))
        act.note = findings
        act.data = {"kind": str(kind), "on": on.isoformat(), "people": len(set(went))}
    return act.matter


def set_parameters(
    *,
    actor: Actor,
    province: str,
    year: int,
    base: Decimal,
    coefficient: Decimal,
    source: str,
    payout_rule: PayoutRule = PayoutRule.WHOLE,
    payout_months: dict[str, str] | None = None,
) -> ReckoningParameters:
    """Enter a province's parameters of a year; those entered before stay as an older version.

    Two who enter at once get two versions. Raises NotAllowed.
    """
    require(actor, "casework.set_parameters")
    with transaction.atomic():
        _one_at_a_time()
        same = ReckoningParameters.objects.filter(province=province, year=year)
        row = ReckoningParameters.objects.create(
            province=province,
            year=year,
            version=(same.aggregate(last=Max("version"))["last"] or 0) + 1,
            base=base,
            coefficient=coefficient,
            payout_rule=payout_rule,
            payout_months=payout_months or {},
            source=source,
            entered_at=clock.now(),
            entered_by_id=actor.staff_id,
        )
        audit.record(actor=actor, act="reckoning.parameters", subject=row, version=str(row))
    return row


def terms_of(row: ReckoningParameters) -> Terms:
    """The parameters as the reckoning takes them."""
    return Terms(
        name=f"{row}，{row.source}",
        year=row.year,
        base=row.base,
        coefficient=row.coefficient,
        payout_rule=PayoutRule(row.payout_rule),
        payout_months={int(age): Decimal(months) for age, months in row.payout_months.items()},
    )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"reckoning parameters {current_schema()}"],
        )


def _parameters(chosen: UUID | None, planned: Month) -> ReckoningParameters:
    """The row that was chosen, or the only one in force for the year. Raises Invalid, saying what to do."""
    in_force = selectors.parameters_in_force()
    if chosen:
        found = next((row for row in in_force if row.pk == chosen), None)
        if found is None:
            raise Invalid({"parameters": ["没有这组参数，或者已有新的版本，请从列表中重新选择。"]})
        if found.year > planned.year:
            raise Invalid(
                {"parameters": [f"所选是{found.year}年的参数，晚于计划退休的{planned.year}年，请另选。"]}
            )
        return found
    year = min(planned.year, clock.today().year)
    of_year = [row for row in in_force if row.year == year]
    if not of_year:
        other = "，也可先选其他年度的参数暂作测算" if in_force else ""
        raise Invalid({"parameters": [f"没有{year}年的测算参数：请窗口负责人在“测算参数”页面录入{other}。"]})
    if len(of_year) > 1:
        raise Invalid({"parameters": [f"{year}年有{len(of_year)}个省份的参数，请选择用哪一个。"]})
    return of_year[0]


def _born(reporter: Reporter, category: Category, *, whom: str, typed: Month | None) -> Month:
    """As typed, else from the card of the person concerned. Raises Invalid where that cannot be."""
    if reporter.kind != ReporterKind.PERSON and not whom:
        raise Invalid({"whom": ["反映人是单位，没有出生年月：请填写职工姓名，并填写其出生年月。"]})
    if typed:
        return typed
    if whom:
        raise Invalid({"born": [f"为{whom}测算，请填写其出生年月。"]})
    card = _card(reporter)
    if card is None:
        raise Invalid({"born": ["此件没有登记身份证号，请填写出生年月。"]})
    if (card.sex == "男") != (category == Category.MAN):
        raise Invalid(
            {
                "category": [
                    f"证件号显示为{card.sex}，与所选类别不符；为其他人测算的，请填写其姓名和出生年月。"
                ]
            }
        )
    return Month.of(card.birth_date)


def _card(reporter: Reporter) -> IdNumber | None:
    """The principal's card where somebody else acts for them, else the reporter's own."""
    number = reporter.principal_identifier if reporter.principal_name else reporter.identifier
    try:
        return check_id_number(number) if number else None
    except ValueError:
        return None
