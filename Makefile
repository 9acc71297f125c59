# The one door to the project: `make` lists what there is.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) tools/install.py
export PIP_ROOT_USER_ACTION := ignore

READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo serve migrate static test test-ready lint types checks audit format bench i18n clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv and install what the product needs

setup-dev: $(READY_DEV) ## The same, and what tests and checks need

# The stamps are written last, so an interrupted installation is repeated, and a finished one is not.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true);" \
	       "name another one with: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { \
	  echo "The virtual environment cannot be made; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(READY): requirements.txt | $(VENV)/.made
	@echo "Installing packages into $(VENV) ..."
	@$(INSTALL) requirements.txt
	@touch $@

# requirements-dev.txt names requirements.txt as well: one installation instead of two.
$(READY_DEV): requirements-dev.txt requirements.txt | $(VENV)/.made
	@echo "Installing packages, also those for tests and checks, into $(VENV) ..."
	@$(INSTALL) requirements-dev.txt
	@touch $(READY) $@

demo: $(READY) ## A whole shop to try out, with a practice Trendyol; RESET=1 begins anew
	$(PY) manage.py demo $(if $(filter-out 0,$(RESET)),--reset) $(ARGS)

serve: migrate static ## Web server and worker for real work; ARGS="--host 0.0.0.0 --port 80"
	$(PY) manage.py serve $(ARGS)

migrate: $(READY) ## Bring the database up to date
	$(PY) manage.py migrate --verbosity 0

static: $(READY) ## Collect the static files
	$(PY) manage.py collectstatic --noinput --verbosity 0

# Tests start many processes; compiled modules make each start shorter, also where the environment forbids them.
test: $(READY_DEV) ## All tests; ARGS="tests/orders -k pick" for some
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

# What every worker of the tests would do otherwise, or wait for: the database they copy, and the modules they compile.
test-ready: $(READY_DEV)
	@DJANGO_SETTINGS_MODULE=gullu.settings_test $(PY) manage.py shell --no-imports -c \
	  "from tests.database import use_template; use_template()"
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest --collect-only --quiet >/dev/null

lint: $(READY_DEV) ## ruff, djlint, import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint templates --check --quiet
	$(PY) -m djlint templates --lint --quiet
	$(VENV)/bin/lint-imports

types: $(READY_DEV) ## mypy
	$(PY) -m mypy .

checks: $(READY) ## Django's own checks: no missing migration, fit for production
	$(PY) manage.py makemigrations --check --dry-run
	DEBUG=0 HTTPS_ONLY=1 ALLOWED_HOSTS=shop.example DATABASE_URL=postgresql://gullu@localhost/gullu \
	  SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	  $(PY) manage.py check --deploy --fail-level WARNING

audit: $(READY_DEV) ## Packages: pinned, installed so, without known weaknesses; ARGS=--online insists on asking
	$(PY) -m tools.audit $(ARGS)

format: $(READY_DEV) ## Rewrite code and templates in the house style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m djlint templates --reformat --quiet

bench: $(READY_DEV) ## Measure what the README states; results are printed
	$(PY) -m bench $(ARGS)

i18n: $(READY_DEV) ## Collect texts into locale/tr and compile them (needs gettext)
	$(PY) manage.py makemessages --locale tr --no-location --no-obsolete \
	  --ignore '$(VENV)/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'bench/*'
	$(PY) manage.py compilemessages --locale tr --ignore '$(VENV)/*'

clean: ## Remove caches; data (var/) and .venv stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov .ci/var
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
