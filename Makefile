# Every target hands over to tools/tasks.py, which runs the same on Windows.
# Another Python: make test PYTHON=python3.12    More words for a job: make reproduce ARGS="--accept"
PYTHON ?= python3
ARGS ?=
JOBS := reproduce test test-full attack-full gate lint montecarlo figures-sheet lab bundle lock clean

.DEFAULT_GOAL := help
.PHONY: help $(JOBS)

help: ## what can be made
	@$(PYTHON) tools/tasks.py --help

$(JOBS):
	@$(PYTHON) tools/tasks.py $@ $(ARGS)
