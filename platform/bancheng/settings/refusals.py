"""Why a deployment may not start: what is missing, weak or unsafe in its environment, and how to mend it.

Standard library and Django's exception alone: the production settings ask here before anything else is read.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

from bancheng.devstack import discovery

SECRET_LENGTH = 50
KEY_BYTES = 32
MAKE_SECRET = "openssl rand -base64 48"  # noqa: S105  # how to make one
MAKE_KEY = "openssl rand -base64 32"

_TRUE = frozenset({"1", "true", "yes", "on", "y", "t", "ok"})
_PLACEHOLDER = re.compile(r"insecure|tests?-only|change.?me|example|secret|password", re.IGNORECASE)
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")


@dataclass(frozen=True)
class Problem:
    """One variable that keeps the deployment from starting. No text repeats the value of a secret."""

    variable: str
    chinese: str
    english: str

    def __str__(self) -> str:
        return f"{self.variable}：{self.chinese}\n    {self.variable}: {self.english}"


def refuse_unsafe(environ: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured that lists every problem of this environment; return when there is none."""
    if found := list(problems(environ)):
        lines = "\n".join(f"  - {problem}" for problem in found)
        head = f"生产环境配置有{len(found)}处问题，服务没有启动。Not started: {len(found)} unsafe settings."
        raise ImproperlyConfigured(f"{head}\n{lines}")


def problems(environ: Mapping[str, str]) -> Iterator[Problem]:
    """All of them, in the order in which one fills in the environment file."""
    yield from _debug(environ)
    yield from _hosts(environ)
    yield from _servers(environ)
    yield from _secrets(environ)


def _debug(environ: Mapping[str, str]) -> Iterator[Problem]:
    for name in ("DEBUG", "DJANGO_DEBUG"):
        if environ.get(name, "").strip().lower() in _TRUE:
            yield Problem(
                name,
                "生产环境不得开启调试，请删除这一行",
                "debugging shows data and settings to everybody; remove it",
            )


def _hosts(environ: Mapping[str, str]) -> Iterator[Problem]:
    domain = environ.get("BASE_DOMAIN", "")
    if not domain:
        yield Problem(
            "BASE_DOMAIN",
            "缺失；填写部署所用域名，例如 window.example.gov.cn",
            "missing; name the domain of this deployment, such as window.example.gov.cn",
        )
    elif "*" in domain or domain.startswith("."):
        yield Problem(
            "BASE_DOMAIN",
            "不得使用通配；只写域名本身，各中心的子域名自动允许",
            "no wildcard; the bare domain is enough, the centres' hosts below it are allowed",
        )
    elif not _is_domain(domain.lower()):
        yield Problem(
            "BASE_DOMAIN",
            "应为正式域名，不能是 localhost、IP 地址，也不带协议和端口",
            "must be a domain name: not localhost, not an IP address, without scheme or port",
        )
    if any(host.strip() in ("*", ".") for host in environ.get("ALLOWED_HOSTS", "").split(",")):
        yield Problem(
            "ALLOWED_HOSTS",
            "不得使用通配；本系统只按 BASE_DOMAIN 放行，请删除这一行",
            "no wildcard; hosts are allowed by BASE_DOMAIN alone, remove it",
        )


def _servers(environ: Mapping[str, str]) -> Iterator[Problem]:
    for name, schemes, sample in (
        (
            "DATABASE_URL",
            ("postgres", "postgresql"),
            "postgresql://bancheng:PASSWORD@127.0.0.1:5432/bancheng",
        ),
        ("REDIS_URL", ("redis", "rediss", "unix"), "redis://:PASSWORD@127.0.0.1:6379/0"),
    ):
        url = environ.get(name, "")
        if not url:
            yield Problem(name, f"缺失；形如 {sample}", f"missing; it looks like {sample}")
        elif urlsplit(url).scheme not in schemes:
            yield Problem(
                name,
                f"协议应为 {schemes[0]}://；形如 {sample}",
                f"must be a {schemes[0]}:// URL like {sample}",
            )
    if "pgbouncer" in parse_qs(urlsplit(environ.get("DATABASE_URL", "")).query):
        yield Problem(
            "DATABASE_URL",
            "不得经 PgBouncer 事务模式连接：会读到其他中心的数据；请直连 PostgreSQL",
            "PgBouncer in transaction mode answers with other centres' rows; connect to PostgreSQL itself",
        )


def _secrets(environ: Mapping[str, str]) -> Iterator[Problem]:
    secret, index = environ.get("SECRET_KEY", ""), environ.get("BANCHENG_INDEX_KEY", "")
    fields = [key for key in environ.get("BANCHENG_FIELD_KEYS", "").split(",") if key]
    demo = _demo_secrets()
    if flaw := _weak_secret(secret):
        yield Problem("SECRET_KEY", f"{flaw[0]}；生成：{MAKE_SECRET}", f"{flaw[1]}; make one: {MAKE_SECRET}")
    elif secret in demo:
        yield _from_demo("SECRET_KEY", MAKE_SECRET)
    for name, keys in (("BANCHENG_FIELD_KEYS", fields or [""]), ("BANCHENG_INDEX_KEY", [index])):
        flaws = [found for key in keys if (found := _weak_key(key))]
        if flaws:
            yield Problem(name, f"{flaws[0][0]}；生成：{MAKE_KEY}", f"{flaws[0][1]}; make one: {MAKE_KEY}")
        elif demo.intersection(keys):
            yield _from_demo(name, MAKE_KEY)
    if index and index in fields:
        yield Problem(
            "BANCHENG_INDEX_KEY",
            "不得与 BANCHENG_FIELD_KEYS 相同，请各用一把密钥",
            "must not be one of BANCHENG_FIELD_KEYS; use a key of its own",
        )


def _from_demo(name: str, command: str) -> Problem:
    return Problem(
        name,
        f"是本机演示所用的密钥；重新生成：{command}",
        f"is a key of the demo; make a fresh one: {command}",
    )


def _weak_secret(value: str) -> tuple[str, str] | None:
    if not value:
        return "缺失", "missing"
    if len(value) < SECRET_LENGTH or len(set(value)) < 10:
        return f"太弱，至少{SECRET_LENGTH}个随机字符", f"too weak: at least {SECRET_LENGTH} random characters"
    if _PLACEHOLDER.search(value):
        return "是示例或测试用值", "is a sample or test value"
    return None


def _weak_key(value: str) -> tuple[str, str] | None:
    """Of 32 random bytes fewer than 20 differ, or all are printable, less than once in a billion times."""
    if not value:
        return "缺失", "missing"
    try:
        secret = base64.b64decode(value, validate=True)
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        return f"应为{KEY_BYTES}字节随机数的 base64", f"must be base64 of {KEY_BYTES} random bytes"
    if len(set(secret)) < 20 or all(32 <= byte < 127 for byte in secret):
        return "不是随机数（示例、测试用值或口令）", "is not random: a sample, a test value or a pass phrase"
    return None


def _is_domain(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(_DOMAIN.fullmatch(name)) and not name.endswith(".localhost")
    return False


def _demo_secrets() -> set[str]:
    """What the demo on this machine made for itself, where this user can read it."""
    try:
        made = json.loads((discovery.home() / "secrets.json").read_text("utf-8"))
        return {str(value) for value in made.values()}
    except (OSError, ValueError, AttributeError):
        return set()
