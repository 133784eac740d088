# session and test do all of their own set-up; a second run installs nothing and needs no network.
# Arguments: make session ARGS="--windowed", make test ARGS="tests/stimuli -x"

PYTHON_ENV := .venv/bin/python
ARGS ?=

# Real clips to test on, where they lie beside the repository. Without them those tests are skipped.
ifndef AFD_TEST_DATA
ifneq ($(wildcard ../shared/data/.),)
export AFD_TEST_DATA := $(abspath ../shared/data)
endif
endif

.PHONY: session test test-all check bench example docs-check clean

session:
	@scripts/session.sh $(ARGS)

# Nothing may wait for a key: the standard input is closed. Each process has a virtual display of its own; the tests of a
# file stay together, as they share what was costly to make.
test:
	@scripts/setup.sh dev
	@$(PYTHON_ENV) -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS) </dev/null

# The same and the long campaigns. An empty -m takes the place of the one in pyproject.toml.
test-all:
	@scripts/setup.sh dev
	@$(PYTHON_ENV) -m pytest -m "" $(ARGS) </dev/null

check:
	@scripts/setup.sh dev
	@$(PYTHON_ENV) -m ruff check .
	@$(PYTHON_ENV) -m ruff format --check .
	@$(PYTHON_ENV) -m mypy

# Always on a virtual display where there are any: what a window costs shall not depend on what else is on a screen.
bench:
	@scripts/setup.sh dev
	@if command -v xvfb-run >/dev/null; then \
		xvfb-run -a -s "-screen 0 1920x1080x24" $(PYTHON_ENV) -m benchmarks $(ARGS); \
	else \
		$(PYTHON_ENV) -m benchmarks $(ARGS); \
	fi

example:
	@scripts/example.sh

docs-check:
	@scripts/setup.sh dev
	@if command -v xvfb-run >/dev/null; then \
		xvfb-run -a -s "-screen 0 1920x1080x24" $(PYTHON_ENV) scripts/docs_check.py $(ARGS); \
	else \
		$(PYTHON_ENV) scripts/docs_check.py $(ARGS); \
	fi

clean:
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis stimulus_sets/pilot example example-shared
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed the environment, the caches, the pilot's stimuli, example/ and example-shared/."
	@echo "Left alone: data/ (what participants did) and every other folder in stimulus_sets/."
