"""`make demo`: the whole service on one machine, from the database to the pages, until somebody ends it."""

import http.client
import io
import os
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from bancheng.devstack import discovery
from bancheng.devstack.instance import Instance
from bancheng.devstack.ports import free_ports, is_free
from bancheng.devstack.postgres import PostgresServer
from bancheng.devstack.supervisor import Failed, Say, Service, Stopped, Supervisor
from bancheng.devstack.valkey import ValkeyServer

HOSTS = {
    "入口（选择中心）": "localhost",
    "张北县中心": "zhangbei.localhost",
    "市本级中心": "zhangjiakou.localhost",
    "全市总览": "overview.localhost",
}


@dataclass(frozen=True)
class Options:
    """`port` and `bind` say where the pages are served; `commands` are the management commands that exist."""

    place: Path
    port: int
    bind: str
    commands: Collection[str]


def options_from_environment(commands: Collection[str]) -> Options:
    """PORT (8000), BIND (127.0.0.1) and BANCHENG_HOME (var/demo). Raises Failed when PORT is no port."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise Failed(f"PORT={wanted} 不是有效的端口（1–65535）")
    return Options(discovery.home(), int(wanted), os.environ.get("BIND") or "127.0.0.1", commands)


def run(options: Options, say: Say) -> None:
    """Start everything, say where it is, stay until asked to end, stop everything in order.

    Servers named by DATABASE_URL and REDIS_URL are used, others started here. Raises AlreadyRunning or
    Failed; nothing is left running then.
    """
    began = time.monotonic()
    instance = Instance(options.place)
    instance.take()
    try:
        if not is_free(options.bind, options.port):
            raise Failed(
                f"端口 {options.port} 已被占用：请用 PORT=其他端口 make demo\nPort {options.port} is in use."
            )
        supervisor = Supervisor(options.place / "logs", say)
        supervisor.handle_signals()
        try:
            environment = start_servers(instance, supervisor, options)
            for name, label, arguments in steps(options.commands):
                supervisor.run(name, label, [sys.executable, "-m", "django", *arguments], environment)
            for service in processes(options, environment):
                supervisor.start(service)
            say(panel(options, time.monotonic() - began))
            supervisor.watch()
        except Stopped:
            pass
        finally:
            say("\n正在停止 …", end="")
            supervisor.stop()
            say(" 已全部停止，数据保留。")
    finally:
        instance.release()


def start_servers(instance: Instance, supervisor: Supervisor, options: Options) -> dict[str, str]:
    """Start what no URL names. Returns, and announces, the variables that lead to the servers."""
    kept = instance.keys()
    named = named_by_the_operator()
    environment = {
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.demo",
        "BANCHENG_DEMO": str(os.getpid()),
        "BASE_DOMAIN": named.get("BASE_DOMAIN") or "localhost",
        "PORT": str(options.port),
        "PYTHONUNBUFFERED": "1",
        **{name: named.get(name) or value for name, value in kept.items() if "PASSWORD" not in name},
    }
    postgres_port, valkey_port = free_ports(2)
    environment["DATABASE_URL"] = named.get("DATABASE_URL", "")
    if not environment["DATABASE_URL"]:
        postgres = PostgresServer(instance.place, postgres_port, kept["POSTGRES_PASSWORD"])
        postgres.prepare()
        supervisor.start(postgres.service())
        environment["DATABASE_URL"] = postgres.url
    environment["REDIS_URL"] = named.get("REDIS_URL", "")
    if not environment["REDIS_URL"]:
        valkey = ValkeyServer(instance.place, valkey_port, kept["VALKEY_PASSWORD"])
        supervisor.start(valkey.service())
        environment["REDIS_URL"] = valkey.url
    instance.announce(environment)
    return environment


def named_by_the_operator() -> Mapping[str, str]:
    """The environment, unless the settings filled it from another demo, which has ended since."""
    return {} if "BANCHENG_DEMO" in os.environ else os.environ


def steps(commands: Collection[str]) -> list[tuple[str, str, list[str]]]:
    """What is done before the pages: name of the log, words for people, management command."""
    wanted = [("migrate", "更新数据表", ["migrate_all"]), ("seed", "准备演示数据", ["seed"])]
    return [step for step in wanted if step[2][0] in commands]


def processes(options: Options, environment: Mapping[str, str]) -> list[Service]:
    """Our own processes in the order of their start; they end in the reverse order."""
    celery = [sys.executable, "-m", "celery", "-A", "bancheng.celery"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2"]
    schedule = str(options.place / "celerybeat-schedule")
    beat = [*celery, "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile="]
    return [
        Service("worker", "后台任务", worker, environment, stop_within=8.0),
        Service("beat", "定时任务", beat, environment),
        Service(
            "web",
            "网页服务",
            [
                sys.executable, "-m", "gunicorn", "bancheng.wsgi:application",
                "--bind", f"{options.bind}:{options.port}",
                "--worker-class", "gthread", "--workers", "2", "--threads", "4",
                "--graceful-timeout", "4", "--no-control-socket",
            ],
            environment,
            ready=lambda: answers(options),
            ready_within=90.0,
        ),
    ]  # fmt: skip


def answers(options: Options) -> bool:
    """Whether the landing page answers."""
    address = "127.0.0.1" if options.bind == "0.0.0.0" else options.bind  # noqa: S104
    connection = http.client.HTTPConnection(address, options.port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{options.port}"})
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


def panel(options: Options, seconds: float) -> str:
    """What a person needs at the end of the start: addresses, logins, a warning, how to stop."""
    lines = [f"办成已就绪，用时 {seconds:.0f} 秒。", "", "地址"]
    lines += [f"  {name}  http://{host}:{options.port}/" for name, host in HOSTS.items()]
    if logins := demo_logins(options.commands):
        lines += ["", "登录", *(f"  {line}" for line in logins.splitlines())]
    lines += [
        "",
        f"数据与日志在 {options.place}；再次启动会保留数据。",
        "演示密钥是首次启动时在本机生成的，与数据放在一起，不可用于生产。",
        "按 Ctrl-C 停止。",
    ]
    rule = "─" * 64
    return "\n".join(["", rule, *lines, rule])


def demo_logins(commands: Collection[str]) -> str:
    """The accounts of the demo in the words of `bancheng seed --print-logins`; "" where there is no seed."""
    if "seed" not in commands:
        return ""
    said = io.StringIO()
    call_command("seed", print_logins=True, stdout=said)
    return said.getvalue().strip()
