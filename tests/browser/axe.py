"""What axe-core finds wrong with a page for people who cannot see it, use a mouse, or tell its colours."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")


def check(page: Page, *, within: str = "body") -> None:
    """Fail with every serious or critical violation in what is shown `within` a selector now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    result: dict[str, Any] = page.evaluate("selector => axe.run(selector)", within)
    grave = [rule for rule in result["violations"] if rule["impact"] in GRAVE]
    told = [
        f"{rule['id']}: {rule['help']}\n"
        + "\n".join(f"    {node['html'][:160]}\n    {node['failureSummary']}" for node in rule["nodes"][:5])
        for rule in grave
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)
