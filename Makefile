# Every target sets up what it needs, on demand: see app/embedded/bootstrap.py. `make run` and `make test` are enough.
SHELL := /bin/sh
.DEFAULT_GOAL := run
.PHONY: run test check bench assets lock translations clean

# The Python that .venv is made from: the first here that is new enough and can make one. `make run PYTHON=…` names another.
ifndef PYTHON
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3 python3.14 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && exit; \
	done; for p in python3 python; do command -v $$p >/dev/null 2>&1 && echo $$p && exit; done)
endif
OLD := sys.exit("\nEnsemble needs Python 3.11 or newer, and %s is %s: install one, or name one with PYTHON=/path/to/python3" \
	% (sys.executable, sys.version.split()[0]))
ifeq ($(strip $(PYTHON)),)
SETUP := @echo "Ensemble needs Python 3.11 or newer, and there is no Python here: install one." >&2; exit 1;
else
SETUP := @$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or $(OLD)' && $(PYTHON) app/embedded/bootstrap.py
endif
BIN := .venv/bin
export PORT INSTANCE_DIR

run: ## everything, on http://localhost:8000; `make run PORT=8001 INSTANCE_DIR=/srv/ensemble`
	$(SETUP) run

test: ## all tests; `make test ARGS="tests/unit -k money"`
	$(SETUP) test $(ARGS)

check: ## style, types, layers, templates, and that models equal migrations
	$(SETUP) development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict app workers
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint app/templates
	$(BIN)/python -m pytest -q tests/integration/test_schema.py

bench: ## figures about this machine
	$(SETUP) development
	$(BIN)/python -m bench $(ARGS)

assets: ## app/static/dist and the compiled translations
	$(SETUP) environment

lock: ## resolve requirements*.in anew, for all Pythons and systems
	$(SETUP) development
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade -q requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade -q requirements-dev.in -o requirements-dev.txt

translations: ## read new strings from the sources into the catalogues, then compile them
	$(SETUP) development
	$(BIN)/pybabel extract -F babel.cfg -k _l -k _ln:1,2 -k lazy_gettext -o app/translations/messages.pot --project ensemble .
	$(BIN)/pybabel update -i app/translations/messages.pot -d app/translations --no-fuzzy-matching
	$(SETUP) environment

clean: ## all that was made on demand; the data in instance/ stays
	rm -rf .venv node_modules app/static/dist .ruff_cache .mypy_cache .pytest_cache .import_linter_cache
	find app workers tests bench migrations -name __pycache__ -prune -exec rm -rf {} +
	rm -f app/translations/*/LC_MESSAGES/*.mo
