# Thin: each line is a command a person could type. `make` alone shows this list.

PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/installed
SOURCES := companion tests bench wsgi.py

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

install: $(STAMP) ## make .venv and install the pinned dependencies

# Done again only when the list of dependencies has changed.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(STAMP)

demo: $(STAMP) ## fill a demo period with made-up data and serve it
	$(VENV)/bin/companion demo

run: $(STAMP) ## serve this installation
	$(VENV)/bin/companion init
	$(VENV)/bin/companion run

test: $(STAMP) ## every test, on SQLite and on PostgreSQL
	@.ci/browser
	@failed=0; for db in sqlite postgresql; do \
		echo "$(VENV)/bin/pytest -n auto --db $$db"; \
		$(VENV)/bin/pytest -n auto --db $$db || failed=1; \
	done; exit $$failed

# djlint: H015 is about white space between tags; H043 asks for type="submit", which a button in a
# form has anyway; H052 forbids refreshing, which only the progress page does, and only without script.
lint: $(STAMP) ## style, types and templates
	$(VENV)/bin/ruff check $(SOURCES)
	$(VENV)/bin/ruff format --check $(SOURCES)
	$(VENV)/bin/mypy companion
	$(VENV)/bin/djlint --lint --quiet --ignore H015,H043,H052 companion/templates

demo-data: $(STAMP) ## fill the demo period without serving it
	$(VENV)/bin/companion demo --no-serve

bench: demo-data ## the figures of bench/README.md, on smaller numbers
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(VENV)/bin/python -m bench.audit_trail --times 100 --lines 20000
	$(VENV)/bin/python -W ignore -m bench.durability --times 40
	$(VENV)/bin/python -m bench.edits --edits 400
	$(VENV)/bin/python -W ignore -m bench.submits --times 3
	$(VENV)/bin/python -W ignore -m bench.backups --times 5
	$(VENV)/bin/python -m bench.workbooks --sent 100 --mutants 1000
	$(VENV)/bin/python -W ignore -m bench.deploying --requests 100
	$(VENV)/bin/python bench/workbook.py
	$(VENV)/bin/python -m bench.pages
	$(VENV)/bin/python -m bench.board --requests 5 --periods 1 --db sqlite
	$(VENV)/bin/python -W ignore -m bench.reminders --kills 20
	$(VENV)/bin/python -W ignore -m bench.answering --places 200
	$(VENV)/bin/python -m bench.tabulation
	$(VENV)/bin/python -m bench.published
	$(VENV)/bin/python -m bench.disclosure --programmes 40 --processes 2
	$(VENV)/bin/python bench/activities_report.py 200
	$(VENV)/bin/python bench/matching.py

.PHONY: help install demo demo-data run test lint bench
