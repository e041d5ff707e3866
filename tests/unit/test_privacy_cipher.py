"""Sealed values open only where they were sealed, and only unaltered."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from bancheng.privacy import cipher, keys

PLACE = ("matters_reporter", "id_number")


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    encryptor = Cipher(
        algorithms.SM4(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")),
        modes.GCM(bytes.fromhex("00001234567800000000ABCD")),
    ).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"))
    clear = bytes.fromhex("".join(sign * 16 for sign in "ABCDEFEA"))

    body = encryptor.update(clear) + encryptor.finalize()

    assert body.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    )
    assert encryptor.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_in_its_place(clear: bytes) -> None:
    sealed = cipher.seal(clear, schema="c130722", place=PLACE)

    assert cipher.unseal(sealed, schema="c130722", place=PLACE) == clear


@given(st.text(min_size=4).map(str.encode))
def test_a_sealed_value_does_not_hold_the_clear_one(clear: bytes) -> None:
    assert clear not in cipher.seal(clear, schema="c130722", place=PLACE)


@given(st.data(), st.binary(max_size=60))
def test_any_altered_bit_is_noticed(data: st.DataObject, clear: bytes) -> None:
    sealed = bytearray(cipher.seal(clear, schema="c130722", place=PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(cipher.Undecipherable):
        cipher.unseal(bytes(sealed), schema="c130722", place=PLACE)


@given(st.data(), st.binary(max_size=60))
def test_a_cut_value_is_noticed(data: st.DataObject, clear: bytes) -> None:
    sealed = cipher.seal(clear, schema="c130722", place=PLACE)

    with pytest.raises(cipher.Undecipherable):
        cipher.unseal(sealed[: data.draw(st.integers(0, len(sealed) - 1))], schema="c130722", place=PLACE)


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ("c130726", PLACE),
        ("c130722", ("matters_reporter", "account")),
        ("c130722", ("matters_agent", "id_number")),
        ("c130722", ("matters_reporterid", "_number")),
    ],
)
def test_another_schema_table_or_column_cannot_open_it(schema: str, place: tuple[str, str]) -> None:
    sealed = cipher.seal("示例".encode(), schema="c130722", place=PLACE)

    with pytest.raises(cipher.Undecipherable):
        cipher.unseal(sealed, schema=schema, place=place)


def test_the_refusal_names_the_place_and_not_the_value() -> None:
    sealed = cipher.seal(b"6217000000001234", schema="c130722", place=PLACE)

    with pytest.raises(cipher.Undecipherable, match=r"c130726\.matters_reporter\.id_number") as caught:
        cipher.unseal(sealed, schema="c130726", place=PLACE)

    assert "6217" not in str(caught.value)


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert cipher.seal(b"x", schema="c130722", place=PLACE) != cipher.seal(
        b"x", schema="c130722", place=PLACE
    )


def test_an_older_key_still_reads_and_the_first_one_writes(settings) -> None:
    old, new = settings.FIELD_KEYS[0], keys.new_key()
    sealed = cipher.seal(b"x", schema="c130722", place=PLACE)

    settings.FIELD_KEYS = [new, old]

    assert cipher.unseal(sealed, schema="c130722", place=PLACE) == b"x"
    resealed = cipher.seal(b"x", schema="c130722", place=PLACE)
    assert cipher.key_id_of(resealed) == keys.field_keys()[0].id != cipher.key_id_of(sealed)


def test_a_value_of_a_key_that_is_gone_names_the_key(settings) -> None:
    sealed = cipher.seal(b"x", schema="c130722", place=PLACE)
    settings.FIELD_KEYS = [keys.new_key()]

    with pytest.raises(cipher.Undecipherable, match=cipher.key_id_of(sealed).hex()):
        cipher.unseal(sealed, schema="c130722", place=PLACE)


@pytest.mark.parametrize("configured", [[], [""], ["not base64!"], [base64.b64encode(b"short").decode()]])
def test_a_missing_or_weak_key_is_refused(settings, configured: list[str]) -> None:
    settings.FIELD_KEYS = configured

    with pytest.raises(ImproperlyConfigured):
        keys.field_keys()


def test_the_same_key_twice_is_refused(settings) -> None:
    settings.FIELD_KEYS = settings.FIELD_KEYS * 2

    with pytest.raises(ImproperlyConfigured, match="twice"):
        keys.field_keys()


def test_a_new_key_is_accepted(settings) -> None:
    settings.FIELD_KEYS = [keys.new_key()]

    assert len(keys.field_keys()) == 1
