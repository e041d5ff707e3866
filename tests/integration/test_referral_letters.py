"""A referral by letter: the letters on paper and as PDF, the log of contacts, the answer with its scan."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from bancheng.catalogue.words import Outcome
from bancheng.centres.models import OutsideOffice
from bancheng.centres.scope import in_centre, in_public
from bancheng.errors import Invalid
from bancheng.identity.roles import Role
from bancheng.overview.models import BoardCase
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.casework import files
from tenants.casework.models import Category, EvidenceContent
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tenants.referrals import by_letter, contacts, letters, selectors, sending
from tenants.referrals.models import ContactLog, Ground, Referral, State
from tenants.workbook import ladder
from tests import papers, schemas
from tests.desk import REPORTER, Desk

PROVINCE = "130000"


@pytest.fixture
def desk(in_zhangbei: Any) -> Desk:
    return Desk(in_zhangbei)


class Window:
    """A browser of the centre's; after each answer the test is in its centre again."""

    def __init__(self, desk: Desk, role: str) -> None:
        self.desk, self.client = desk, schemas.client_for(desk.centre, desk.staff(role))

    def get(self, path: str) -> Any:
        with in_centre(self.desk.centre.code):
            return self.client.get(path)

    def post(self, path: str, typed: dict[str, Any] | None = None) -> Any:
        with in_centre(self.desk.centre.code):
            return self.client.post(path, typed or {})


@pytest.fixture
def clerk(desk: Desk) -> Window:
    return Window(desk, Role.WINDOW_CLERK)


def sent(desk: Desk) -> Referral:
    draft = desk.drafted(PROVINCE)
    return sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def opened(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def fonts_of(page: Any) -> list[Any]:
    """What a page of a PDF is set in, as its fonts describe themselves."""
    named = page["/Resources"]["/Font"].values()
    return [font.get_object()["/DescendantFonts"][0].get_object() for font in named]


def words(content: bytes) -> str:
    """All that is written in a PDF, without the breaks of its lines."""
    return "".join("".join(page.extract_text().split()) for page in opened(content).pages)


# --- On paper ----------------------------------------------------------------------------------------


def test_the_letter_names_what_the_other_office_needs_to_act(desk: Desk) -> None:
    referral = sent(desk)
    letter = letters.preview(referral)

    assert letter.addressee == f"{referral.unit_name}："
    assert letter.number == referral.number
    assert [label for row in letter.rows for label, _ in row] == [
        "事由",
        "事项",
        "反映人",
        "联系电话",
        "证件号码",
        "情况",
        "转办理由",
        "请办事项",
    ]
    assert letter.contact.startswith(str(referral.drafted_by))


def test_the_slip_behind_the_letter_shows_nobody(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)

    text = clerk.post(page("referral_letter", referral.pk)).content.decode()

    assert text.count('aria-label="回执"') == 1
    slip = text[text.index('aria-label="回执"') :]
    assert referral.number in slip
    for personal in (REPORTER.name, REPORTER.identifier, REPORTER.phone):
        assert personal not in slip


def test_who_gets_a_copy_is_kept_as_it_was_when_the_letter_went_out(desk: Desk) -> None:
    with in_public():
        OutsideOffice.objects.filter(code=PROVINCE).update(copy_to="示例省级主管部门")
    referral = sent(desk)
    with in_public():
        OutsideOffice.objects.filter(code=PROVINCE).update(copy_to="别的部门")

    assert letters.preview(Referral.objects.get(pk=referral.pk)).copy_to == "示例省级主管部门"


# --- As PDF ------------------------------------------------------------------------------------------


def test_the_pdf_says_what_the_page_says_and_can_be_searched(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)

    said = words(clerk.post(page("referral_letter_pdf", referral.pk)).content)

    for part in (referral.number, REPORTER.name, REPORTER.identifier, "请协查并认定。", "回执", "（盖章）"):
        assert part in said


def test_the_pdf_embeds_the_characters_it_uses_and_no_more(desk: Desk, clerk: Window) -> None:
    content = clerk.post(page("referral_letter_pdf", sent(desk).pk)).content

    assert len(content) < 300_000
    fonts = [font for each in opened(content).pages for font in fonts_of(each)]
    assert fonts
    for font in fonts:
        assert "/FontFile3" in font["/FontDescriptor"]
        assert "+NotoSerifSC" in font["/BaseFont"]


def test_the_pdf_says_nothing_of_anybody_beside_its_pages(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)
    answer = clerk.post(page("referral_letter_pdf", referral.pk))

    about = str(opened(answer.content).metadata)

    assert f"转办函 {referral.number}" in about
    for personal in (REPORTER.name, REPORTER.identifier, desk.staff(Role.WINDOW_CLERK).name):
        assert personal not in about + answer.headers["Content-Disposition"]


def test_the_pdf_is_kept_by_no_cache(desk: Desk, clerk: Window) -> None:
    answer = clerk.post(page("referral_letter_pdf", sent(desk).pk))

    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_saving_the_pdf_is_audited_as_printing_is(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)

    clerk.post(page("referral_letter_pdf", referral.pk))

    entry = AuditEntry.objects.get(act="referral.print_letter")
    assert (entry.subject_id, entry.data["medium"]) == (str(referral.pk), "pdf")
    assert entry.data["fields"] == ["name", "identifier", "phone"]


def test_a_preview_as_pdf_is_masked_and_leaves_no_trace(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)

    said = words(clerk.get(page("referral_letter_pdf", referral.pk)).content)

    assert "欧*" in said
    for personal in (REPORTER.name, REPORTER.identifier, REPORTER.phone):
        assert personal not in said
    assert not AuditEntry.objects.filter(act="referral.print_letter").exists()


def test_what_people_wrote_is_text_and_never_read_as_typst(desk: Desk, clerk: Window) -> None:
    strange = '#read("/etc/passwd") $x^2$ *强* <a> \\ [b] {c} "q" //'
    draft = sending.draft(
        matter_id=desk.handling(level=5).pk,
        actor=desk.actor(Role.HANDLER),
        unit=PROVINCE,
        reason=strange,
        requested="请协查。",
        told=True,
    )
    sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))

    said = words(clerk.post(page("referral_letter_pdf", draft.pk)).content)

    assert "".join(strange.split()) in said


def test_rare_characters_of_names_are_in_the_font(desk: Desk, clerk: Window) -> None:
    draft = sending.draft(
        matter_id=desk.handling(level=5).pk,
        actor=desk.actor(Role.HANDLER),
        unit=PROVINCE,
        reason="人名用字：䶮、犇、㛃、堃、喆、彧、翀、祎、旻、璟。",
        requested="请协查。",
        told=True,
    )
    sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))

    assert "䶮、犇、㛃、堃、喆、彧、翀、祎、旻、璟" in words(
        clerk.post(page("referral_letter_pdf", draft.pk)).content
    )


@pytest.mark.parametrize("name", ["referral_letter_pdf", "referral_reminder", "referral_reminder_pdf"])
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DIRECTOR, Role.HANDLER])
def test_the_window_alone_gets_letters_in_clear(desk: Desk, role: str, name: str) -> None:
    referral = sent(desk)

    answer = Window(desk, role).post(page(name, referral.pk))

    assert answer.status_code == 403
    assert REPORTER.name not in answer.content.decode()


def test_a_draft_has_no_pdf_in_clear(desk: Desk, clerk: Window) -> None:
    assert clerk.post(page("referral_letter_pdf", desk.drafted(PROVINCE).pk)).status_code == 409


# --- Reminders ---------------------------------------------------------------------------------------


def test_a_reminder_goes_out_under_the_number_of_the_letter(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)
    log(desk, referral, content="无人接听。", person="", reached=False)

    said = words(clerk.post(page("referral_reminder_pdf", referral.pk)).content)

    for part in (referral.number, "催请办理", "尚未收到签收回执", "电话没有联系上", REPORTER.name):
        assert part in said
    assert REPORTER.identifier not in said
    assert AuditEntry.objects.get(act="referral.print_reminder").data["medium"] == "pdf"


def test_a_reminder_is_looked_at_masked(desk: Desk, clerk: Window) -> None:
    text = clerk.get(page("referral_reminder", sent(desk).pk)).content.decode()

    assert "催请办理" in text
    assert REPORTER.name not in text


def test_nobody_is_reminded_of_what_was_answered(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)
    answer(desk, referral)

    assert clerk.get(page("referral_reminder", referral.pk)).status_code == 409
    assert (
        page("referral_reminder", referral.pk)
        not in clerk.get(page("referral", referral.pk)).content.decode()
    )


# --- The log of contacts -----------------------------------------------------------------------------


def log(desk: Desk, referral: Referral, **said: Any) -> ContactLog:
    usual = {"way": "call", "person": "示例科", "content": "已收到来函。"}
    return by_letter.log_contact(referral_id=referral.pk, actor=desk.actor(Role.WINDOW_CLERK), **usual | said)


def test_a_call_that_reached_nobody_is_a_contact_too(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)

    answer = clerk.post(
        page("referral_act", referral.pk, "log_contact"),
        {"way": "call", "unreached": "on", "content": "响铃无人接听。"},
    )

    assert answer.status_code == 302
    found = ContactLog.objects.get()
    assert (found.reached, found.person) == (False, "")
    assert Referral.objects.get(pk=referral.pk).state == State.SENT


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"person": ""}, "没有联系上的，请勾选"),
        ({"unreached": "on", "signed_for": "on"}, "不能记为对方已签收"),
        ({"next_on": "2020-01-01"}, "须在今天以后"),
        ({"next_on": "2999-01-01"}, "天以内"),
        ({"next_on": "2026-02-30"}, "日期不对"),
        ({"way": "pigeon"}, "请从列表中选择"),
        ({"content": " "}, "请填写此项"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_beside_its_field(
    desk: Desk, clerk: Window, typed: dict[str, str], says: str
) -> None:
    usual = {"way": "call", "person": "示例科", "content": "已收到来函，答应办理。"}

    answer = clerk.post(page("referral_act", sent(desk).pk, "log_contact"), usual | typed)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ContactLog.objects.exists()


def test_the_log_shows_the_newest_first_and_folds_what_is_old(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)
    for place in range(12):
        with clock.at(clock.now() + timedelta(minutes=place)):
            log(desk, referral, content=f"示例第{place:02}次。")

    text = clerk.get(page("referral", referral.pk)).content.decode()

    shown, folded = text.split("更早的联系记录，共12次")
    assert shown.index("示例第11次") < shown.index("示例第02次")
    assert folded.index("示例第01次") < folded.index("示例第00次")


def test_the_action_itself_refuses_a_signature_of_nobody(desk: Desk) -> None:
    with pytest.raises(Invalid, match="没有联系上"):
        log(desk, sent(desk), reached=False, person="", signed_for=True)


def test_the_window_is_reminded_on_the_day_of_the_next_contact_and_once(desk: Desk) -> None:
    referral = sent(desk)
    day = clock.today() + timedelta(days=2)
    log(desk, referral, next_on=day)
    reminders = Notice.objects.filter(kind=NoticeKind.CONTACT_DUE)

    ladder.sweep()
    assert not reminders.exists()
    with clock.at(clock.now() + timedelta(days=2)):
        ladder.sweep()
        ladder.sweep()
        assert set(selectors.waiting_for(desk.actor(Role.WINDOW_CLERK))) == {referral}
    assert 0 < reminders.count() == reminders.values("recipient").distinct().count()


def test_a_later_contact_takes_the_place_of_the_planned_one(desk: Desk) -> None:
    referral = sent(desk)
    log(desk, referral, next_on=clock.today() + timedelta(days=2))
    with clock.at(clock.now() + timedelta(days=1)):
        log(desk, referral)

    with clock.at(clock.now() + timedelta(days=3)):
        assert not contacts.to_call().exists()


# --- The answer --------------------------------------------------------------------------------------


def scan() -> files.CleanFile:
    return files.clean("scan.jpg", papers.picture())


def answer(desk: Desk, referral: Referral, **said: Any) -> Referral:
    usual: dict[str, Any] = {
        "outcome": Outcome.DONE,
        "number": "示例函〔2026〕1号",
        "dated": clock.today(),
        "answer": "已认定。",
    }
    return by_letter.record_answer(
        referral_id=referral.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        **{"scan": scan()} | usual | said,
    )


def typed(**more: Any) -> dict[str, Any]:
    return {
        "outcome": "done",
        "number": "示例函〔2026〕1号",
        "dated": clock.today().isoformat(),
        "answer": "已认定。",
    } | more


def test_an_answer_comes_with_its_scan_which_is_opened_under_watch(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)
    upload = SimpleUploadedFile("reply.pdf", papers.pdf())

    done = clerk.post(page("referral_act", referral.pk, "record_answer"), typed(scan=upload))

    assert done.status_code == 302
    found = Referral.objects.select_related("answer_scan").get(pk=referral.pk)
    assert found.state == State.ANSWERED
    assert (found.answer_number, found.answer_dated) == ("示例函〔2026〕1号", clock.today())
    assert found.answer_scan is not None
    assert found.answer_scan.category == Category.LETTER
    address = page("evidence", found.matter_id, found.answer_scan_id)
    assert address in clerk.get(page("referral", referral.pk)).content.decode()
    assert clerk.get(address).status_code == 200
    assert AuditEntry.objects.filter(act="evidence.view", subject_id=str(found.answer_scan_id)).count() == 1


def test_an_answer_puts_the_next_move_into_the_windows_hands(desk: Desk) -> None:
    referral = answer(desk, sent(desk))

    matter = Matter.objects.get(referrals=referral)
    assert (matter.state, matter.holder) == (MatterState.REFERRED, Holder.WINDOW)


def test_a_scan_is_made_harmless_like_any_upload(desk: Desk) -> None:
    referral = answer(desk, sent(desk), scan=files.clean("scan.jpg", papers.photo()))

    kept = bytes(EvidenceContent.objects.get(evidence=referral.answer_scan).data)
    assert papers.SECRET.encode() not in kept


def test_an_answer_without_a_scan_says_why(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)
    address = page("referral_act", referral.pk, "record_answer")

    refused = clerk.post(address, typed())
    assert refused.status_code == 422
    assert "没有的，请写明原因" in refused.content.decode()
    assert "已认定。" in refused.content.decode()
    assert clerk.post(address, typed(unscanned="对方只用电话答复。")).status_code == 302
    assert Referral.objects.get(pk=referral.pk).answer_unscanned == "对方只用电话答复。"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"dated": "2999-01-01"}, "不能晚于今天"),
        ({"dated": "2020-01-01"}, "早于我们送出的日期"),
        ({"number": ""}, "请填写此项"),
        ({"outcome": "withdrawn"}, "请从列表中选择"),
        ({"scan": SimpleUploadedFile("a.exe", b"MZ" + b"0" * 64)}, "不能作为佐证"),
        ({"scan": SimpleUploadedFile("a.jpg", b"")}, "文件是空的"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_beside_its_field(
    desk: Desk, clerk: Window, more: dict[str, Any], says: str
) -> None:
    referral = sent(desk)

    refused = clerk.post(
        page("referral_act", referral.pk, "record_answer"), typed(unscanned="示例原因。") | more
    )

    assert refused.status_code == 422
    assert says in refused.content.decode()
    assert Referral.objects.get(pk=referral.pk).state == State.SENT


def test_the_action_itself_refuses_neither_scan_nor_reason(desk: Desk) -> None:
    with pytest.raises(Invalid, match="扫描件"):
        answer(desk, sent(desk), scan=None)


# --- Back without an answer --------------------------------------------------------------------------


def test_a_letter_that_came_back_says_on_what_ground(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)

    clerk.post(
        page("referral_act", referral.pk, "record_return"), {"ground": "duty", "reason": "不属本单位。"}
    )

    found = Referral.objects.get(pk=referral.pk)
    assert (found.state, found.return_ground) == (State.RETURNED, Ground.DUTY)
    assert BoardCase.objects.get(pk=referral.pk).ground == "duty"


@pytest.mark.parametrize("signed_for", [False, True])
def test_a_letter_is_recalled_signed_or_not_and_the_matter_is_ours_again(
    desk: Desk, signed_for: bool
) -> None:
    referral = sent(desk)
    if signed_for:
        log(desk, referral, signed_for=True)
    lead = Window(desk, Role.WINDOW_LEAD)

    done = lead.post(
        page("referral_act", referral.pk, "recall_letter"), {"reason": "另有办法。", "told": "示例科"}
    )

    assert done.status_code == 302
    found = Referral.objects.select_related("matter").get(pk=referral.pk)
    assert (found.state, found.recall_reason) == (State.RECALLED, "另有办法。")
    assert found.matter is not None
    assert found.matter.state == MatterState.HANDLING
    assert BoardCase.objects.get(pk=referral.pk).state == State.RECALLED


def test_a_clerk_cannot_recall_a_letter(desk: Desk, clerk: Window) -> None:
    referral = sent(desk)

    refused = clerk.post(
        page("referral_act", referral.pk, "recall_letter"), {"reason": "另有办法。", "told": "示例科"}
    )

    assert refused.status_code == 403
    assert Referral.objects.get(pk=referral.pk).state == State.SENT
