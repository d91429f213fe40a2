# The farm's few commands. `make` alone lists them; PYTHON=python3.12 chooses the Python .venv is built on.

SHELL = /bin/sh
RUN = .venv/bin/python
GATES = ruff format types imports sizes migrations django templates tests
# What djlint takes for a lost tag is closed in another branch; a button without a type submits, which ours do.
NOT_LINTED = H025,H043
export PYTHON
# Compiled modules are kept: without them every process that a test or `make up` starts needs seconds more.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL:
.PHONY: help up test check bench pictures shell format ready ready-dev gates $(GATES:%=gate-%)

help:
	@echo 'make up       run the farm: shop, visits and staff pages (options: ARGS="--port 8001")'
	@echo 'make test     the whole suite on SQLite, and again on PostgreSQL and Valkey (one part: ARGS="-k lot")'
	@echo 'make check    what every commit must pass: style, types, imports, sizes, migrations, the quick tests'
	@echo 'make bench    the benchmarks of benchmarks/, on PostgreSQL with every commit on disk'
	@echo 'make pictures photograph the ten main pages for docs/pictures (needs Chromium)'
	@echo 'make shell    a Python shell with the farm loaded'
	@echo 'make format   put the code into the one format'

up: ready
	@exec $(RUN) manage.py up $(ARGS)

test: ready-dev
	@exec $(RUN) -m tests.run $(ARGS)

check: ready-dev
	@$(MAKE) --no-print-directory --keep-going gates

bench: ready-dev
	@exec $(RUN) -m benchmarks $(ARGS)

pictures: ready-dev
	@exec $(RUN) -m tests.storefront.portraits

shell: ready
	@exec $(RUN) manage.py shell $(ARGS)

format: ready-dev
	@$(RUN) -m ruff check --fix-only --quiet .
	@$(RUN) -m ruff format .

ready:
	$(call prepare,)

ready-dev:
	$(call prepare,--dev)

gates: $(GATES:%=gate-%)
	@echo 'every gate is open'

gate-ruff:
	$(call gate,ruff,$(RUN) -m ruff check --quiet .)
gate-format:
	$(call gate,format,$(RUN) -m ruff format --check --quiet .)
gate-types:
	$(call gate,types,$(RUN) -m mypy --no-error-summary)
gate-imports:
	$(call gate,imports,.venv/bin/lint-imports)
gate-sizes:
	$(call gate,sizes,$(RUN) -m tests.sizes)
gate-migrations:
	$(call gate,migrations,$(RUN) manage.py makemigrations --check --dry-run)
gate-django:
	$(call gate,django,$(RUN) manage.py check)
gate-templates:
	$(call gate,templates,.venv/bin/djlint --lint --quiet --profile django --ignore $(NOT_LINTED) --allow-empty-input beizhen farm shop tours)
gate-tests:
	@exec $(RUN) -m tests.run --only sqlite -m "not slow" $(ARGS)

# $(call prepare,options): bring .venv to the locked packages; costs a tenth of a second when it is there already.
define prepare
@start=$${PYTHON:-python3}; command -v "$$start" >/dev/null 2>&1 || { \
	echo "There is no $$start here. Beizhen needs Python 3.11 or newer: install it, or name one with PYTHON=..." >&2; exit 1; }; \
	"$$start" beizhen/bootstrap.py $(1)
endef

# $(call gate,name,command): run one gate; what it printed is shown only when it refuses.
define gate
@log=$$(mktemp) && began=$$(date +%s); \
	if $(2) >"$$log" 2>&1; then result=ok; else result=REFUSED; cat "$$log"; fi; rm -f "$$log"; \
	printf '%-12s%-8s%4d s\n' $(1) $$result $$(($$(date +%s) - began)); [ $$result = ok ]
endef
