# What a checkout can do. Needs GNU make, a POSIX shell and Python 3.11 or newer; everything else comes from the lock.
#
#   make run      install what running needs, serve the shipped packs   (PORT=8080 SPOTTER_DATA_DIR=...)
#   make test     install, then everything that CI runs, stopping at the first failure
#   make check    install, then the fast part of it
#   make bench    install, with what is compared with, then measure speed and memory: under ten minutes
#                 (BENCH="engines growth" measures some of it; requests are measured with wrk)
#   make install  install into .venv and no more   (PYTHON=/path/to/python picks another Python)
#   make fmt      format the code and mend what can be mended
#   make openapi  write openapi/v1.json anew
#   make lock     write requirements.lock anew from pyproject.toml   (UPGRADE=1 takes newer releases; needs uv)
#   make clean    take away everything that the above has made

PORT ?= 8080
WORKERS ?= auto
UV ?= uv

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
FROM_LOCK := install --require-hashes --only-binary=:all: --no-deps
ITSELF := install --no-index --no-deps --no-build-isolation --editable .

# The lines that part the lock: what running needs, what building adds, what testing adds, what benchmarks add.
TO_BUILD := \# ---- to build ----
TO_TEST := \# ---- to test ----
TO_BENCH := \# ---- to benchmark ----

# Nothing of the caller's Python or pip reaches into .venv, and pip keeps nothing in the home folder.
unexport PYTHONHOME PYTHONPATH PIP_CONSTRAINT PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_TARGET PIP_USER
export PIP_NO_CACHE_DIR ?= 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help run install test check bench fmt openapi lock clean lint unit
.DELETE_ON_ERROR:

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

# A checkout that already has everything needs no second stamp.
run: $(if $(wildcard .venv/all.stamp),.venv/all.stamp,.venv/run.stamp) .venv/packs.stamp
	@exec $(BIN)/spotter serve --port $(PORT)

install: .venv/all.stamp .venv/packs.stamp

test: .venv/all.stamp
	$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov

check: .venv/all.stamp
	$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow" --hypothesis-profile=quick -q

bench: .venv/bench.stamp .venv/packs.stamp
	@command -v wrk >/dev/null || echo "make bench needs wrk for measuring the service (Debian, Ubuntu: install wrk);" \
	  "everything else is measured without it" >&2
	@exec $(BIN)/python -m tests.benchmarks $(BENCH)

lint:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

fmt: .venv/all.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

openapi: .venv/all.stamp
	$(BIN)/python -m service.openapi

clean:
	rm -rf .venv service/precompiled .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- installing -------------------------------------------------------------------------------------------------

.venv/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what running needs into .venv ..."
	@sed '/^$(TO_TEST)$$/,$$d' requirements.lock > .venv/run.lock
	@$(PIP) $(FROM_LOCK) -r .venv/run.lock
	@$(PIP) $(ITSELF)
	@: > $@

.venv/all.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing everything into .venv (a minute or so) ..."
	@sed '/^$(TO_BENCH)$$/,$$d' requirements.lock > .venv/all.lock
	@$(PIP) $(FROM_LOCK) -r .venv/all.lock
	@$(PIP) $(ITSELF)
	@: > $@

.venv/bench.stamp: .venv/all.stamp
	@echo "Installing what benchmarks compare with into .venv ..."
	@sed '1,/^$(TO_BENCH)$$/d' requirements.lock > .venv/bench.lock
	@$(PIP) $(FROM_LOCK) -r .venv/bench.lock
	@: > $@

# The shipped packs, compiled ahead of the first start; again whenever they or the language have changed.
.venv/packs.stamp: $(wildcard rules/*/*.rules dsl/*.py dsl/*/*.py dsl/*/*/*.py dsl/*/*.lark) \
  | $(if $(wildcard .venv/all.stamp),.venv/all.stamp,$(if $(filter run,$(MAKECMDGOALS)),.venv/run.stamp,.venv/all.stamp))
	@$(BIN)/python -m service.precompile
	@: > $@

# Prints `tested` for a Python that the lock is tested with and that can make a virtual environment by itself,
# `usable` for one that is new enough, nothing for any other.
PROBE := import sys; sys.version_info < (3, 11) and sys.exit(1); import sqlite3, ssl, importlib.util as u; \
  print("tested" if sys.version_info < (3, 14) and u.find_spec("ensurepip") else "usable")

$(BIN)/python:
	@usable=; \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	  case "$$($$python -c '$(PROBE)' 2>/dev/null)" in \
	    tested) exec $$python -m venv --clear .venv;; \
	    usable) usable=$${usable:-$$python};; \
	  esac; \
	done; \
	if [ -z "$$usable" ]; then \
	  echo "Spotter needs Python 3.11 or newer. If one is installed, name it: PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	$$usable -m venv --clear .venv >/dev/null 2>&1 && exit; \
	$$usable -m venv --clear --without-pip .venv && \
	sed -n '/^pip==/,/[^\\]$$/p' requirements.lock > .venv/pip.lock && \
	$$usable -m pip --quiet --python $(BIN)/python $(FROM_LOCK) -r .venv/pip.lock 2>/dev/null && exit; \
	rm -rf .venv; \
	echo "This Python ($$usable) comes without venv and pip. Debian, Ubuntu: install python3-venv;" \
	  "or name another Python: PYTHON=/path/to/python3.12" >&2; exit 1

# --- locking ----------------------------------------------------------------------------------------------------

COMPILE := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-annotate --no-emit-index-url --no-emit-find-links
NAMES := sed -n 's/^\([a-z0-9-]*\)==.*/\1/p'
# Prints the entries of the second file whose names stand in the first.
ENTRIES := awk 'NR == FNR { wanted[$$1]; next } /==/ { split($$1, of, "=="); on = of[1] in wanted } on'

# One resolution, so that no package has two versions; then each entry goes under the first heading that needs it.
lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv (pip install uv)" >&2; exit 1; }
	@rm -rf build/lock && mkdir -p build/lock && cp requirements.lock build/lock/all 2>/dev/null || :
	@$(COMPILE) --group build --group dev --group bench $(if $(UPGRADE),--upgrade) --output-file build/lock/all >/dev/null
	@$(COMPILE) --constraints build/lock/all | $(NAMES) > build/lock/run
	@$(COMPILE) --constraints build/lock/all --group build | $(NAMES) | grep -vxFf build/lock/run > build/lock/build
	@$(COMPILE) --constraints build/lock/all --group build --group dev | $(NAMES) \
	  | grep -vxF -f build/lock/run -f build/lock/build > build/lock/test
	@$(NAMES) build/lock/all | grep -vxF -f build/lock/run -f build/lock/build -f build/lock/test > build/lock/bench
	@{ echo "# Every package of a checkout by hash, for Python 3.11 to 3.13 on any platform. Made by \`make lock\`."; \
	  $(ENTRIES) build/lock/run build/lock/all; \
	  echo "$(TO_BUILD)"; $(ENTRIES) build/lock/build build/lock/all; \
	  echo "$(TO_TEST)"; $(ENTRIES) build/lock/test build/lock/all; \
	  echo "$(TO_BENCH)"; $(ENTRIES) build/lock/bench build/lock/all; } > build/lock/whole
	@mv build/lock/whole requirements.lock && rm -rf build/lock
