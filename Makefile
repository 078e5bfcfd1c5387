# dev.py does the work, so that all of this also runs where there is no make.
PYTHON ?= python3

help demo check test bench editors site release:
	@$(PYTHON) dev.py $@

.DEFAULT_GOAL := help
.PHONY: help demo check test bench editors site release
