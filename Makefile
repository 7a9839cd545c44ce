# make run: digitise the sample. make review: the review desk. make test: all tests. make check: style and types. make bench: measurements.
# The first use installs what is missing: system packages by apt where there is one, Python packages into .venv.

SHELL := /bin/sh
PYTHON := .venv/bin/python
STAMP := .venv/.installed
SHARED ?= ../shared
JOBS ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.PHONY: help setup run review test check bench peers lock sbom audit clean
help:
	@echo "make run    digitise the sample scans in scans/sample into output/"
	@echo "make review open the review desk on what lies in output/"
	@echo "make test   run all tests"
	@echo "make check  style and types"
	@echo "make bench  measure speed and quality against benchmarks/bars.toml (SHARED=$(SHARED))"
	@echo "make peers  the same texts through what else one might use (installs it first)"
	@echo "make lock   lock the packages anew;  make sbom  list them;  make audit  ask whether any has a known fault"
	@echo "make setup  only install what is missing;  make clean  remove what was made"

setup: $(STAMP)
	@.ci/setup system

$(STAMP): pyproject.toml locks/dev.txt
	@.ci/setup system
	@.ci/setup python
	@touch $(STAMP)

run: setup
	@$(PYTHON) -m pipeline digitise scans/sample -o output
	@echo "The clean text is output/sample/text.txt; open output/sample/report.html to see what was changed, and why."

review: setup
	@$(PYTHON) -m pipeline review output

test: setup
	@.ci/setup browser
	@$(PYTHON) -m pytest -n $(JOBS)

check: setup
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

bench: setup
	@$(PYTHON) -m benchmarks.bench --shared "$(SHARED)"

peers: setup
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --editable '.[bench]' \
		|| echo "some peers could not be installed; the table says which"
	@$(PYTHON) -m benchmarks.peers --shared "$(SHARED)"

# For Python 3.11 and later, on every system, with the hash of every file; no index is named in it.
LOCK := .venv-tools/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --upgrade
lock:
	@.ci/setup tools
	@$(LOCK) --output-file locks/runtime.txt
	@$(LOCK) --extra dev --constraints locks/runtime.txt --output-file locks/dev.txt

sbom:
	@.ci/setup tools
	@mkdir -p output
	@.venv-tools/bin/cyclonedx-py requirements locks/runtime.txt --pyproject pyproject.toml --output-reproducible \
		--output-file output/sbom.cdx.json
	@echo "output/sbom.cdx.json lists what Errata is installed with (CycloneDX)"

audit:
	@.ci/setup tools
	@.venv-tools/bin/python .ci/audit locks/dev.txt

clean:
	rm -rf .venv .venv-peers .venv-tools build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find output -mindepth 1 ! -name README.md -delete
	find . -name __pycache__ -prune -exec rm -rf {} +
