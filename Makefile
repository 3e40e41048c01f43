# What can one type here? `make help` answers.
# Needs python3 >= 3.11, pip and make; no root. Everything is installed into .venv, from the locks, by hash.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

# A stamp says that a step is done; it is older than its lock when the lock has changed.
MADE    := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
PROJECT := $(VENV)/.project
DEV     := $(VENV)/.dev

.DEFAULT_GOAL := help
.PHONY: help run test setup setup-dev format bench soak lock audit clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: $(PROJECT) ## set up what is missing and start the bot on 127.0.0.1:8080 (PORT=8090 make run for another port)
	@exec $(BIN)/like-pkh run $(if $(PORT),--port $(PORT)) $(RUN_ARGS)

test: $(DEV) ## the whole check: format, lint, strict types, import walls, all tests (PYTEST_ARGS="-k attendance")
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 3 --maxschedchunk 8 $(PYTEST_ARGS)

setup: $(PROJECT) ## only the environment, for running

setup-dev: $(DEV) ## the environment with all tools for developing

format: $(DEV) ## put the code in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV) ## measure
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

soak: $(DEV) ## measure for a long time
	$(BIN)/python -m benchmarks.soak $(SOAK_ARGS)

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This needs Python 3.11 or newer, found " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 run")'
	@echo "Setting up $(VENV) (about a minute, once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(RUNTIME): requirements.lock | $(MADE)
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements.lock
	@touch $@

$(PROJECT): pyproject.toml $(RUNTIME)
	@$(PIP) install --quiet --no-compile --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock | $(PROJECT)
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

# `make lock` keeps the versions that are locked; `make lock LOCK_ARGS=--upgrade` takes the newest.
LOCKER  := $(VENV)-lock
COMPILE  = $(LOCKER)/bin/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --quiet \
	--custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links --group build $(LOCK_ARGS) pyproject.toml

lock: | $(LOCKER)/.made ## bring both locks in line with pyproject.toml
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	@! grep -nE '://|file:|--index-url|--find-links|^ *[./]' requirements.lock requirements-dev.lock

$(LOCKER)/.made:
	@$(PYTHON) -m venv --clear $(LOCKER)
	@$(LOCKER)/bin/python -m pip --disable-pip-version-check install --quiet uv
	@touch $@

# pip-audit asks the index itself for advisories (its JSON pages); a mirror that only hands out files has none.
AUDITOR := $(VENV)-audit

audit: | $(AUDITOR)/.made ## compare both locks with the published advisories
	@for lock in requirements.lock requirements-dev.lock; do \
		said=$$($(AUDITOR)/bin/pip-audit --requirement $$lock --require-hashes --disable-pip --strict --progress-spinner off 2>&1); \
		status=$$?; \
		case "$$status $$said" in \
			0*) echo "$$lock: no known vulnerability" ;; \
			*"known vulnerabilit"*) echo "$$said"; exit 1 ;; \
			*) echo "$$lock could not be audited: this index or network gives no advisories." \
				"Run make audit where pypi.org can be reached. pip-audit said: $$(echo "$$said" | tail -n 1 | cut -c -200)"; exit 1 ;; \
		esac; \
	done

$(AUDITOR)/.made:
	@$(PYTHON) -m venv --clear $(AUDITOR)
	@$(AUDITOR)/bin/python -m pip --disable-pip-version-check install --quiet pip-audit \
		|| { echo "pip-audit could not be installed from this index, so nothing was audited."; exit 1; }
	@touch $@

clean: ## remove what can be made again (not var/ and not .env: they are yours)
	rm -rf $(VENV) $(LOCKER) $(AUDITOR) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
