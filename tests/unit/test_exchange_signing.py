"""What a signature between deployments proves, and everything that proves nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from bancheng.exchange.signing import (
    ALGORITHMS,
    ANSWER,
    REQUEST,
    REQUEST_TAG,
    Answer,
    PrivateKey,
    PublicKey,
    Request,
    Unproven,
    bare,
    claimed_key_id,
    prove,
    sign,
)
from bancheng.timekeeping import clock

KEY, OTHER = PrivateKey.new(), PrivateKey.new()
BODY = '{"text":"示例"}'.encode()
MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=clock.SHANGHAI)


def request(key: PrivateKey = KEY, body: bytes = BODY) -> Request:
    made = Request(
        "POST",
        "https://exchange.example.org/exchange/messages/",
        {"Content-Type": "application/json", "Idempotency-Key": "0193"},
    )
    with clock.at(MOMENT):
        sign(made, body, key)
    return made


def answer(to: Request, key: PrivateKey = KEY, body: bytes = BODY) -> Answer:
    made = Answer(200, {"Content-Type": "application/json"}, to)
    with clock.at(MOMENT):
        sign(made, body, key)
    return made


def signed_over(components: tuple[str, ...], *, tag: str = REQUEST_TAG, body: bytes | None = BODY) -> Request:
    """Signed by the right key, over what its sender chose."""
    made = Request("POST", "https://exchange.example.org/exchange/messages/", dict(request().headers))
    for name in ("Signature", "Signature-Input", "Content-Digest"):
        del made.headers[name]
    keys = MappingKeyResolver(
        public_keys={}, private_keys={KEY.public.key_id: ALGORITHMS["ed25519"].open_private(KEY.raw)}
    )
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys).sign(
        made, key_id=KEY.public.key_id, tag=tag, covered_component_ids=components, body=body
    )
    return made


# --- Requests -------------------------------------------------------------------------------------------


def test_what_was_signed_is_proven_with_its_moment() -> None:
    assert prove(request(), BODY, KEY.public) == MOMENT.astimezone(UTC)


def test_the_message_says_whose_key_it_was() -> None:
    assert claimed_key_id(request().headers) == KEY.public.key_id


def test_another_key_proves_nothing() -> None:
    with pytest.raises(Unproven, match="签名不符"):
        prove(request(OTHER), BODY, KEY.public)


def test_another_body_is_noticed() -> None:
    with pytest.raises(Unproven, match="内容与签名时的不一致"):
        prove(request(), BODY + b" ", KEY.public)


@pytest.mark.parametrize("name", ["Content-Type", "Content-Digest", "Idempotency-Key"])
def test_a_changed_header_is_noticed(name: str) -> None:
    made = request()
    made.headers[name] += "x"
    with pytest.raises(Unproven):
        prove(made, BODY, KEY.public)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("PUT", "https://exchange.example.org/exchange/messages/"),
        ("POST", "https://other.example.org/exchange/messages/"),
        ("POST", "https://exchange.example.org/exchange/ping/"),
    ],
)
def test_a_request_sent_elsewhere_is_noticed(method: str, url: str) -> None:
    with pytest.raises(Unproven):
        prove(Request(method, url, request().headers), BODY, KEY.public)


@pytest.mark.parametrize("missing", REQUEST)
def test_a_signature_that_leaves_something_out_proves_nothing(missing: str) -> None:
    covered = tuple(component for component in REQUEST if component != missing)
    body = None if missing == "content-digest" else BODY
    with pytest.raises(Unproven):
        prove(signed_over(covered, body=body), BODY, KEY.public)


def test_a_signature_over_the_method_alone_proves_nothing() -> None:
    with pytest.raises(Unproven):
        prove(signed_over(("@method",), body=None), BODY, KEY.public)


def test_a_signature_made_for_something_else_proves_nothing() -> None:
    with pytest.raises(Unproven):
        prove(signed_over(REQUEST, tag="another-application"), BODY, KEY.public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a=();keyid=1",
        "a=()",
        "a=(), b=()",
        "a=1;keyid=",
        "\x00",
        "数",
        "=" * 5000,
        "a=((((((((",
        "a",
    ],
)
def test_a_signature_that_is_none_is_unproven_and_no_error(text: str) -> None:
    made = request()
    made.headers["Signature-Input"] = text
    with pytest.raises(Unproven):
        prove(made, BODY, KEY.public)


@pytest.mark.parametrize("text", ["", "x", "a=()", "a=();keyid=1, b=();keyid=2", "\x00", "数", "a=(((((((("])
def test_a_signature_that_names_no_key_is_unproven_and_no_error(text: str) -> None:
    with pytest.raises(Unproven):
        claimed_key_id({"Signature-Input": text})


@pytest.mark.parametrize("parameter", ["created=1.5", 'created="1"', "created=99999999999999", "other=1"])
def test_a_moment_that_is_none_is_unproven_and_no_error(parameter: str) -> None:
    made = request()
    head, _, tail = made.headers["Signature-Input"].partition(";created=")
    made.headers["Signature-Input"] = f"{head};{parameter};{tail.partition(';')[2]}"
    with pytest.raises(Unproven):
        prove(made, BODY, KEY.public)


# --- Answers --------------------------------------------------------------------------------------------


def test_an_answer_is_proven_together_with_its_request() -> None:
    assert prove(answer(request()), BODY, KEY.public) == MOMENT.astimezone(UTC)


def test_an_answer_to_another_request_proves_nothing() -> None:
    made = answer(request())
    made.request = request(body=b"{}")
    with pytest.raises(Unproven):
        prove(made, BODY, KEY.public)


def test_an_answer_whose_status_was_changed_proves_nothing() -> None:
    made = answer(request())
    made.status_code = 409
    with pytest.raises(Unproven):
        prove(made, BODY, KEY.public)


def test_a_signed_request_sent_back_is_no_answer() -> None:
    made = request()
    with pytest.raises(Unproven):
        prove(Answer(200, made.headers, made), BODY, KEY.public)


def test_an_answer_to_an_unsigned_request_is_no_receipt() -> None:
    unsigned = Request("POST", request().url, {"Content-Type": "application/json"})
    with pytest.raises(Unproven, match="没有覆盖"):
        prove(answer(unsigned), BODY, KEY.public)


def test_what_an_answer_signs_is_stated_here_a_second_time() -> None:
    covered = answer(request()).headers["Signature-Input"]
    for component in ('"@status"', '"content-digest"', '"content-type"', '"signature";req'):
        assert component in covered
    assert len(ANSWER) == 5


# --- Keys -----------------------------------------------------------------------------------------------


def test_a_public_key_goes_over_as_text_and_comes_back() -> None:
    assert PublicKey.parse(f" {KEY.public}\n") == KEY.public


@pytest.mark.parametrize(
    "wrong",
    [
        lambda text: "",
        lambda text: text.removeprefix("ed25519:"),
        lambda text: text.replace("ed25519", "sm2"),
        lambda text: text[:-5],
        lambda text: text + "AAAA",
        lambda text: text.replace(":", ":数"),
    ],
)
def test_a_key_that_is_not_whole_is_refused(wrong: Callable[[str], str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says, the caller has its own words
        PublicKey.parse(wrong(str(KEY.public)))


def test_a_fingerprint_reads_in_groups_and_compares_without_them() -> None:
    fingerprint = KEY.public.fingerprint
    assert len(fingerprint.split()) == 16
    assert bare(fingerprint.upper().replace(" ", ":")) == bare(fingerprint)
    assert KEY.public.key_id == bare(fingerprint)[:16]


def test_a_private_key_has_no_text_form() -> None:
    assert KEY.raw.hex() not in repr(KEY)
    assert str(KEY.raw) not in repr(KEY)


def test_the_moment_of_signing_is_our_clock() -> None:
    with clock.at(MOMENT + timedelta(hours=1)):
        late = request()
    assert prove(late, BODY, KEY.public) == MOMENT.astimezone(UTC)
