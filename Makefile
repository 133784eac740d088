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

.PHONY: session test test-all check bench clean

session:
	@scripts/session.sh $(ARGS)

# Nothing may wait for a key: the standard input is closed.
test:
	@scripts/setup.sh dev
	@$(PYTHON_ENV) -m pytest $(ARGS) </dev/null

# The same and the long campaigns. An empty -m takes the place of the one in pyproject.toml.
test-all:
	@scripts/setup.sh dev
	@$(PYTHON_ENV) -m pytest -m "" $(ARGS) </dev/null

check:
	@scripts/setup.sh dev
	@$(PYTHON_ENV) -m ruff check .
	@$(PYTHON_ENV) -m ruff format --check .
	@$(PYTHON_ENV) -m mypy

bench:
	@scripts/setup.sh dev
	@$(PYTHON_ENV) -m benchmarks

clean:
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis stimulus_sets/pilot
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed the environment, the caches and the pilot's stimuli."
	@echo "Left alone: data/ (what participants did) and every other folder in stimulus_sets/."
