# Two commands do all the set-up on a fresh machine: make run, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run check format test soak bench photos lock clean

help: ## Show what there is to do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(BIN)/.run: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.dev: requirements-dev.lock $(BIN)/.run
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(BIN)/.run ## Start wopo with a local Slack page (or in your workspace when tokens are set)
	@exec $(BIN)/python -m bot.local

check: $(BIN)/.dev ## Lint, types, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(BIN)/.dev ## Put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check ## Everything that must hold, on SQLite and PostgreSQL
	$(BIN)/pytest -n $(JOBS) --dist worksteal

soak: $(BIN)/.dev ## The promises at their full counts (hours)
	$(BIN)/python -m tests.soak --jobs $(JOBS)

bench: $(BIN)/.dev ## Measure wopo beside its floors
	$(BIN)/python -m benchmarks

photos: $(BIN)/.dev ## Photograph the main screens into photos/
	WOPO_PHOTOS=photos $(BIN)/pytest -m browser tests/scenarios

lock: $(BIN)/.dev ## Pin the packages anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra sandbox --extra build --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock

clean: ## Remove the environment and the local data
	rm -rf $(VENV) var photos
