# Each target makes .venv by itself if it is missing and installs only what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo test bench lint types wheel clean help

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.core  ## watch small local models deliberate, offline
	@$(BIN)/quorate demo

test: $(VENV)/.test  ## run all tests
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered --cov-fail-under=90

bench: $(VENV)/.test  ## print the measured ratios
	@for script in tests/benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lint: $(VENV)/.lint  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: $(VENV)/.test  ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

clean:  ## remove the environment and everything built
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Quorate needs Python 3.11 or newer; say: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (PyTorch and Transformers; a minute or so the first time) ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with what the tests need ..."
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.core

$(VENV)/.lint: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with the linters ..."
	@$(PIP) install --constraint constraints.txt --editable '.[lint]'
	@touch $@ $(VENV)/.core $(VENV)/.test
