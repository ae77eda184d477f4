# Every target prepares what it needs: a fresh machine has only python3, make and a package registry.
#
#   make demo PORT=8001      serve the example site at a port of your choice
#   make demo ONCE=1         visit every page and file of it, then stop
#   make test ARGS='-k css'  more arguments for pytest
#   make PYTHON=python3.13   the interpreter for a new .venv

export PYTHON
VENV ?= .venv
export VENV
BIN := $(VENV)/bin

.PHONY: help demo test lint types bench matrix django check clean
# Targets share one environment; pip must not be at work in it twice at once.
.NOTPARALLEL:

help:
	@echo 'make demo    set up, collect and serve the example site'
	@echo 'make test    run all tests (installs the programs they need, as root on Debian)'
	@echo 'make lint    ruff: rules and format'
	@echo 'make types   pyright, strict'
	@echo 'make matrix  quick tests under each Python and Django on this machine'
	@echo "make django  Django's own tests of static files, with Lading in front"
	@echo 'make bench   measure against the peers, side by side'
	@echo 'make check   lint, types, test, matrix and django, as CI does'
	@echo 'make clean   remove what these made, except $(VENV)'

demo:
	@sh scripts/bootstrap.sh example servers
	@$(BIN)/python scripts/demo.py $(if $(filter-out 0 no false,$(ONCE)),--once) $(if $(PORT),--port $(PORT))

test:
	@sh scripts/system_packages.sh
	@sh scripts/bootstrap.sh test servers example
	@$(BIN)/python bench/trees.py fetch
	@$(BIN)/python -m pytest -n auto --dist loadfile $(if $(CI),--reruns 1) $(ARGS)

# How imports are sorted depends on which modules there are, which ruff's cache does not notice.
lint:
	@sh scripts/bootstrap.sh lint
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/ruff format --check .

types:
	@sh scripts/bootstrap.sh lint test
	@$(BIN)/pyright

matrix:
	@sh scripts/bootstrap.sh test
	@$(BIN)/python scripts/matrix.py

# Django's own tests of static files, with Lading in front; under each Django that matrix has set up.
django:
	@sh scripts/bootstrap.sh test
	@for python in $(BIN)/python .venv-matrix/python3.1[3-9]-django6.*/bin/python; do \
		test ! -x "$$python" || "$$python" scripts/django_suite.py --storages || exit 1; \
	done

bench:
	@sh scripts/bootstrap.sh test servers example
	@$(BIN)/python bench/run.py --write $(ARGS)

check: lint types test matrix django

clean:
	rm -rf .venv-matrix .hypothesis .pytest_cache .ruff_cache .coverage build dist bench/.cache
	rm -rf examples/harbour/staticfiles examples/harbour/mediafiles examples/harbour/harbour.sqlite3
	find src tests bench scripts examples -name __pycache__ -prune -exec rm -rf {} +
