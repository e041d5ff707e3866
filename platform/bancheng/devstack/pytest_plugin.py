"""Gives the tests a throwaway PostgreSQL and Valkey, and counts the tests left out for want of Chromium.

With DATABASE_URL set, real servers are used (REDIS_URL then names the queue) and nothing is started here.
"""

import os
from collections.abc import Generator
from typing import Any

import pytest

from bancheng.devstack import throwaway
from bancheng.devstack.binaries import find_chromium

CHROMIUM_COMMAND = "apt-get install -y chromium-headless-shell fonts-noto-cjk"
_LEFT_OUT = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Before pytest-django reads the settings: a wrapper runs ahead of every plain implementation."""
    asked = early_config.known_args_namespace
    looks_only = asked.help or asked.version or asked.collectonly
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if not (os.environ.get("DATABASE_URL") or is_worker or looks_only):
        early_config.add_cleanup(throwaway.start())
    return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are left out and counted; where CI is set they stay, and fail."""
    if find_chromium() or _in_ci():
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser:
        items[:] = [item for item in items if not item.get_closest_marker("browser")]
        config.stash[_LEFT_OUT] = len(browser)
        config.hook.pytest_deselected(items=browser)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and not find_chromium():
        pytest.fail(f"no Chromium on this machine, and CI is set: {CHROMIUM_COMMAND}", pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist tells the controller what it left out (all of them collect the same)."""
    if output := getattr(session.config, "workeroutput", None):
        output["browser_left_out"] = session.config.stash.get(_LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    left_out = getattr(node, "workeroutput", {}).get("browser_left_out", 0)
    node.config.stash[_LEFT_OUT] = max(left_out, node.config.stash.get(_LEFT_OUT, 0))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left_out := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.section("browser tests left out", yellow=True)
        terminalreporter.write_line(f"{left_out} browser tests were left out: no Chromium on this machine.")
        terminalreporter.write_line(f"To run them too: {CHROMIUM_COMMAND}")


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
