# What a newcomer needs: make demo. Python 3.11 or newer and make are enough; everything else is fetched, pinned.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install --no-compile --require-hashes
THROWAWAY := $(PY) -P -m bancheng.devstack.throwaway
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

BENCHES := centres list matter deadlines exchange overview

.PHONY: install demo test check bench lock clean
.DEFAULT_GOAL := help

.PHONY: help
help:
	@echo "make install  虚拟环境与网页资源  virtual environment and assets"
	@echo "make demo     启动演示（PORT=8000）  the whole service on this machine, until Ctrl-C"
	@echo "              加 PEER=1 同时启动省级系统  with the province's own system beside it"
	@echo "make test     全部测试  all tests"
	@echo "make check    代码检查  linters, types, import contract, Django checks"
	@echo "make bench    性能测量  measurements, as ratios in one run; make bench exchange measures one"
	@echo "make lock     重新锁定依赖  pin the requirements anew"
	@echo "make clean    删除环境、演示数据与生成物  remove what the others made"

install: $(VENV)/.runtime $(VENV)/.assets

demo: install
	@exec $(BIN)/bancheng demo

test: install $(VENV)/.dev
	$(BIN)/pytest -n 2

check: install $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=bancheng.settings.test $(BIN)/bancheng check
	DJANGO_SETTINGS_MODULE=bancheng.settings.test $(BIN)/bancheng spectacular --urlconf tenants.urls --validate --fail-on-warn --file /dev/null
	DJANGO_SETTINGS_MODULE=bancheng.settings.test $(THROWAWAY) $(BIN)/bancheng makemigrations --check --dry-run

bench: install $(VENV)/.dev
	$(THROWAWAY) $(PY) -m tests.bench $(filter $(BENCHES),$(MAKECMDGOALS))

# make bench exchange: these alone
.PHONY: $(BENCHES)
$(BENCHES): bench
	@:

lock: install $(VENV)/.dev
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

# A demo that runs is not pulled from under its user. PostgreSQL's data may lie in /var/lib (see devstack/postgres.py).
clean:
	@if [ -x $(BIN)/bancheng ]; then $(PY) -P -m bancheng.devstack.remove; fi
	rm -rf $(VENV) node_modules var staticfiles platform/bancheng/web/static/vendor
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find platform tenants tasks tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- Stamps: a second run finds nothing to do --------------------------------------------------------------------

$(VENV)/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新版本：make PYTHON=/path/to/python3.11 …（Python 3.11 or newer is needed）" >&2; exit 1; }
	@echo "正在安装依赖 …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@$(PY) -c 'import pathlib, sysconfig; here = pathlib.Path.cwd(); \
	  pathlib.Path(sysconfig.get_path("purelib"), "bancheng.pth").write_text(f"{here}/platform\n{here}\n", "utf-8")'
	@printf '#!/bin/sh\nexec "$${0%%/*}/python" -P -m bancheng "$$@"\n' > $(BIN)/bancheng
	@chmod +x $(BIN)/bancheng
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "正在安装测试与检查工具 …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/.assets: package-lock.json platform/bancheng/web/assets.py platform/bancheng/web/icons.py $(VENV)/.runtime
	@echo "正在准备网页资源 …"
	@$(PY) -P -m bancheng.web.assets
	@touch $@
