# make run and make test do everything on a fresh machine; PYTHON names another Python, PORT another port.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-slow check backup restore bench bench-newsroom bench-republication bench-search lighthouse messages

run: $(VENV)/installed
	@exec $(BIN)/python manage.py run

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto

test-slow: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m slow -n 2

check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	SITE_URL=https://check.example.org $(BIN)/python manage.py check --deploy --fail-level WARNING

# QUICK=1 for under five minutes; SIZES="10000" and ONLY="article nginx" for less; KEEP=1 puts what wrk said into docs/performance.
bench: $(VENV)/installed
	@$(BIN)/python benches/figures.py

bench-newsroom: $(VENV)/installed
	@$(BIN)/python benches/desk.py

bench-republication: $(VENV)/installed
	@$(BIN)/python benches/republication.py

# SIZES="10000" for fewer stories; a million takes a quarter of an hour to make, once, and 12 GB in var/bench.
bench-search: $(VENV)/installed
	@$(BIN)/python benches/search.py

# Needs Node 18 or later, npm and Chromium.
lighthouse: $(VENV)/installed var/lighthouse/node_modules/.bin/lighthouse
	@$(BIN)/python benches/lighthouse.py

var/lighthouse/node_modules/.bin/lighthouse:
	@npm install --prefix var/lighthouse --silent --no-audit --no-fund lighthouse@12.8.2

# Needs xgettext (Debian and Ubuntu: apt install gettext).
messages: $(VENV)/installed
	@$(BIN)/python manage.py makemessages --keep-pot --no-location --no-wrap --ignore=var --ignore=benches --ignore='*/tests/*' --locale=en_GB
	@rm -rf locale/en_GB && sed -i '/^"POT-Creation-Date/d; /^"Plural-Forms: nplurals=INTEGER/d' locale/django.pot

backup: $(VENV)/installed
	@$(BIN)/python manage.py backup

restore: $(VENV)/installed
	@$(BIN)/python manage.py restore "$(FILE)"

$(VENV)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"Python 3.11 or later is needed, and this is {v[0]}.{v[1]}. Try: make run PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/installed: $(VENV)/python requirements.txt
	@echo "Installing what the site needs…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
