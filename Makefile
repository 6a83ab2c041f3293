# Everything runs in .venv, which the first target that needs it sets up.
#
#   make check              kscan on the bundled tree (TREE=path for another, ARGS for more options)
#   make test               the tests (ARGS for more pytest options; FAST=1 to run the compiled form)
#   make fast               compiles the hot rooms with mypyc, for this checkout (gcc and Python's headers are needed)
#   make lint types format  ruff, mypy, and ruff again to repair
#   make bench              timings on a real tree (TREE73=path, or KSCAN_LINUX_73)
#   make clean              takes away what the others made

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
BUNDLED := fixtures/tree
TREE ?= $(BUNDLED)
TREE73 ?= $(KSCAN_LINUX_73)
ARGS ?=
PYTHON ?=

.DEFAULT_GOAL := check
.PHONY: check test fast lint types format bench setup clean

check: $(STAMP)
	@$(BIN)/kscan check $(TREE) $(ARGS); code=$$?; \
	if [ $$code -eq 1 ] && [ "$(TREE)" = "$(BUNDLED)" ]; then \
		echo "The bundled tree has these findings on purpose: kscan works."; \
	else exit $$code; fi

test: $(STAMP)
	KSCAN_PURE=$(if $(FAST),,1) $(BIN)/python -m pytest -n 2 -rs $(ARGS)

fast: $(STAMP)
	@$(BIN)/python -c 'import mypyc, setuptools' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fast]'
	@$(BIN)/python -P kscan/compiling.py
	@$(BIN)/python -m compileall -q kscan

lint: $(STAMP)
	$(BIN)/ruff check kscan tests
	$(BIN)/ruff format --check kscan tests

types: $(STAMP)
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix kscan tests
	$(BIN)/ruff format kscan tests

bench: $(STAMP)
	@$(BIN)/python -m compileall -q kscan
	@test -n "$(TREE73)" || { echo "make bench: name a kernel tree: make bench TREE73=path" >&2; exit 2; }
	$(BIN)/python -m tests.bench $(TREE73) $(ARGS)

setup: $(STAMP)

# The first of these that is new enough makes the environment.
$(STAMP): pyproject.toml
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		command -v "$$python" >/dev/null || continue; \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
		found=$$python; break; \
	done; \
	test -n "$$found" || { echo "make: kscan needs Python 3.11 or later and there is none$(if $(PYTHON), at $(PYTHON)); make PYTHON=path names one" >&2; exit 2; }; \
	echo "setting up $(VENV) with $$($$found --version)"; \
	"$$found" -m venv $(VENV) || { echo "make: no venv for $$found: install the package python3-venv" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@$(BIN)/python -m compileall -q kscan  # as pip does it for what it installs
	@touch $@

clean:
	rm -rf $(VENV) kscan/built build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
