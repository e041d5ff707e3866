"""`bancheng doctor`: on one screen what is used, what is reachable, what is missing and what to do about it.

Every check stands alone and survives the failure of all others: it must work with nothing running.
"""

import base64
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings

from bancheng.devstack import binaries, discovery


class Mark(Enum):
    """How a part is: well; worth a look, the service runs all the same; essential and missing."""

    GOOD = "正常"
    LOOK = "注意"
    BAD = "缺失"


@dataclass(frozen=True)
class Finding:
    """One line of the screen."""

    mark: Mark
    label: str
    text: str


def examine() -> list[Finding]:
    """All findings, in the order of the screen. Never raises."""
    checks: list[Callable[[], Iterable[Finding]]] = [
        python, instance, postgres, valkey, keys, schemas, signs_of_life, browser, node,
    ]  # fmt: skip
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except Exception as error:  # whatever it is: say so and go on with the next part
            findings.append(Finding(Mark.LOOK, check.__name__, f"未能检查（{type(error).__name__}）"))
    return findings


def python() -> Iterable[Finding]:
    good = sys.version_info >= (3, 11)
    yield Finding(Mark.GOOD if good else Mark.BAD, "Python", f"{platform.python_version()}（需要 3.11 以上）")


def instance() -> Iterable[Finding]:
    place = discovery.home()
    if "BANCHENG_DEMO" in os.environ:
        text = f"运行中，http://localhost:{os.environ.get('PORT', '8000')}/（{place}）"
        yield Finding(Mark.GOOD, "演示实例", text)
    elif discovery.is_running(place):
        yield Finding(
            Mark.LOOK, "演示实例", f"运行中，但未使用：另有 DATABASE_URL，或属于其他用户（{place}）"
        )
    else:
        yield Finding(Mark.LOOK, "演示实例", "没有运行；用 make demo 启动")


def postgres() -> Iterable[Finding]:
    if "DATABASE_URL" in os.environ:
        try:
            with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3) as connection:
                version = connection.info.parameter_status("server_version") or "?"
        except psycopg.Error as error:
            text = f"{_where('DATABASE_URL')} 连接不上（{type(error).__name__}）；请检查地址、账号与网络"
            yield Finding(Mark.BAD, "数据库", text)
        else:
            recent = int(version.split(".")[0]) >= 15
            text = f"PostgreSQL {version}，{_where('DATABASE_URL')}，可连接"
            yield Finding(
                Mark.GOOD if recent else Mark.BAD, "数据库", text if recent else f"{text}；需要 15 以上"
            )
    else:
        yield Finding(Mark.BAD, "数据库", "没有可连接的数据库；用 make demo 启动，或设置 DATABASE_URL")
    try:
        programs = binaries.find_postgres()
        version = binaries.version_of(programs.bin / "postgres")
        yield Finding(
            Mark.GOOD, "数据库程序", f"PostgreSQL {version}（来源 {programs.origin}，{programs.bin}）"
        )
    except binaries.Missing as missing:
        yield Finding(Mark.LOOK, "数据库程序", str(missing))
    dump = binaries.find_postgres_tool("pg_dump")
    yield (
        Finding(Mark.GOOD, "pg_dump", f"{binaries.version_of(dump)}（{dump}）")
        if dump
        else Finding(Mark.LOOK, "pg_dump", "没有：新建中心会慢一些，也不能备份；请安装 postgresql-client")
    )


def valkey() -> Iterable[Finding]:
    if "REDIS_URL" in os.environ:
        try:
            with redis.Redis.from_url(os.environ["REDIS_URL"], socket_connect_timeout=3) as client:
                about = client.info("server")
        except redis.RedisError as error:
            text = f"{_where('REDIS_URL')} 连接不上（{type(error).__name__}）；页面可用，后台任务会等它恢复"
            yield Finding(Mark.LOOK, "消息队列", text)
        else:
            name, version = "Redis", about.get("redis_version", "?")
            if "valkey_version" in about:
                name, version = "Valkey", about["valkey_version"]
            yield Finding(Mark.GOOD, "消息队列", f"{name} {version}，{_where('REDIS_URL')}，可连接")
    else:
        yield Finding(Mark.LOOK, "消息队列", "没有可连接的服务；用 make demo 启动，或设置 REDIS_URL")
    try:
        program = binaries.find_valkey()
        yield Finding(Mark.GOOD, "消息队列程序", f"{program.server}（来源 {program.origin}）")
    except binaries.Missing as missing:
        yield Finding(Mark.LOOK, "消息队列程序", str(missing))


def keys() -> Iterable[Finding]:
    weak = []
    if len(os.environ.get("SECRET_KEY", "")) < 50:
        weak.append("SECRET_KEY（至少 50 个字符）")
    field_keys = list(settings.FIELD_KEYS)
    if not field_keys or not all(map(_is_key, field_keys)):
        weak.append("BANCHENG_FIELD_KEYS（32 字节的 base64）")
    if not _is_key(settings.INDEX_KEY):
        weak.append("BANCHENG_INDEX_KEY（32 字节的 base64）")
    if weak:
        yield Finding(Mark.BAD, "密钥", f"缺少或太弱：{'、'.join(weak)}")
    elif "BANCHENG_DEMO" in os.environ:
        yield Finding(Mark.GOOD, "密钥", "演示密钥，本机生成，不可用于生产")
    else:
        yield Finding(Mark.GOOD, "密钥", f"齐全；字段密钥 {len(field_keys)} 个")


def schemas() -> Iterable[Finding]:
    if "DATABASE_URL" not in os.environ:
        return
    from bancheng.centres import migrating
    from bancheng.centres.models import Centre, Kind

    all_schemas = ["public", *(schema for schema, _ in migrating.schemas())]
    late = migrating.behind(all_schemas)
    if late:
        text = f"{len(all_schemas)} 个模式中 {len(late)} 个待更新；运行 bancheng migrate_all"
        yield Finding(Mark.BAD, "数据表", text)
    else:
        yield Finding(Mark.GOOD, "数据表", f"{len(all_schemas)} 个模式都是最新")
    if "public" not in late:
        count = Centre.objects.filter(kind=Kind.CENTRE).count()
        hint = "" if count else "；用 bancheng centre add 添加"
        yield Finding(Mark.GOOD if count else Mark.LOOK, "中心", f"{count} 个{hint}")


def signs_of_life() -> Iterable[Finding]:
    if "DATABASE_URL" not in os.environ:
        return
    from bancheng.centres import health

    beat = health.last_beat()
    if beat.ok:
        yield Finding(Mark.GOOD, "后台与定时任务", "都在运行")
    else:
        text = f"没有动静（{beat.detail}）；请检查 worker 与 beat 的日志"
        yield Finding(Mark.LOOK, "后台与定时任务", text)


def browser() -> Iterable[Finding]:
    found = binaries.find_chromium()
    missing = "没有：浏览器测试会略去；apt-get install -y chromium-headless-shell fonts-noto-cjk"
    yield Finding(Mark.GOOD if found else Mark.LOOK, "Chromium", str(found or missing))


def node() -> Iterable[Finding]:
    found = shutil.which("node")
    yield Finding(Mark.GOOD, "Node.js", found or "没有：make install 会把它装入虚拟环境")


def _where(name: str) -> str:
    """Host and port of a URL; its password stays out of sight."""
    parts = urlsplit(os.environ[name])
    return f"{parts.hostname or '本机'}:{parts.port or '默认端口'}"


def _is_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 32
    except ValueError:
        return False
