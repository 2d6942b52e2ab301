# Everything is installed into a virtual environment in $(VENV); the first use takes a minute.
#   make test PYTHON=python3.13 VENV=.venv-3.13 ARGS="-k tree"

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# A stamp tells what is installed and by which Python; a change of pyproject.toml makes it stale.
FOUND := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo missing)
STAMP := $(VENV)/.python$(FOUND)
EXTRA_test := [test]
EXTRA_lint := [dev]
EXTRA_screenshots := [screenshots]

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-lowest lint format screenshots readme

help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(STAMP)-run ## open the program on the sample store
	$(BIN)/omezarr-tui demo $(ARGS)

test: $(STAMP)-test ## run all tests
	$(BIN)/python -m pytest $(ARGS)

lint: $(STAMP)-lint ## check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)-lint ## put style right where that can be done without a person
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(STAMP)-screenshots ## draw the pictures of the README anew
	$(BIN)/python screenshots/make.py

readme: $(STAMP)-test ## write the table of keys into the README
	$(BIN)/python tests/test_readme.py

# The tools stay as new as they are; snapshots are left out, as each Textual draws its own.
test-lowest: ## run the tests on the oldest dependencies that pyproject.toml allows
	@$(MAKE) --no-print-directory VENV=$(VENV)-lowest $(subst $(VENV)/,$(VENV)-lowest/,$(STAMP))-test
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)-lowest/bin/python -m uv pip install --quiet --python $(VENV)-lowest/bin/python \
	    --reinstall --resolution lowest-direct --only-binary numpy --editable .
	$(VENV)-lowest/bin/python -m pytest -k 'not snapshot' $(ARGS)

$(STAMP)-%: $(STAMP) pyproject.toml omezarr_tui/__init__.py
	@echo "Installing omezarr-tui$(EXTRA_$*) into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.$(EXTRA_$*)'
	@touch $@

$(STAMP): $(BIN)/python
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "omezarr-tui needs Python 3.11 or newer; $(PYTHON) is $(FOUND)"; \
	    echo "Name another one, as in: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; } >&2
	@test ! -e $(VENV) -o -f $(VENV)/pyvenv.cfg || { \
	    echo "$(VENV) is there and is no virtual environment; it was left as it is."; exit 1; } >&2
	@$(BIN)/python -c 'import pip, sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(FOUND)")' \
	    2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || { \
	    echo "$(PYTHON) cannot make a virtual environment: its venv or ensurepip is missing."; \
	    echo "On Debian and Ubuntu: apt install python3-venv. Or name another Python that can,"; \
	    echo "as in: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; } >&2
	@touch $@

# Missing, or a link to a Python that has gone: the rule above makes it.
$(BIN)/python: ;
