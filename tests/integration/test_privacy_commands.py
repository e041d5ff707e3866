"""`bancheng keys` and `bancheng audit`: what the keeper and the auditor see at the terminal."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from bancheng.centres.models import ChainAnchor
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.privacy import audit, cipher, keys, rotation
from bancheng.privacy.fields import EncryptedTextField
from bancheng.timekeeping import clock

SYSTEM = Actor.system("系统", "130722")
ZHANGBEI = "130722"


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out, no_color=True)
    return out.getvalue()


def write(reason: str = "示例理由") -> None:
    with in_centre(ZHANGBEI):
        audit.record(actor=SYSTEM, act="test.act", subject=("test", "1"), reason=reason)


def cut_the_last_entry() -> None:
    with in_centre(ZHANGBEI), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditentry DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM privacy_auditentry WHERE seq = (SELECT max(seq) FROM privacy_auditentry)")
        cursor.execute("ALTER TABLE privacy_auditentry ENABLE TRIGGER USER")


@pytest.fixture
def slip(zhangbei: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model with an encrypted field that may change, its table in 张北县, one row in it."""
    with isolate_apps("bancheng.privacy"):

        class Slip(models.Model):
            text = EncryptedTextField(null=True)
            other = EncryptedTextField(null=True)

            class Meta:
                app_label = "privacy"

            def __str__(self) -> str:
                return str(self.pk)

    with in_centre(zhangbei.code), connection.schema_editor() as editor:
        editor.create_model(Slip)
    known = rotation.apps.get_models()
    monkeypatch.setattr(rotation, "apps", type("Apps", (), {"get_models": lambda self: [*known, Slip]})())
    with in_centre(zhangbei.code):
        Slip.objects.create(text="甲", other=None)
        Slip.objects.create(text=None, other="乙")
        Slip.objects.create()
    return Slip


def test_a_new_key_can_be_used_at_once(settings: Any) -> None:
    settings.FIELD_KEYS = [run("keys", "new").strip()]

    assert cipher.unseal(cipher.seal(b"x", schema="s", place=("t",)), schema="s", place=("t",)) == b"x"


def test_every_new_key_is_another() -> None:
    assert run("keys", "new") != run("keys", "new")


def test_check_counts_values_by_key_and_prints_no_key(settings: Any, slip: Any) -> None:
    told = run("keys", "check", "--centre", ZHANGBEI)

    assert f"130722 {keys.field_keys()[0].id.hex()} 2项" in told
    assert settings.FIELD_KEYS[0] not in told
    assert settings.INDEX_KEY not in told


def test_check_says_which_key_is_missing(settings: Any, slip: Any) -> None:
    lost = keys.field_keys()[0].id.hex()
    settings.FIELD_KEYS = [keys.new_key()]

    with pytest.raises(CommandError, match=f"缺少密钥{lost}"):
        run("keys", "check", "--centre", ZHANGBEI)


def test_a_weak_key_is_named_as_the_fault(settings: Any) -> None:
    settings.FIELD_KEYS = ["weak"]

    with pytest.raises(CommandError, match="密钥配置有误"):
        run("keys", "check")


def test_rotate_makes_the_old_key_needless(settings: Any, slip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 1)
    old, new = settings.FIELD_KEYS[0], keys.new_key()
    settings.FIELD_KEYS = [new, old]

    assert "130722 已改用新密钥2行" in run("keys", "rotate", "--centre", ZHANGBEI)

    settings.FIELD_KEYS = [new]
    with in_centre(ZHANGBEI):
        assert list(slip.objects.order_by("pk").values_list("text", "other")) == [
            ("甲", None),
            (None, "乙"),
            (None, None),
        ]


def test_rotating_again_changes_nothing(settings: Any, slip: Any) -> None:
    settings.FIELD_KEYS = [keys.new_key(), settings.FIELD_KEYS[0]]
    run("keys", "rotate", "--centre", ZHANGBEI)

    assert "130722 已改用新密钥0行" in run("keys", "rotate", "--centre", ZHANGBEI)


def test_rotate_says_that_records_that_only_grow_need_the_old_key(settings: Any, zhangbei: Any) -> None:
    write()
    old = keys.field_keys()[0].id.hex()
    settings.FIELD_KEYS = [keys.new_key(), settings.FIELD_KEYS[0]]

    assert f"仍需旧密钥{old}" in run("keys", "rotate", "--centre", ZHANGBEI)

    with in_centre(ZHANGBEI):
        assert audit.verify() is None


def test_verify_says_that_every_trail_is_whole(zhangbei: Any, yuxian: Any, office: Any) -> None:
    write()
    write()

    told = run("audit", "verify")

    assert "130722 完整，共2条" in told
    assert "130726 完整，共0条" in told
    assert "130700-office 完整，共" in told


def test_verify_names_the_centre_and_the_entry_that_does_not_hold(zhangbei: Any) -> None:
    write()
    with in_centre(ZHANGBEI), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE privacy_auditentry SET act = 'other'")
        cursor.execute("ALTER TABLE privacy_auditentry ENABLE TRIGGER USER")
    out = StringIO()

    with pytest.raises(CommandError, match="审计记录不完整：130722"):
        call_command("audit", "verify", stdout=out, no_color=True)

    assert "130722 第1条的内容与其校验值不符" in out.getvalue()


def test_verify_finds_a_cut_end_by_the_head_kept_outside(zhangbei: Any) -> None:
    write()
    write()
    with in_centre(ZHANGBEI):
        seq, digest = audit.head()
    ChainAnchor.objects.create(centre=ZHANGBEI, chain="audit", seq=seq, hash=digest, at=clock.now())
    cut_the_last_entry()
    out = StringIO()

    with pytest.raises(CommandError, match="130722"):
        call_command("audit", "verify", "--centre", ZHANGBEI, stdout=out, no_color=True)

    assert "与库外留存的第2条校验值不符" in out.getvalue()


def test_an_unknown_centre_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="没有代码为"):
        run("audit", "verify", "--centre", "999999")
