# Two commands for a newcomer: `make demo` and `make test`. Everything lives in .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help install demo readme test test-all image lint format lock soak bench clean

help:            ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(VENV)/ready   ## the virtual environment, from the lock with hashes

demo: install    ## a sample class, graded; says where its page is
	$(BIN)/grader demo

test: install    ## everything this machine can run; says what it skipped and why
	$(BIN)/python -m pytest -m 'not soak' -n 4 --dist loadfile --no-loadscope-reorder tests   # slow files come first in the order of folders

# pyenv's own interpreters, or what PATH has and really starts (a shim may not).
python-of = $(or $(lastword $(sort $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/$(1).*/bin/python$(1)))),\
  $(shell python$(1) -c 'import sys; print(sys.executable)' 2>/dev/null))
VERSIONS := 3.11 3.12 3.13
JOBS ?= 2

test-all: $(VERSIONS:%=venv-%) $(VERSIONS:%=test-%)   ## the scheduler on every supported Python of this machine; names the missing ones

venv-%:
	@$(if $(call python-of,$*),$(MAKE) --no-print-directory VENV=.venv-$* PYTHON=$(call python-of,$*) install,echo "Python $*: not on this machine, not tested")

test-%: venv-%   # after all of them are there: each replays on the others what it finds
	$(if $(call python-of,$*),.venv-$*/bin/python -m pytest -m 'not soak' -n $(JOBS) --dist loadfile tests/unit/scheduler)

soak: install    ## the long runs: kill loops, thousands of gradings
	$(BIN)/python -m pytest -m soak tests

bench: install   ## costs as ratios against a baseline in the same run
	$(BIN)/python -m benchmarks

image: install   ## the Docker image that student code sees
	$(BIN)/python -m grader.containers.docker_image build

readme: install  ## the first screen of README.md, run anew
	$(BIN)/python -m grader.demo.first_screen

lint: install    ## ruff with every rule, mypy strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## what ruff can mend by itself
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

lock: install    ## anew from pyproject.toml; one file for all platforms
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --python-version 3.11 --extra server --group dev pyproject.toml -o requirements.lock

clean:           ## what make made
	rm -rf $(VENV) $(VERSIONS:%=$(VENV)-%) .mypy_cache .ruff_cache .hypothesis demo
