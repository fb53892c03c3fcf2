# make run: everything that is needed, then the app. make test: everything that is needed, then the tests.
# make test-long: the tests that take minutes as well.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run dev test test-long check charts benchmark load lock audit clean

run: $(VENV)/.app
	$(BIN)/streamlit run app.py

dev: $(VENV)/.app
	$(BIN)/streamlit run app.py --server.fileWatcherType auto --client.toolbarMode auto --client.showErrorDetails full

test: check
	sh tests/browser/find_chromium.sh
	sh tests/deploy/find_haproxy.sh
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-long: check
	sh tests/browser/find_chromium.sh
	sh tests/deploy/find_haproxy.sh
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'long or not long'

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# After a chart or a word has changed: the charts are shipped as they are built.
charts: $(VENV)/.app
	$(BIN)/python -m views.charts.build

benchmark: $(VENV)/.dev
	sh tests/browser/find_chromium.sh
	$(BIN)/python -m tests.benchmarks

load: $(VENV)/.dev
	sh tests/browser/find_chromium.sh
	$(BIN)/python -m tests.load

# After a pin in requirements.txt or requirements-dev.txt has changed; `make lock UPGRADE=--upgrade` renews the others.
lock: $(VENV)/tools
	sed '/^-/d' requirements.txt requirements-dev.txt | $(VENV)/tools/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--no-annotate --custom-compile-command 'make lock' $(UPGRADE) --output-file deploy/constraints.txt -

audit: $(VENV)/tools
	$(VENV)/tools/bin/pip-audit --strict --disable-pip --no-deps --requirement deploy/constraints.txt

$(VENV)/tools: deploy/tools.txt
	$(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check -r deploy/tools.txt
	touch $@

$(VENV)/.app: requirements.txt deploy/constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version.split()[0] + ". Say which to use: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt deploy/constraints.txt $(VENV)/.app
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
