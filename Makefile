# The same commands for people and for CI.
PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
LOCK = $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet
.DEFAULT_GOAL := help
.PHONY: help demo install check test screenshots bench chaos lock

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: ## look at the whole product on this machine; PORT=8001 for another port
	@$(PYTHON) tools/run_demo.py --port $(PORT)

install: .venv/installed ## make .venv with everything that development needs

.venv/installed: requirements-dev.lock
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@

check: .venv/installed ## format, lint, types, import contracts, templates, migrations, deployment
	@$(PY) tools/check.py

test: .venv/installed ## the whole suite on what is there; FILE=tests/… runs one path in seconds
	@$(PY) tools/test.py $(if $(FILE),--file $(FILE)) $(if $(LANE),--lane $(LANE)) $(ARGS)

screenshots: .venv/installed ## pictures of the pages of a running `make demo`, in var/screenshots
	@$(PY) tools/take_screenshots.py --url http://127.0.0.1:$(PORT) $(ARGS)

bench: .venv/installed ## every figure of benchmarks/, each in a row FIGURE name value unit
	@for file in benchmarks/bench_*.py; do $(PY) "$$file" || exit; done

chaos: .venv/installed ## the bounded, seeded fault runs
	@$(PY) -m pytest -m chaos $(ARGS)

lock: ## renew the hash-locked requirements
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --output-file requirements-dev.lock
