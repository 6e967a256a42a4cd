# Every command of the repository; `make help` lists them.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .uv/bin/uv
VENV := .venv
BIN := $(VENV)/bin
LOCK := $(UV) pip compile pyproject.toml --universal --generate-hashes --fork-strategy fewest \
	--python-version 3.11 --no-header --no-annotate --no-emit-index-url --quiet
export UV_LINK_MODE := copy
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.DEFAULT_GOAL := help
.PHONY: help run test bench workshop frameworks lab tensorboard outputs lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.fetched ## set up, run the four chapters, write build/run/brief.html
	$(BIN)/playbook run

lab: $(VENV)/.fetched ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

tensorboard: $(VENV)/.installed ## open the training curves that chapter 3 left, on this machine only
	$(BIN)/tensorboard --logdir "$${PLAYBOOK_OUT:-build/run}/tensorboard" --host 127.0.0.1 --load_fast=false

test: $(VENV)/.fetched $(VENV)/.tested ## set up, run all tests, notebooks included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest --durations=15
	PLAYBOOK_STATE=$(CURDIR)/build/state $(BIN)/pytest --nbval --nbval-current-env --nbval-cell-timeout=900 notebooks
	@echo "All passed. To see what a reader sees: make run"

bench: $(VENV)/.fetched $(VENV)/.tested ## hold speed and memory against peers, on a machine that does nothing else
	@for bench in bench/*.py; do echo "$$bench"; $(BIN)/python $$bench || exit 1; done

workshop: $(VENV)/.fetched ## write what a teacher needs into build/workshop: editions, slides, handout, plans
	$(BIN)/playbook workshop

frameworks: .frameworks/.installed ## install PyTorch and JAX (CPU builds) beside the environment, for section 2.3

outputs: $(VENV)/.fetched ## execute the notebooks in place and store their outputs
	PLAYBOOK_STATE=$(CURDIR)/build/state $(BIN)/python -m playbook.course.outputs

lock: $(UV) ## resolve pyproject.toml anew and write the locks
	$(LOCK) --upgrade --output-file requirements.lock
	$(LOCK) --group test --constraints requirements.lock --output-file requirements-test.lock \
		$$(sed -nE 's/^([a-z0-9.-]+)==.*/--no-emit-package \1/p' requirements.lock)

clean: ## remove what the other commands made, downloads excepted
	rm -rf $(VENV) .uv .frameworks build

$(UV):
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit(f"Python {v[0]}.{v[1]} will not do: use 3.11, 3.12 or 3.13, as in make run PYTHON=python3.12")'
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv uv==$(UV_VERSION)

$(VENV)/bin/python: | $(UV)
	$(UV) venv --quiet --python $(PYTHON) $(VENV)

# Python starts three times as fast from byte code, and some machines forbid writing it later.
$(VENV)/.installed: requirements.lock pyproject.toml $(VENV)/bin/python | $(UV)
	$(UV) pip install --no-deps --require-hashes --compile-bytecode --requirement requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tested: requirements-test.lock $(VENV)/.installed | $(UV)
	$(UV) pip install --quiet --no-deps --require-hashes --compile-bytecode --requirement requirements-test.lock
	@touch $@

# pip finds CPU builds where the machine's index or wheel folder has them; uv knows the index that PyTorch keeps.
.frameworks/.installed: requirements-frameworks.txt $(VENV)/.installed
	rm -rf .frameworks
	$(BIN)/python -m pip install --quiet --no-deps --target .frameworks --requirement $< \
		|| $(UV) pip install --quiet --no-deps --torch-backend cpu --target .frameworks --requirement $<
	@touch $@

$(VENV)/.fetched: data/sources.toml $(VENV)/.installed
	$(BIN)/playbook fetch
	@touch $@
