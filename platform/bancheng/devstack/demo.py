"""`make demo`: the whole service on one machine, from the database to the pages, until somebody ends it.

With PEER=1 the province's own system stands beside it: a second deployment with data and keys of its own.
"""

import contextlib
import io
import os
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from bancheng.devstack import discovery, ground, meeting
from bancheng.devstack.instance import Instance
from bancheng.devstack.ports import is_free
from bancheng.devstack.supervisor import Failed, Say, Stopped, Supervisor
from bancheng.devstack.system import System, processes, start_servers

CITY_HOSTS = {
    "入口（选择中心）": "localhost",
    "张北县中心": "zhangbei.localhost",
    "市本级中心": "zhangjiakou.localhost",
    "全市总览": "overview.localhost",
}
PEER_HOSTS = {
    "省级系统入口": "localhost",
    "省社保中心": "province.localhost",
    "省级总览": "province-overview.localhost",
}


@dataclass(frozen=True)
class Options:
    """`port` and `bind` say where the pages are served; `commands` are the management commands that exist.

    `peer` asks for the province's system as well, in a folder beside `place` and at the next free port.
    """

    place: Path
    port: int
    bind: str
    commands: Collection[str]
    peer: bool = False


def options_from_environment(commands: Collection[str]) -> Options:
    """PORT (8000), BIND (127.0.0.1), BANCHENG_HOME (var/demo), PEER (0). Raises Failed for a wrong value."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise Failed(f"PORT={wanted} 不是有效的端口（1–65535）")
    peer = os.environ.get("PEER") or "0"
    if peer not in ("0", "1"):
        raise Failed(f"PEER={peer} 不对：PEER=1 同时启动省级系统，不写或 PEER=0 只启动本市系统")
    bind = os.environ.get("BIND") or "127.0.0.1"
    return Options(discovery.home(), int(wanted), bind, commands, peer == "1")


def run(options: Options, say: Say) -> None:
    """Start everything, say where it is, stay until asked to end, stop everything in order.

    Servers named by DATABASE_URL and REDIS_URL are used for the city, others started here. Raises
    AlreadyRunning or Failed; nothing is left running then.
    """
    began = time.monotonic()
    with contextlib.ExitStack() as taken:
        city = System(options.place, options.port, options.bind, hosts=CITY_HOSTS)
        systems = [(city, _take(city, taken))]
        if not is_free(options.bind, options.port):
            raise Failed(
                f"端口 {options.port} 已被占用：请用 PORT=其他端口 make demo\nPort {options.port} is in use."
            )
        if options.peer:
            province = province_beside(options)
            systems.append((province, _take(province, taken)))
        supervisor = Supervisor(options.place / "logs", say)
        supervisor.handle_signals()
        try:
            environments: list[dict[str, str]] = []
            for system, instance in systems:
                like = environments[0]["DATABASE_URL"] if environments else ""
                environments.append(bring_up(system, instance, supervisor, options.commands, like))
            if options.peer:
                say("正在交换密钥 …", end="")
                meeting.introduce(*(_party(s, e) for (s, _), e in zip(systems, environments, strict=True)))
                say(" 完成")
            say(panel(options, [system for system, _ in systems], time.monotonic() - began))
            supervisor.watch()
        except Stopped:
            pass
        finally:
            say("\n正在停止 …", end="")
            supervisor.stop()
            say(" 已全部停止，数据保留。")


def province_beside(options: Options) -> System:
    """The province's system: a folder and a port next to the city's. Raises Failed when no port is free."""
    port = next((p for p in range(options.port + 1, options.port + 20) if is_free(options.bind, p)), None)
    if port is None:
        raise Failed(f"端口 {options.port} 之后没有空闲的端口可供省级系统使用：请换一个 PORT")
    return System(
        beside(options.place),
        port,
        options.bind,
        name="peer",
        label="省级",
        seed=("seed", "--province"),
        hosts=PEER_HOSTS,
        workers=1,
        web_workers=1,
    )


def beside(place: Path) -> Path:
    """The folder of the province's system, next to that of the city's."""
    return place.with_name(f"{place.name}-peer")


def bring_up(
    system: System, instance: Instance, supervisor: Supervisor, commands: Collection[str], like: str = ""
) -> dict[str, str]:
    """Start the servers, prepare the data, start the processes. Returns the variables that lead there.

    `like` is the database of a system of the same release, which spares this one laying the same ground.
    """
    named = {} if like else named_by_the_operator()
    environment = start_servers(system, instance, supervisor, named, os.getpid())
    if like:
        ground.copy_if_empty(like, environment["DATABASE_URL"])
    where = f"（{system.label}）" if system.label else ""
    for name, label, arguments in steps(system, commands):
        argv = [sys.executable, "-m", "django", *arguments]
        supervisor.run(system.called(name), label + where, argv, environment)
    for service in processes(system, environment):
        supervisor.start(service)
    return environment


def named_by_the_operator() -> Mapping[str, str]:
    """The environment, unless the settings filled it from another demo, which has ended since."""
    return {} if "BANCHENG_DEMO" in os.environ else os.environ


def steps(system: System, commands: Collection[str]) -> list[tuple[str, str, list[str]]]:
    """What is done before the pages: name of the log, words for people, management command."""
    wanted = [("migrate", "更新数据表", ["migrate_all"]), ("seed", "准备演示数据", [*system.seed])]
    return [step for step in wanted if step[2][0] in commands]


def panel(options: Options, systems: Collection[System], seconds: float) -> str:
    """What a person needs at the end of the start: addresses, logins, a warning, how to stop."""
    lines = [f"办成已就绪，用时 {seconds:.0f} 秒。", "", "地址"]
    lines += [
        f"  {name}  http://{host}:{system.port}/" for system in systems for name, host in system.hosts.items()
    ]
    if logins := demo_logins(options.commands):
        lines += ["", "登录", *(f"  {line}" for line in logins.splitlines())]
    if options.peer:
        lines += [
            "",
            "两个系统已交换密钥：转往省社保中心的件通过网络送达，不再用函件。",
        ]
    lines += [
        "",
        f"数据与日志在{'、'.join(str(system.place) for system in systems)}；再次启动会保留数据。",
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


def _party(system: System, environment: Mapping[str, str]) -> meeting.Party:
    code, name = ("hebei", "河北省系统（示例名称）") if system.name else ("zhangjiakou", "张家口市系统")
    return meeting.Party({**os.environ, **environment}, code, name, system.url.rstrip("/"))


def _take(system: System, taken: contextlib.ExitStack) -> Instance:
    instance = Instance(system.place)
    instance.take()
    taken.callback(instance.release)
    return instance
