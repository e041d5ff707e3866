"""Consents, ways without a photo, evidence: what is refused, how it is kept, who sees it and until when."""

import logging
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from PIL import Image

from bancheng.centres.models import Centre, PeriodicRun
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.privacy.models import AuditEntry
from bancheng.privacy.rotation import rotate
from bancheng.timekeeping import clock
from tasks import records
from tenants.casework import files, viewing
from tenants.casework.actions import evidence as actions
from tenants.casework.files import CleanFile
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
    Way,
)
from tenants.casework.selectors import evidence as selectors
from tenants.matters import acts, panels
from tenants.matters.models import Matter
from tenants.matters.selectors import hands, timeline
from tests import papers
from tests.desk import Desk

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
TODAY = date(2026, 11, 24)
CERTIFY = Purpose.CERTIFY
FILE = files.clean("照片.jpg", papers.photo())


@pytest.fixture(autouse=True)
def on_a_tuesday() -> Any:
    with clock.at(TUESDAY):
        yield


def consent(desk: Desk, matter: Matter, **more: Any) -> Consent:
    said: dict[str, Any] = {
        "purpose": CERTIFY,
        "scope": "照片只用于本年度资格认证。",
        "giver": Giver.GUARDIAN,
        "name": "欧阳监护",
        "relation": "户口簿",
        "method": Method.SPOKEN,
        "second": desk.staff(Role.WINDOW_LEAD).pk,
        "valid_from": TODAY,
        "valid_until": TODAY + timedelta(days=30),
    }
    actions.record_consent(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_CLERK), **(said | more))
    return Consent.objects.filter(matter=matter).order_by("-at", "-id")[0]


def withdraw(desk: Desk, matter: Matter, given: Consent) -> Matter:
    actor = desk.actor(Role.WINDOW_CLERK)
    return actions.withdraw_consent(matter_id=matter.pk, actor=actor, consent=given.pk, told_by="电话")


def offer(desk: Desk, matter: Matter, *ways: Way) -> None:
    for way in ways or BEFORE_A_PHOTO:
        actions.offer_alternative(
            matter_id=matter.pk, actor=desk.actor(Role.WINDOW_CLERK), way=way, answer=Answer.NOT_NEEDED
        )


def add(desk: Desk, matter: Matter, category: Category = Category.PHOTO, **more: Any) -> Evidence:
    said: dict[str, Any] = {"purpose": CERTIFY, "file": FILE} | more
    actor = desk.actor(Role.WINDOW_CLERK)
    actions.add_evidence(matter_id=matter.pk, actor=actor, category=category, **said)
    return Evidence.objects.filter(matter=matter).order_by("-at", "-id")[0]


def prepared(desk: Desk) -> Matter:
    """Everything was offered, and consent is there: a photo may be taken."""
    matter = desk.handling()
    offer(desk, matter)
    consent(desk, matter)
    return matter


def refused(code: str, run: Callable[[], Any]) -> str:
    with pytest.raises(Conflict) as caught:
        run()
    assert caught.value.code == code
    return caught.value.message


# --- Consents ----------------------------------------------------------------------------------------


def test_a_consent_names_two_different_people_of_the_centre(desk: Desk) -> None:
    matter = desk.handling()
    row = consent(desk, matter)
    assert {row.by, row.second} == {desk.staff(Role.WINDOW_CLERK), desk.staff(Role.WINDOW_LEAD)}
    with pytest.raises(Invalid) as caught:
        consent(desk, matter, second=desk.staff(Role.WINDOW_CLERK).pk)
    assert list(caught.value.errors) == ["second"]
    assert Consent.objects.count() == 1


def test_the_second_person_is_still_at_work_here(desk: Desk) -> None:
    gone = desk.staff(Role.SUPERVISOR)
    gone.is_active = False
    gone.save()
    with pytest.raises(Invalid):
        consent(desk, desk.handling(), second=gone.pk)


def test_a_consent_on_paper_comes_with_its_scan(desk: Desk) -> None:
    matter = desk.handling()
    with pytest.raises(Invalid) as caught:
        consent(desk, matter, method=Method.PAPER)
    assert list(caught.value.errors) == ["scan"]
    row = consent(desk, matter, method=Method.PAPER, scan=FILE)
    assert row.scan is not None
    assert row.scan.category == Category.CONSENT


def test_a_consent_covers_its_purpose_within_its_dates_until_it_is_withdrawn(desk: Desk) -> None:
    matter = desk.handling()
    row = consent(desk, matter, valid_from=TODAY + timedelta(days=1), valid_until=TODAY + timedelta(days=2))
    days = [TODAY + timedelta(days=days) for days in range(4)]
    assert [selectors.covering(matter, CERTIFY, day) for day in days] == [None, row, row, None]
    assert selectors.covering(matter, Purpose.AGENCY, days[1]) is None
    withdraw(desk, matter, row)
    assert selectors.covering(matter, CERTIFY, days[1]) is None


def test_a_consent_is_withdrawn_once(desk: Desk) -> None:
    matter = desk.handling()
    row = consent(desk, matter)
    withdraw(desk, matter, row)
    refused("already_withdrawn", lambda: withdraw(desk, matter, row))


def test_a_consent_of_another_matter_is_not_withdrawn_here(desk: Desk) -> None:
    row = consent(desk, desk.handling())
    refused("already_withdrawn", lambda: withdraw(desk, desk.handling(), row))


def test_who_consented_stands_nowhere_in_clear(desk: Desk) -> None:
    consent(desk, desk.handling())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, scope, relation FROM casework_consent")
        for stored in cursor.fetchone():
            for word in ("欧阳监护", "资格认证", "户口簿"):
                assert word.encode() not in bytes(stored)


# --- Before a photo ----------------------------------------------------------------------------------


@pytest.mark.parametrize("category", [Category.PHOTO, Category.FRAME])
def test_nobody_is_photographed_before_all_three_ways_were_offered(desk: Desk, category: Category) -> None:
    matter = desk.handling()
    consent(desk, matter)
    offer(desk, matter, Way.DATA, Way.VILLAGE, Way.OTHER)
    said = refused("alternatives_missing", lambda: add(desk, matter, category))
    assert said.endswith("还缺：上门认证。")
    offer(desk, matter, Way.VISIT)
    assert add(desk, matter, category).category == category


def test_no_photo_without_a_consent(desk: Desk) -> None:
    matter = desk.handling()
    offer(desk, matter)
    refused("no_consent", lambda: add(desk, matter))
    consent(desk, matter, purpose=Purpose.AGENCY)
    refused("no_consent", lambda: add(desk, matter))
    consent(desk, matter)
    assert add(desk, matter).consent is not None
    assert Evidence.objects.count() == 1


def test_no_photo_by_a_consent_that_has_run_out(desk: Desk) -> None:
    matter = prepared(desk)
    with clock.at(TUESDAY + timedelta(days=31)):
        refused("no_consent", lambda: add(desk, matter))


def test_a_file_about_health_needs_a_consent_whatever_it_is(desk: Desk) -> None:
    matter = desk.handling()
    refused("no_consent", lambda: add(desk, matter, Category.OTHER, health=True))
    consent(desk, matter)
    assert add(desk, matter, Category.OTHER, health=True).health


@pytest.mark.parametrize("category", [Category.CARD, Category.RECEIPT, Category.LETTER, Category.OTHER])
def test_other_papers_need_neither(desk: Desk, category: Category) -> None:
    assert add(desk, desk.handling(), category).consent is None


def test_a_matter_has_thirty_files_at_most(desk: Desk) -> None:
    matter = desk.handling()
    add(desk, matter, Category.RECEIPT)
    row = Evidence.objects.get()
    for number in range(actions.FILES_AT_MOST - 1):
        row.pk = Evidence._meta.pk.get_default()
        row._state.adding = True
        row.size = number
        row.save(force_insert=True)
    refused("too_many_files", lambda: add(desk, matter, Category.RECEIPT))


def test_of_an_upload_and_a_withdrawal_at_once_the_later_sees_the_earlier(
    at_once: Callable[..., list[Any]], zhangbei: Any
) -> None:
    """Whichever comes first: a photo that was kept rests on a consent that stood, and is to be destroyed."""
    desk = Desk(zhangbei)
    with in_centre(zhangbei.code):
        rounds = [prepared(desk) for _ in range(4)]
        given = {matter.pk: Consent.objects.get(matter=matter) for matter in rounds}
        actor = desk.actor(Role.WINDOW_CLERK)

    def inside(run: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
        def call() -> Any:
            with clock.at(TUESDAY), in_centre(zhangbei.code):
                return run(actor=actor, **arguments)

        return call

    for matter in rounds:
        uploaded, withdrawn = at_once(
            inside(
                actions.add_evidence,
                matter_id=matter.pk,
                category=Category.PHOTO,
                purpose=CERTIFY,
                file=FILE,
            ),
            inside(
                actions.withdraw_consent, matter_id=matter.pk, consent=given[matter.pk].pk, told_by="电话"
            ),
        )
        assert isinstance(withdrawn, Matter)
        with in_centre(zhangbei.code):
            kept = list(Evidence.objects.filter(matter=matter))
            if isinstance(uploaded, Conflict):
                assert uploaded.code == "no_consent"
                assert kept == []
            else:
                assert [row.destroy_on for row in kept] == [TODAY]


def test_a_consent_withdrawn_while_the_file_is_read_no_longer_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = prepared(desk)
    given = Consent.objects.get(matter=matter)
    read = files.clean

    def slowly(name: str, content: bytes) -> CleanFile:
        withdraw(desk, matter, given)
        return read(name, content)

    monkeypatch.setattr(files, "clean", slowly)
    with pytest.raises(Conflict) as caught:
        upload(desk, matter)
    assert caught.value.code == "no_consent"
    assert not Evidence.objects.exists()


# --- The form, as pages and API fill it --------------------------------------------------------------

FORM = {"category": "photo", "purpose": "certify"}


def upload(desk: Desk, matter: Matter, content: bytes = b"", name: str = "photo.jpg", **more: Any) -> Matter:
    file = SimpleUploadedFile(name, content or papers.photo(), "image/jpeg")
    return acts.perform(
        name="add_evidence",
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        data=FORM | more,
        files={"file": file},
    )


def test_a_script_named_as_a_photo_is_refused_by_what_it_is(desk: Desk) -> None:
    with pytest.raises(Invalid) as caught:
        upload(desk, prepared(desk), b"#!/bin/sh\necho\n")
    assert "实际是脚本" in caught.value.errors["file"][0]


def test_a_picture_bomb_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid) as caught:
        upload(desk, prepared(desk), papers.bomb())
    assert "万像素" in caught.value.errors["file"][0]


def test_an_upload_without_a_file_says_so(desk: Desk) -> None:
    with pytest.raises(Invalid) as caught:
        acts.perform(
            name="add_evidence",
            matter_id=prepared(desk).pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            data=FORM,
            files={},
        )
    assert caught.value.errors == {"file": ["请选择文件。"]}


def test_a_file_of_200_mb_gets_its_sentence_beside_the_field(
    desk: Desk, client_for: Callable[..., Any]
) -> None:
    matter = prepared(desk)
    page = client_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    big = SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff" + b"x" * (200 * 1024 * 1024))
    answer = page.post(f"/matters/{matter.pk}/act/add_evidence/", FORM | {"file": big})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("文件超过10MB，请压缩或分开上传。") == 2  # beside the field, and for the browser to say
    assert re.search('value="certify"[^>]*checked', text)
    with in_centre(desk.centre.code):
        assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"giver": "guardian"}, "relation"),
        ({"method": "paper"}, "scan"),
        ({"valid_until": "2026-11-23"}, "valid_until"),
        ({"valid_from": "2026-11-20", "valid_until": "2026-11-23"}, "valid_until"),
        ({"purpose": "anything"}, "purpose"),
        ({"scope": "  "}, "scope"),
    ],
)
def test_a_consent_that_cannot_be_so(desk: Desk, wrong: dict[str, str], field: str) -> None:
    said = {
        "purpose": "certify",
        "scope": "资格认证",
        "giver": "self",
        "name": "欧阳示例",
        "method": "spoken",
        "second": str(desk.staff(Role.WINDOW_LEAD).pk),
        "valid_from": "2026-11-24",
        "valid_until": "2026-12-24",
    }
    actor = desk.actor(Role.WINDOW_CLERK)
    matter = desk.handling()
    with pytest.raises(Invalid) as caught:
        acts.perform(name="record_consent", matter_id=matter.pk, actor=actor, data=said | wrong)
    assert list(caught.value.errors) == [field]
    acts.perform(name="record_consent", matter_id=matter.pk, actor=actor, data=said)


def test_the_second_person_cannot_be_oneself_in_the_form(desk: Desk) -> None:
    matter, actor = desk.handling(), desk.actor(Role.WINDOW_CLERK)
    with pytest.raises(Invalid) as caught:
        acts.perform(name="record_consent", matter_id=matter.pk, actor=actor, data={"second": str(actor.id)})
    assert caught.value.errors["second"] == [actions.SAME_PERSON]


# --- At rest -----------------------------------------------------------------------------------------


def test_a_photo_is_stored_encrypted_and_without_what_was_hidden_in_it(desk: Desk) -> None:
    matter = prepared(desk)
    upload(desk, matter, description="本人手持当日报纸")
    row = Evidence.objects.get()
    kept = EvidenceContent.objects.get().data
    assert (len(kept), kept[:3]) == (row.size, b"\xff\xd8\xff")
    assert papers.SECRET.encode() not in kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM casework_evidencecontent")
        (stored,) = cursor.fetchone()
        cursor.execute("SELECT name, description FROM casework_evidence")
        described = b"".join(bytes(value) for value in cursor.fetchone())
    assert kept[:64] not in bytes(stored)
    assert b"JFIF" not in bytes(stored)
    assert "报纸".encode() not in described
    assert b"photo.jpg" not in described


def test_files_are_sealed_anew_with_the_newest_key(desk: Desk, settings: Any) -> None:
    matter = prepared(desk)
    add(desk, matter)
    settings.FIELD_KEYS = ["bmV3LWZpZWxkLWtleS1mb3ItdGVzdHMtMzItYnl0ZXM=", *settings.FIELD_KEYS]
    assert rotate() > 0
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert EvidenceContent.objects.get().data == FILE.content


def test_a_list_does_not_load_contents(desk: Desk, django_assert_num_queries: Any) -> None:
    matter = prepared(desk)
    for _ in range(3):
        add(desk, matter)
    for part in ("consents", "alternatives", "evidence"):
        shown = next(each for each in panels._parts.values() if each.key == part)
        with django_assert_num_queries(1) as asked:
            assert len(shown.rows(matter)) in (1, 3)
        assert "evidencecontent" not in asked[0]["sql"]


# --- Viewing -----------------------------------------------------------------------------------------


def address(row: Evidence) -> str:
    return f"/matters/{row.matter_id}/evidence/{row.pk}/"


def test_every_view_is_audited_and_watermarked(desk: Desk, client_for: Callable[..., Any]) -> None:
    row = add(desk, prepared(desk))
    handler = desk.staff(Role.HANDLER)
    page = client_for(desk.centre, handler)
    for times in (1, 2):
        answer = page.get(address(row))
        assert answer.status_code == 200
        assert answer.content != FILE.content
        with in_centre(desk.centre.code):
            seen = AuditEntry.objects.filter(act="evidence.view", subject_id=str(row.pk))
            assert [entry.actor_id for entry in seen] == [handler.pk] * times
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("inline;")


def test_a_pdf_is_handed_over_to_be_saved(desk: Desk, client_for: Callable[..., Any]) -> None:
    row = add(desk, desk.handling(), Category.LETTER, file=files.clean("复函.pdf", papers.pdf()))
    answer = client_for(desk.centre, desk.staff(Role.HANDLER)).get(address(row))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer.content.startswith(b"%PDF-")


def test_a_view_that_is_refused_is_not_shown(desk: Desk, client_for: Callable[..., Any]) -> None:
    row = add(desk, prepared(desk))
    status = {
        role: client_for(desk.centre, desk.staff(role)).get(address(row)).status_code
        for role in sorted(CENTRE_ROLES)
    }
    assert {role for role, code in status.items() if code == 403} == {Role.AUDITOR, Role.SUPERVISOR}
    assert set(status.values()) == {200, 403}


def test_another_department_does_not_see_it(desk: Desk, client_for: Callable[..., Any]) -> None:
    row = add(desk, prepared(desk))
    assert client_for(desk.centre, desk.staff(Role.HANDLER, "YB")).get(address(row)).status_code == 403


def test_health_is_for_those_on_the_case(desk: Desk) -> None:
    matter = prepared(desk)
    row = add(desk, matter, Category.OTHER, health=True)
    assert viewing.view(actor=desk.actor(Role.HANDLER), matter_id=matter.pk, evidence_id=row.pk).content
    for role in (Role.CALLER, Role.DIRECTOR):
        with pytest.raises(NotAllowed):
            viewing.view(actor=desk.actor(role), matter_id=matter.pk, evidence_id=row.pk)


def test_evidence_belongs_to_its_matter(desk: Desk) -> None:
    row = add(desk, prepared(desk))
    with pytest.raises(NotFound):
        viewing.view(actor=desk.actor(Role.HANDLER), matter_id=desk.handling().pk, evidence_id=row.pk)


def test_another_centres_evidence_is_unknown_here(
    desk: Desk, yuxian: Any, client_for: Callable[..., Any]
) -> None:
    row = add(desk, prepared(desk))
    path = address(row)
    there = Desk(yuxian).staff(Role.WINDOW_LEAD)
    assert client_for(yuxian, there).get(path).status_code == 404


def test_the_consent_can_be_printed_to_be_signed(desk: Desk, client_for: Callable[..., Any]) -> None:
    matter = desk.handling()
    answer = client_for(desk.centre, desk.staff(Role.WINDOW_CLERK)).get(
        f"/matters/{matter.pk}/consent/paper/"
    )
    text = answer.content.decode()
    assert text.count("个人信息处理同意书") == 2
    assert matter.number in text
    assert "欧阳" not in text


# --- The end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "days"),
    [(Category.PHOTO, 180), (Category.CARD, 365), (Category.RECEIPT, 1095), (Category.LETTER, 1095)],
)
def test_the_day_of_destruction_is_set_by_category(desk: Desk, category: Category, days: int) -> None:
    assert add(desk, prepared(desk), category).destroy_on == TODAY + timedelta(days=days)


def test_the_content_is_destroyed_on_its_day_and_the_trace_stays(desk: Desk) -> None:
    matter = prepared(desk)
    photo, receipt = add(desk, matter), add(desk, matter, Category.RECEIPT)
    with clock.at(TUESDAY + timedelta(days=179)):
        assert records.destroy_due_in(desk.centre.code, clock.today()) == 0
    with clock.at(TUESDAY + timedelta(days=180)):
        assert records.destroy_due_in(desk.centre.code, clock.today()) == 1
        assert records.destroy_due_in(desk.centre.code, clock.today()) == 0
    with in_centre(desk.centre.code):
        assert list(EvidenceContent.objects.values_list("pk", flat=True)) == [receipt.pk]
        photo.refresh_from_db()
        assert (photo.sha256, photo.destroyed_at is not None) == (FILE.sha256, True)
        event = matter.events.order_by("-seq")[0]
        assert (event.act, event.actor_id, event.data["count"]) == ("destroy_evidence", None, 1)
        assert AuditEntry.objects.filter(act="matter.destroy_evidence").count() == 1


def test_what_is_to_be_destroyed_is_not_shown_any_more(desk: Desk) -> None:
    matter = prepared(desk)
    row = add(desk, matter)
    with clock.at(TUESDAY + timedelta(days=180)), pytest.raises(Conflict) as caught:
        viewing.view(actor=desk.actor(Role.HANDLER), matter_id=matter.pk, evidence_id=row.pk)
    assert caught.value.code == "destroyed"


def test_a_withdrawn_consent_takes_its_photos_with_it_and_no_other_file(desk: Desk) -> None:
    matter = prepared(desk)
    photo, receipt = add(desk, matter), add(desk, matter, Category.RECEIPT)
    withdraw(desk, matter, Consent.objects.get(matter=matter))
    assert records.destroy_due_in(desk.centre.code, clock.today()) == 1
    with in_centre(desk.centre.code):
        photo.refresh_from_db()
        receipt.refresh_from_db()
        assert (photo.ended, receipt.ended) == (True, False)


def test_time_after_the_end_is_in_nobodys_hands(desk: Desk) -> None:
    row = add(desk, desk.handling(), Category.RECEIPT)
    desk.resolve(row.matter_id)
    desk.reply(row.matter_id)
    desk.call_back(row.matter_id)
    matter = desk.close(row.matter_id)
    before = hands(timeline(matter))
    with clock.at(TUESDAY + timedelta(days=1095)):
        assert records.destroy_due_in(desk.centre.code, clock.today()) == 1
        with in_centre(desk.centre.code):
            assert hands(timeline(matter)) == before


def destroyed(desk: Desk, row: Evidence) -> bool:
    with in_centre(desk.centre.code):
        return not EvidenceContent.objects.filter(pk=row.pk).exists()


def test_the_run_of_a_day_is_done_once(desk: Desk) -> None:
    first, second = add(desk, prepared(desk)), add(desk, prepared(desk))
    withdraw(desk, first.matter, Consent.objects.get(matter=first.matter))
    records.destroy_due()
    withdraw(desk, second.matter, Consent.objects.get(matter=second.matter))
    records.destroy_due()
    assert (destroyed(desk, first), destroyed(desk, second)) == (True, False)
    with clock.at(TUESDAY + timedelta(days=1)):
        records.destroy_due()
    assert destroyed(desk, second)


def test_a_run_that_was_killed_is_taken_up_again(desk: Desk) -> None:
    row = add(desk, prepared(desk))
    withdraw(desk, row.matter, Consent.objects.get(matter=row.matter))
    killed = Now() - timedelta(minutes=11)
    PeriodicRun.objects.create(job="records.destroy_evidence", period="2026-11-24", started_at=killed)
    records.destroy_due()
    assert destroyed(desk, row)


def test_a_centre_that_fails_does_not_hold_up_the_others(
    desk: Desk, yuxian: Any, caplog: pytest.LogCaptureFixture
) -> None:
    row = add(desk, prepared(desk))
    withdraw(desk, row.matter, Consent.objects.get(matter=row.matter))
    Centre.objects.filter(code="130700").update(schema_name="c139999")  # there is no such schema
    with caplog.at_level(logging.ERROR, "tasks.records"):
        records.destroy_due()
    assert destroyed(desk, row)
    assert [record.getMessage() for record in caplog.records] == ["evidence of 130700 not destroyed"]


# --- API ---------------------------------------------------------------------------------------------


def test_evidence_is_added_and_read_through_the_api(desk: Desk, api_for: Callable[..., Any]) -> None:
    matter = prepared(desk)
    api = api_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    base = f"/api/v1/matters/{matter.pk}"
    body = FORM | {"description": "本人照片", "file": SimpleUploadedFile("p.jpg", papers.photo())}
    posted = api.post(f"{base}/actions/add_evidence/", body, format="multipart")
    assert posted.status_code == 200
    (listed,) = api.get(f"{base}/evidence/").json()
    assert (listed["category"], listed["description"], listed["sha256"]) == ("photo", "本人照片", FILE.sha256)
    shown = api.get(f"{base}/evidence/{listed['id']}/file/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert len(api.get(f"{base}/alternatives/").json()) == 3
    (given,) = api.get(f"{base}/consents/").json()
    assert (given["name"], given["withdrawal"]) == ("欧*", None)


def test_a_consent_without_a_paper_may_be_sent_as_json(desk: Desk, api_for: Callable[..., Any]) -> None:
    matter = desk.handling()
    api = api_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    body = {
        "purpose": "certify",
        "scope": "资格认证",
        "giver": "self",
        "name": "欧阳示例",
        "method": "phone",
        "second": str(desk.staff(Role.WINDOW_LEAD).pk),
        "valid_from": "2026-11-24",
        "valid_until": "2026-12-24",
    }
    path = f"/api/v1/matters/{matter.pk}/actions/record_consent/"
    assert api.post(path, body, format="json").status_code == 200
    answer = api.post(path, body | {"scan": "aGVsbG8="}, format="json")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "#/scan", "detail": "没有这一项，请核对名称。"}]


@pytest.mark.parametrize(
    ("more", "pointer"), [({"unknown": "1"}, "#/unknown"), ({"purpose": "x"}, "#/purpose")]
)
def test_wrong_parts_are_told_by_name(
    desk: Desk, api_for: Callable[..., Any], more: dict[str, str], pointer: str
) -> None:
    api = api_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    body = FORM | {"file": SimpleUploadedFile("p.jpg", papers.photo())} | more
    path = f"/api/v1/matters/{prepared(desk).pk}/actions/add_evidence/"
    answer = api.post(path, body, format="multipart")
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_a_body_in_broken_parts_is_a_problem(desk: Desk, api_for: Callable[..., Any]) -> None:
    api = api_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    path = f"/api/v1/matters/{prepared(desk).pk}/actions/add_evidence/"
    answer = api.generic("POST", path, b"nothing", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_the_description_of_a_health_file_is_in_no_list(desk: Desk, api_for: Callable[..., Any]) -> None:
    matter = prepared(desk)
    add(desk, matter, Category.OTHER, health=True, description="诊断证明")
    assert "诊断证明" not in matter.events.order_by("-seq")[0].note
    api = api_for(desk.centre, desk.staff(Role.AUDITOR))
    assert "诊断证明" not in api.get(f"/api/v1/matters/{matter.pk}/evidence/").content.decode()


def test_a_watermarked_picture_opens(desk: Desk) -> None:
    matter = prepared(desk)
    row = add(desk, matter)
    seen = viewing.view(actor=desk.actor(Role.HANDLER), matter_id=matter.pk, evidence_id=row.pk)
    assert Image.open(BytesIO(seen.content)).size == (80, 120)
    assert seen.name == f"{matter.machine_number}-{row.pk}.jpg"
