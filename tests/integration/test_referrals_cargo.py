"""What travels with a referral: chosen, held against its manifest, opened under watch, ended in time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound
from bancheng.exchange import outbox
from bancheng.exchange.models import CaseLine, Message
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tasks import records
from tenants.casework import files
from tenants.casework.actions import evidence as casework
from tenants.casework.models import (
    BEFORE_A_PHOTO,
    Answer,
    Category,
    Consent,
    Evidence,
    EvidenceContent,
    Giver,
    Method,
    Purpose,
)
from tenants.matters import actions as matter_actions
from tenants.matters.models import Matter
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tenants.referrals import cargo, digest, enclosed, receiving, selectors, sending
from tenants.referrals.models import CarriedContent, CarriedFile, Counterpart, Direction, Referral, State
from tests import papers
from tests.between import Side, deliver, hold_back, let_go, newest_of

CITY, YUXIAN, LETTER = "130700", "130726", "130000"
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
TODAY = date(2026, 11, 24)
FILE = files.clean("户口簿.png", papers.picture("PNG"))
With = CarriedFile.With


@pytest.fixture(autouse=True)
def on_a_tuesday() -> Any:
    with clock.at(TUESDAY):
        yield


def clerk(side: Side) -> Any:
    return side.desk.actor(Role.WINDOW_CLERK)


def consent(side: Side, matter: Matter, purpose: Purpose = Purpose.TRANSFER, **more: Any) -> Consent:
    said: dict[str, Any] = {
        "purpose": purpose,
        "scope": "只用于办理此事。",
        "giver": Giver.GUARDIAN,
        "name": "欧阳监护",
        "relation": "户口簿",
        "method": Method.SPOKEN,
        "second": side.desk.staff(Role.WINDOW_LEAD).pk,
        "valid_from": TODAY,
        "valid_until": TODAY + timedelta(days=30),
    }
    casework.record_consent(matter_id=matter.pk, actor=clerk(side), **said | more)
    return Consent.objects.filter(matter=matter).order_by("-at", "-id")[0]


def kept(side: Side, matter: Matter, category: Category = Category.CARD, **more: Any) -> Evidence:
    said: dict[str, Any] = {"purpose": Purpose.FILING, "file": FILE} | more
    casework.add_evidence(matter_id=matter.pk, actor=clerk(side), category=category, **said)
    return Evidence.objects.filter(matter=matter).order_by("-at", "-id")[0]


def photo(side: Side, matter: Matter) -> Evidence:
    """A picture of a person, taken under a consent of its own."""
    for way in BEFORE_A_PHOTO:
        casework.offer_alternative(matter_id=matter.pk, actor=clerk(side), way=way, answer=Answer.NOT_NEEDED)
    consent(side, matter, Purpose.CERTIFY)
    return kept(side, matter, Category.PHOTO, purpose=Purpose.CERTIFY)


def withdraw(side: Side, given: Consent) -> None:
    casework.withdraw_consent(matter_id=given.matter_id, actor=clerk(side), consent=given.pk, told_by="电话")


def draft(
    side: Side, matter: Matter, *along: Evidence | CarriedFile, unit: str = CITY, **more: Any
) -> Referral:
    return sending.draft(
        matter_id=matter.pk,
        actor=side.desk.actor(Role.HANDLER),
        unit=unit,
        reason="档案在市级。",
        requested="请协查并认定。",
        files=[each.pk for each in along],
        **more,
    )


def sent_with_card(county: Side) -> UUID:
    """A referral that left with one file."""
    with county.inside() as desk:
        matter = desk.handling(level=5)
        return county.send_draft(draft(county, matter, kept(county, matter)).pk)


def sent_with_photo(county: Side) -> tuple[UUID, Consent]:
    """A referral that left with a picture of a person, and the consent under which it may."""
    with county.inside() as desk:
        matter = desk.handling(level=5)
        taken, given = photo(county, matter), consent(county, matter)
        return county.send_draft(draft(county, matter, taken).pk), given


def the_file(side: Side, referral_id: UUID) -> CarriedFile:
    with side.inside():
        return CarriedFile.objects.select_related("referral", "evidence").get(referral=referral_id)


def opened(side: Side, referral_id: UUID, role: str = Role.WINDOW_LEAD) -> bytes:
    with side.inside() as desk:
        file = CarriedFile.objects.get(referral=referral_id)
        shown = cargo.open_file(actor=desk.actor(role), referral_id=referral_id, file_id=file.pk)
        return shown.content


def arrived(side: Side, referral_id: UUID) -> str:
    with side.inside():
        return enclosed.arrived_words(Referral.objects.get(pk=referral_id))


def refused(code: str, run: Callable[[], Any]) -> str:
    with pytest.raises(Conflict) as caught:
        run()
    assert caught.value.code == code
    return caught.value.message


# --- Choosing ----------------------------------------------------------------------------------------


def test_nothing_travels_that_was_not_chosen(county: Side, city_side: Side) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        kept(county, matter)
        consent(county, matter)
        referral = county.send_draft(draft(county, matter).pk)
    deliver()

    with city_side.inside():
        theirs = Referral.objects.get(pk=referral)
        assert (theirs.files.count(), theirs.consents.count()) == (0, 0)


def test_what_was_chosen_arrives_as_it_was_sent(county: Side, city_side: Side) -> None:
    referral = sent_with_card(county)
    deliver()

    theirs = the_file(city_side, referral)
    assert (theirs.name, theirs.sha256, theirs.arrived_at) == (FILE.name, FILE.sha256, TUESDAY)
    assert theirs.pk == the_file(county, referral).pk
    with city_side.inside():
        assert bytes(CarriedContent.objects.get().data) == FILE.content


def test_what_arrived_is_sealed_where_it_lies(county: Side, city_side: Side) -> None:
    sent_with_card(county)
    deliver()

    with city_side.inside(), connection.cursor() as cursor:
        cursor.execute("SELECT data FROM referrals_carriedcontent")
        (data,) = cursor.fetchone()
    assert FILE.content[:32] not in bytes(data)


def test_a_chosen_consent_travels_as_it_was_recorded(county: Side, city_side: Side) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        given = consent(county, matter, Purpose.CHECK)
        referral = county.send_draft(draft(county, matter, consents=[given.pk]).pk)
    deliver()

    with city_side.inside():
        theirs = Referral.objects.get(pk=referral).consents.get()
        assert (theirs.source, theirs.purpose, theirs.name) == (given.pk, Purpose.CHECK, "欧阳监护")
        assert (theirs.valid_from, theirs.valid_until) == (given.valid_from, given.valid_until)


@pytest.mark.parametrize("health", [False, True])
def test_people_and_health_do_not_travel_without_consent_to_it(county: Side, city: Any, health: bool) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        if health:
            consent(county, matter, Purpose.FILING)
            chosen = kept(county, matter, health=True)
        else:
            chosen = photo(county, matter)
        with pytest.raises(Invalid) as wrong:
            draft(county, matter, chosen)
        assert not Referral.objects.exists()
    assert "信息转其他单位" in wrong.value.errors["files"][0]
    assert "记录同意" in wrong.value.errors["files"][0]


def test_the_consent_that_lets_a_picture_travel_goes_with_it(county: Side, city_side: Side) -> None:
    referral, given = sent_with_photo(county)
    deliver()

    theirs = the_file(city_side, referral)
    with city_side.inside():
        assert theirs.consent is not None
        assert theirs.consent.source == given.pk


@pytest.mark.parametrize("foreign", [True, False])
def test_a_file_of_another_matter_or_past_its_day_cannot_be_chosen(
    county: Side, city: Any, foreign: bool
) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        file = kept(county, desk.handling() if foreign else matter)
        if not foreign:
            Evidence.objects.update(destroy_on=TODAY)
        with pytest.raises(Invalid) as wrong:
            draft(county, matter, file)
    assert list(wrong.value.errors) == ["files"]


def test_more_bytes_than_a_leg_carries_are_refused(
    county: Side, city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        file = kept(county, matter)
        Evidence.objects.update(size=cargo.packing.BYTES_AT_MOST + 1)
        with pytest.raises(Invalid, match="合计不能超过30MB"):
            draft(county, matter, file)


def test_a_draft_is_chosen_anew_when_it_is_revised(county: Side, city_side: Side) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        first, second = kept(county, matter), kept(county, matter, Category.RECEIPT)
        drafted = draft(county, matter, first)
        sending.revise(
            referral_id=drafted.pk,
            actor=desk.actor(Role.HANDLER),
            unit=CITY,
            reason="改过的理由",
            requested="请认定。",
            files=[second.pk],
        )
        assert [row.evidence_id for row in drafted.files.all()] == [second.pk]
        assert Referral.objects.get(pk=drafted.pk).reason == "改过的理由"


def test_a_draft_with_files_can_be_thrown_away(county: Side, city: Any) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        drafted = draft(county, matter, kept(county, matter))
        sending.discard(referral_id=drafted.pk, actor=desk.actor(Role.HANDLER))
        assert not Referral.objects.exists()
        assert Evidence.objects.count() == 1


def test_nothing_is_drafted_before_the_reporter_was_told(county: Side, city: Any) -> None:
    with county.inside() as desk, pytest.raises(Invalid) as wrong:
        draft(county, desk.handling(level=5), told=False)
    assert list(wrong.value.errors) == ["told"]


# --- Sent is what was previewed ----------------------------------------------------------------------


def test_a_consent_withdrawn_before_sending_stops_it(county: Side, city: Any) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        taken, given = photo(county, matter), consent(county, matter)
        drafted = draft(county, matter, taken)
        withdraw(county, given)
        said = refused("cargo_stale", lambda: county.send_draft(drafted.pk))
        assert "请修改草稿" in said
        assert Referral.objects.get().state == State.DRAFT


def test_what_changed_since_it_was_looked_at_is_not_sent(county: Side, city: Any) -> None:
    with county.inside() as desk:
        drafted = draft(county, desk.handling(level=5))
        assert drafted.matter is not None
        seen = cargo.version(drafted, drafted.matter)
        matter_actions.amend(
            matter_id=drafted.matter.pk,
            actor=clerk(county),
            reason="记错了",
            phone="13800009999",
            address="示例镇",
            vulnerable=[],
            subject=drafted.matter.subject,
            narrative="另一种说法。",
        )
        lead = desk.actor(Role.WINDOW_LEAD)
        refused("changed_since", lambda: sending.send(referral_id=drafted.pk, actor=lead, seen=seen))
        again = cargo.version(drafted, Matter.objects.get(pk=drafted.matter.pk))
        assert sending.send(referral_id=drafted.pk, actor=lead, seen=again).state == State.SENT


# --- Arriving ----------------------------------------------------------------------------------------


def test_it_is_signed_for_before_all_files_are_there(county: Side, city_side: Side) -> None:
    referral = sent_with_card(county)
    hold_back("file")
    deliver()

    city_side.sign(referral)
    assert arrived(city_side, referral) == "附件1件，已到0件"
    refused("not_here_yet", lambda: opened(city_side, referral))
    let_go()
    deliver()

    assert arrived(city_side, referral) == "附件1件，已到1件"


def alter(county: Side, content: bytes, *, announced: bool) -> UUID:
    """A referral whose file is no longer what its evidence says; `announced`: but what the manifest says."""
    with county.inside() as desk:
        matter = desk.handling(level=5)
        drafted = draft(county, matter, kept(county, matter))
        EvidenceContent.objects.all().delete()
        EvidenceContent.objects.create(evidence=Evidence.objects.get(), data=content)
        if announced:
            honest = files.CleanFile("x", files.PNG, content)
            CarriedFile.objects.update(sha256=honest.sha256, size=len(content))
            Evidence.objects.update(sha256=honest.sha256, size=len(content))
        return county.send_draft(drafted.pk)


@pytest.mark.parametrize(
    ("content", "announced", "reason"),
    [
        (FILE.content[:-1], False, "bytes, announced"),
        (FILE.content[:-1] + b"\x00", False, "sha256 is not the announced one"),
        (b"GIF89a" + bytes(60), True, "content is not image/png"),
    ],
)
def test_a_file_that_is_not_what_was_announced_stops_its_line(
    county: Side, city_side: Side, content: bytes, announced: bool, reason: str
) -> None:
    referral = alter(county, content, announced=announced)
    deliver()

    dead = Message.objects.get(kind="referral.file")
    assert dead.state == Message.State.DEAD
    assert dead.last_error.startswith("FileUnsound: file ")
    assert reason in dead.last_error
    assert CaseLine.objects.get(case_id=referral, source=county.code, side="out").blocked_at is not None
    with city_side.inside():
        assert not CarriedContent.objects.exists()
        assert Referral.objects.get(pk=referral).state == State.SENT, "the case itself is here"


def post_file(side: Side, referral_id: UUID, **body: Any) -> str:
    """What became of a file message that no form of ours would send."""
    with side.inside(), transaction.atomic():
        row = Referral.objects.get(pk=referral_id)
        posted = outbox.post(
            case_id=row.pk,
            source=side.code,
            target=row.unit_code,
            kind="referral.file",
            header={},
            body=body,
        )
    deliver()
    posted.refresh_from_db()
    assert posted.state == Message.State.DEAD
    return posted.last_error


@pytest.mark.parametrize("body", [{}, {"id": "7"}, {"id": str(uuid4()), "content": "AAAA"}])
def test_a_file_that_nobody_announced_is_refused(county: Side, city_side: Side, body: Any) -> None:
    referral = county.send(CITY)
    deliver()

    assert post_file(county, referral, **body).startswith("FileUnsound: file")


def test_the_receiver_cannot_write_over_a_file_of_home(county: Side, city_side: Side) -> None:
    referral = sent_with_card(county)
    deliver()
    ours = the_file(county, referral)

    said = post_file(city_side, referral, id=str(ours.pk), content="AAAA")

    assert "not announced" in said


@pytest.mark.parametrize(
    "line",
    [
        {"media_type": "text/html"},
        {"size": 0},
        {"size": 11 * 1024 * 1024},
        {"sha256": "../../etc"},
        {"category": "weapon"},
        {"destroy_on": "soon"},
        {"consent": str(uuid4())},
    ],
)
def test_an_unsound_manifest_is_refused_before_anything_is_kept(
    county: Side, city_side: Side, line: dict[str, Any]
) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        drafted = draft(county, matter, kept(county, matter))
        manifest = cargo.manifest(drafted, With.SENT)
    manifest["files"][0] |= line
    referral = county.send(CITY)
    deliver()

    with city_side.inside():
        theirs = Referral.objects.get(pk=referral)
        with pytest.raises(cargo.FileUnsound, match="manifest"), transaction.atomic():
            cargo.expect(theirs, manifest, With.SENT)
        assert not CarriedFile.objects.exists()


def test_what_another_deployment_sends_is_rebuilt(county: Side, city_side: Side) -> None:
    """Nobody here has made it harmless: what was hidden in it is not kept."""
    dirty = papers.photo()
    honest = files.CleanFile("照片.jpg", files.JPEG, dirty)
    with county.inside() as desk:
        matter = desk.handling(level=5)
        drafted = draft(county, matter, kept(county, matter, file=honest))
        county.send_draft(drafted.pk)
    hold_back("file")
    deliver()
    with city_side.inside():
        Referral.objects.update(counterpart=Counterpart.PEER)
    let_go()
    deliver()

    with city_side.inside():
        stored = bytes(CarriedContent.objects.get().data)
    assert papers.SECRET.encode() in dirty
    assert papers.SECRET.encode() not in stored
    assert files.type_of(stored) == files.JPEG


def test_what_comes_after_we_gave_it_back_is_not_kept(county: Side, city_side: Side) -> None:
    referral = sent_with_card(county)
    hold_back("file")
    deliver()
    city_side.give_back(referral)
    let_go()
    deliver()

    theirs = the_file(city_side, referral)
    assert (theirs.arrived_at, theirs.destroyed_at) == (TUESDAY, TUESDAY)
    with city_side.inside():
        assert not CarriedContent.objects.exists()


# --- Later legs --------------------------------------------------------------------------------------


def test_a_file_goes_along_with_material_and_another_comes_back_with_the_answer(
    county: Side, city_side: Side
) -> None:
    referral = county.send(CITY)
    deliver()
    city_side.sign(referral)
    city_side.take_up(referral)
    city_side.ask(referral)
    deliver()
    with county.inside():
        county.give_material(referral, files=[kept(county, county.matter(referral)).pk])
    deliver()
    with city_side.inside() as desk:
        letter = kept(city_side, city_side.matter(referral), Category.LETTER)
        desk.resolve(city_side.matter(referral).pk)
        receiving.answer(
            referral_id=referral,
            actor=desk.actor(Role.WINDOW_LEAD),
            text="已认定。",
            files=[letter.pk],
        )
    deliver()

    for side, came in ((city_side, With.MATERIAL), (county, With.ANSWER)):
        with side.inside():
            here = CarriedContent.objects.select_related("file__referral").get().file
            assert (here.travels, here.comes_in, here.arrived_at) == (came, True, TUESDAY)
            assert CarriedFile.objects.count() == 2


def test_what_came_in_may_go_on_to_the_next_unit(county: Side, city_side: Side, other: Side) -> None:
    referral = sent_with_card(county)
    deliver()
    city_side.sign(referral)
    city_side.take_up(referral)
    with city_side.inside():
        onward = draft(city_side, city_side.matter(referral), the_file(city_side, referral), unit=YUXIAN)
        city_side.send_draft(onward.pk)
    deliver()

    assert the_file(other, onward.pk).sha256 == FILE.sha256
    with other.inside():
        assert bytes(CarriedContent.objects.get().data) == FILE.content


def test_another_unit_is_given_the_same_except_what_is_no_longer_in_force(
    county: Side, city_side: Side, other: Side
) -> None:
    referral, given = sent_with_photo(county)
    deliver()
    city_side.give_back(referral)
    deliver()
    with county.inside():
        card = kept(county, county.matter(referral))
        fresh = draft(county, county.matter(referral), unit=YUXIAN)
        returned = Referral.objects.get(pk=referral)
        cargo.copy(returned, fresh)
        assert [row.category for row in fresh.files.all()] == [Category.PHOTO]
        assert fresh.consents.get().source == given.pk
        withdraw(county, given)
        cargo.empty(fresh)
        cargo.copy(returned, fresh)
        assert (fresh.files.count(), fresh.consents.count()) == (0, 0)
    assert card.category == Category.CARD


# --- Opening -----------------------------------------------------------------------------------------


def test_each_view_is_audited_and_bears_who_looked(county: Side, city_side: Side) -> None:
    referral = sent_with_card(county)
    deliver()

    shown = opened(city_side, referral)

    assert shown != FILE.content
    with city_side.inside() as desk:
        entry = AuditEntry.objects.get(act="referral.view_file")
        assert entry.actor_id == desk.actor(Role.WINDOW_LEAD).id
        assert entry.subject_id == str(the_file(city_side, referral).pk)


def test_health_is_opened_by_whoever_handles_it_alone(county: Side, city_side: Side) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        consent(county, matter, Purpose.FILING)
        consent(county, matter)
        referral = county.send_draft(draft(county, matter, kept(county, matter, health=True)).pk)
    deliver()
    city_side.sign(referral)
    city_side.take_up(referral)

    on_the_case = {Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER, Role.DEPARTMENT_HEAD}
    for role in on_the_case:
        assert opened(city_side, referral, role)
    for role in CENTRE_ROLES - on_the_case:
        with pytest.raises(NotAllowed):
            opened(city_side, referral, role)


def test_a_file_of_another_referral_is_not_found(county: Side, city_side: Side) -> None:
    first, second = sent_with_card(county), sent_with_card(county)
    deliver()
    with city_side.inside() as desk:
        lead, foreign = desk.actor(Role.WINDOW_LEAD), CarriedFile.objects.get(referral=second)
        with pytest.raises(NotFound):
            cargo.open_file(actor=lead, referral_id=first, file_id=foreign.pk)


# --- The end -----------------------------------------------------------------------------------------


def test_a_consent_withdrawn_at_home_closes_the_file_there_and_ends_it(county: Side, city_side: Side) -> None:
    referral, given = sent_with_photo(county)
    deliver()
    city_side.sign(referral)
    assert opened(city_side, referral)
    with county.inside():
        withdraw(county, given)
    deliver()

    refused("destroyed", lambda: opened(city_side, referral))
    with city_side.inside():
        assert Referral.objects.get(pk=referral).consents.get().withdrawn_at == TUESDAY
        told = Notice.objects.filter(kind=NoticeKind.CONSENT_ENDED)
        assert told.values_list("recipient", flat=True).get() == city_side.desk.actor(Role.WINDOW_LEAD).id
    assert "同意已撤回" in city_side.last(referral).note
    records.destroy_due_in(CITY, TODAY)
    with city_side.inside():
        assert not CarriedContent.objects.exists()
    assert the_file(city_side, referral).sha256 == FILE.sha256


def test_the_consent_under_which_a_picture_was_taken_counts_as_well(county: Side, city_side: Side) -> None:
    referral, _ = sent_with_photo(county)
    deliver()
    with county.inside():
        withdraw(county, Consent.objects.get(purpose=Purpose.CERTIFY))
    deliver()

    refused("destroyed", lambda: opened(city_side, referral))


def test_a_withdrawal_follows_the_file_along_the_chain(county: Side, city_side: Side, other: Side) -> None:
    referral, given = sent_with_photo(county)
    deliver()
    city_side.sign(referral)
    city_side.take_up(referral)
    with city_side.inside():
        onward = draft(city_side, city_side.matter(referral), the_file(city_side, referral), unit=YUXIAN)
        city_side.send_draft(onward.pk)
    deliver()
    assert opened(other, onward.pk)
    with county.inside():
        withdraw(county, given)
    deliver()

    refused("destroyed", lambda: opened(other, onward.pk))
    refused("destroyed", lambda: opened(city_side, referral))


def test_an_office_without_a_system_has_to_be_told_by_hand(county: Side) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        taken, given = photo(county, matter), consent(county, matter)
        county.send_draft(draft(county, matter, taken, unit=LETTER).pk)
        withdraw(county, given)
        told = Notice.objects.filter(kind=NoticeKind.TELL_BY_LETTER, matter=matter)
        assert desk.actor(Role.WINDOW_LEAD).id in set(told.values_list("recipient", flat=True))
    assert not Message.objects.exists()


def test_a_withdrawal_of_the_other_sides_consent_reaches_home(county: Side, city_side: Side) -> None:
    referral = county.send(CITY)
    deliver()
    city_side.sign(referral)
    city_side.take_up(referral)
    with city_side.inside() as desk:
        matter = city_side.matter(referral)
        taken, given = photo(city_side, matter), consent(city_side, matter)
        desk.resolve(matter.pk)
        receiving.answer(
            referral_id=referral, actor=desk.actor(Role.WINDOW_LEAD), text="已办。", files=[taken.pk]
        )
    deliver()
    assert opened(county, referral)
    with city_side.inside():
        withdraw(city_side, given)
    deliver()

    refused("destroyed", lambda: opened(county, referral))


def test_giving_it_back_closes_what_came_with_it(county: Side, city_side: Side) -> None:
    referral = sent_with_card(county)
    deliver()
    city_side.give_back(referral)

    refused("destroyed", lambda: opened(city_side, referral))
    deliver()
    assert opened(county, referral), "home's own file is untouched"


def test_its_day_ends_it_on_the_other_side_as_well(county: Side, city_side: Side) -> None:
    referral = sent_with_card(county)
    deliver()
    day = the_file(city_side, referral).destroy_on

    with clock.at(TUESDAY + (day - TODAY)):
        assert records.destroy_due_in(CITY, day) == 1
        assert records.destroy_due_in(CITY, day) == 0
    with city_side.inside():
        assert not CarriedContent.objects.exists()
        assert AuditEntry.objects.filter(act="referral.destroy_files").count() == 1
    assert the_file(city_side, referral).destroyed_at is not None


def test_a_sensitive_case_is_seen_before_it_is_signed_by_those_who_see_all(
    county: Side, city_side: Side
) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        Matter.objects.filter(pk=matter.pk).update(sensitive=True)
        referral = county.send_draft(draft(county, Matter.objects.get(pk=matter.pk)).pk)
    deliver()

    with city_side.inside() as desk:
        for role in CENTRE_ROLES:
            seen = selectors.visible_to(desk.actor(role)).filter(pk=referral).exists()
            assert seen is (role in (Role.WINDOW_LEAD, Role.DIRECTOR)), role


# --- The digest --------------------------------------------------------------------------------------


def test_a_digest_of_the_first_version_is_read(county: Side, city: Any) -> None:
    with county.inside() as desk:
        matter = desk.handling(level=5)
        old = digest.of(matter) | {"version": 1}
    del old["first_number"], old["sensitive"]

    read = digest.read(old)

    assert (read["first_number"], read["sensitive"]) == (matter.number, False)


@pytest.mark.parametrize(
    "change", [{"version": 3}, {"version": None}, {"reporter": {}}, {"story": []}, {"triage": None}]
)
def test_a_digest_that_cannot_be_read_is_refused_for_good(
    county: Side, city: Any, change: dict[str, Any]
) -> None:
    with county.inside() as desk:
        broken = digest.of(desk.handling(level=5)) | change

    with pytest.raises(digest.DigestUnsound) as refusal:
        digest.read(broken)
    assert refusal.value.final


def test_along_a_chain_the_reporter_keeps_the_first_number(
    county: Side, city_side: Side, other: Side
) -> None:
    referral = county.send(CITY)
    first = county.matter(referral).number
    deliver()
    city_side.sign(referral)
    city_side.refer_on(referral, YUXIAN)
    onward = newest_of(city_side, referral)
    deliver()

    assert other.row(onward.pk).direction == Direction.RECEIVED
    assert other.row(onward.pk).first_number == first
