# The first Python that is 3.11 or newer and can make virtual environments. Tried by running it: a pyenv shim may not work.
PYTHON ?= $(or $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
	done),$(error Python 3.11 or newer with venv is needed; say where it is with PYTHON=/path/to/python))

GATES := setup ruff mypy unit contract coverage integration molecule sanity ansible-lint docs-lint changelog reuse \
	build importer

.PHONY: help demo docs test test-matrix soak bench lint clean dist $(GATES)

help:
	@echo 'make demo    show the collection at work against a sandbox of the services'
	@echo 'make test    run every gate; one line for each at the end'
	@echo 'make test-matrix   run sanity, unit and contract tests on every supported ansible-core whose Python is found'
	@echo 'make soak    run 2,000 tasks while a fifth of all requests fail'
	@echo 'make docs    build the documentation site'
	@echo 'make lint    run the gates that only read: $(LINT)'
	@echo 'make bench   measure the modules against ansible.builtin.uri'
	@echo 'make dist    build the artifact into dist/, install it as a user would, run the README with it'
	@echo 'make clean   remove everything that the other targets made'
	@echo
	@echo 'One gate: make $(subst $() , | ,$(GATES))'

demo:
	@$(PYTHON) -B tests/demo.py

test:
	@$(PYTHON) -B tests/gates.py

test-matrix:
	@$(PYTHON) -B tests/matrix.py $(CORE)

soak:
	@$(PYTHON) -B tests/soak.py

docs:
	@$(PYTHON) -B tests/docs.py

LINT := ruff mypy ansible-lint docs-lint changelog reuse
lint:
	@$(PYTHON) -B tests/gates.py $(LINT)

bench:
	@$(PYTHON) -B tests/benchmarks/bench.py

dist:
	@$(PYTHON) -B tests/gates.py build importer
	@$(PYTHON) -B tests/dist.py

clean:
	rm -rf .build dist

$(GATES):
	@$(PYTHON) -B tests/gates.py $@
