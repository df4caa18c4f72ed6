# Everything runs from here. `make rehearse` and `make test` need only Python 3.11+ and make: they install the rest.
SHELL := /bin/sh
PYTHON ?= python3
RUN := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
# No questions to HashiCorp or npm about newer versions (the owner's own shell: tools/cdktf_launcher.js).
export CHECKPOINT_DISABLE := 1
export DISABLE_VERSION_CHECK := 1
JOBS ?= 2

.PHONY: help setup dev app app-site raise synth test test-fast conformance lint rehearse drills sandbox bench cost bindings locks snapshots diagram docs docs-diagram docs-matrix docs-roles docs-settings docs-types policy audit sbom licences secrets clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | awk -F ':.*  ## ' '{ printf "%-14s %s\n", $$1, $$2 }'

setup: node_modules/.ready  ## Install the pinned tools (about 2 minutes)

.venv/.ready: locks/python.txt locks/terraform.txt locks/bootstrap.txt tools/setup_platform.py tools/ops_launcher.sh
	@$(PYTHON) -c 'import sys; sys.exit("setup: Python 3.11 or newer is required; name one: make setup PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m tools.setup_platform >/dev/null
	@echo "setup: installing Python packages, Node and cdktf into .venv and node_modules (about 1.5 minutes)"
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/bootstrap.txt
	.venv/bin/uv pip sync --quiet --python .venv --require-hashes locks/python.txt $$($(PYTHON) -m tools.setup_platform)
	$(RUN) -m constructs_lib.bindings.cache
	install -m 755 tools/ops_launcher.sh .venv/bin/ops
	@touch $@

# What only tests and checks need, on top.
.venv/.dev: locks/dev.txt .venv/.ready
	@echo "setup: installing what tests and checks need (about half a minute)"
	.venv/bin/uv pip sync --quiet --python .venv --require-hashes locks/python.txt locks/dev.txt $$($(PYTHON) -m tools.setup_platform)
	@touch $@

dev: setup .venv/.dev

node_modules/.ready: .venv/.ready package-lock.json package.json tools/cdktf_launcher.js tools/setup_terraform.py tools/terraform_launcher.py
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	rm -f node_modules/.bin/cdktf && install -m 755 tools/cdktf_launcher.js node_modules/.bin/cdktf
	$(RUN) -m tools.setup_terraform
	@touch $@

synth: setup  ## Write the stacks' Terraform JSON to cdktf.out/stacks/
	$(RUN) main.py

# PROVIDERS (registry, or a folder with a mirror) reaches the programs through the environment.
rehearse: app  ## Rehearse all of it (FAULTS=1 RECOVERY=1 PROVIDERS=registry)
	$(RUN) -m sandbox rehearse $(if $(FAULTS),--faults) $(if $(RECOVERY),--recovery)

conformance: app dev  ## Compare the local cloud and the providers with the real ones
	$(RUN) -m tests.specification
	$(RUN) -m tests.conformance

sandbox: app  ## Run a local cloud (WITH=states|deployed|app|pull-request FRESH=1)
	@$(RUN) -m sandbox up $(if $(WITH),--with $(WITH)) $(if $(SETTINGS),--settings $(SETTINGS)) $(if $(FRESH),--fresh)

app: setup examples/app/node_modules/.ready sandbox/cloud/workers/runner/node_modules/.ready  ## Install the reference app and its Worker's runner

# The API's packages alone: Next.js is only needed where the site is built (`make app-site`).
examples/app/node_modules/.ready: examples/app/pnpm-lock.yaml node_modules/.ready
	cd examples/app && pnpm --filter '@intent/api...' --config.dedupe-peer-dependents=false install --frozen-lockfile --ignore-scripts --reporter=append-only --loglevel=error
	@touch $@

app-site: app examples/app/apps/web/node_modules/.ready  ## Install what the reference app's site needs as well (Next.js)

examples/app/apps/web/node_modules/.ready: examples/app/node_modules/.ready
	cd examples/app && pnpm install --frozen-lockfile --ignore-scripts --reporter=append-only --loglevel=error
	@touch $@

%/node_modules/.ready: %/package-lock.json %/package.json node_modules/.ready
	cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test: app app-site dev lint policy  ## Run the whole test suite (about 20 minutes)
	$(RUN) -m pytest -n $(JOBS)

test-fast: dev  ## Run the tests that need no local cloud
	$(RUN) -m pytest -n $(JOBS) -m "not slow"

lint: dev  ## Check style, types and import order
	ruff check .
	ruff format --check .
	pyright
	lint-imports

cost: setup  ## Estimate the monthly cost; fail if it exceeds the budget
	$(RUN) -m ops cost

.venv-policy/.ready: locks/policy.txt node_modules/.ready
	$(RUN) -m venv --clear --without-pip .venv-policy
	uv pip sync --quiet --python .venv-policy --require-hashes locks/policy.txt
	@touch $@

policy: .venv-policy/.ready  ## Check the synthesized stacks with checkov
	$(RUN) -m tools.policy

audit: dev  ## Look up known vulnerabilities of pinned packages
	@$(RUN) tools/audit.py

sbom: dev .venv-policy/.ready  ## Write bills of materials (CycloneDX) to build/sbom/
	$(RUN) tools/sbom.py

licences: dev .venv-policy/.ready  ## Check the licenses of all dependencies
	$(RUN) tools/licences.py

secrets: dev  ## Look for secrets in tracked files
	$(RUN) -m tools.secret_scan

bench: setup  ## Time synth and planning (JSON=file: also as JSON)
	$(RUN) -m tools.bench $(if $(JSON),--json $(JSON))

docs: dev  ## Build docs/ as a site in site/, and check every link
	mkdocs build --quiet

drills: app  ## Run the recovery drills, and update their times
	$(RUN) -m sandbox page docs/disaster-recovery.md --times

diagram: dev  ## Draw your stacks: build/diagram.svg
	$(RUN) tools/diagram.py settings.toml

docs-diagram: dev  ## Draw docs/diagram.svg from the synthesized JSON
	$(RUN) tools/diagram.py

docs-settings: dev  ## Update docs/settings.md from the settings' descriptions
	$(RUN) tools/settings_reference.py

docs-roles: dev  ## Write the table of AWS roles in docs/security.md
	$(RUN) tools/roles_page.py

docs-types: dev  ## Write the tables of docs/resource-types.md from the catalog
	$(RUN) tools/resource_types_page.py

docs-matrix: dev  ## Update the table of options in docs/options.md
	$(RUN) tools/toggle_matrix.py

snapshots: dev  ## Update the snapshots of the synthesized JSON
	$(RUN) -m pytest tests/stacks -q --snapshot-update

bindings: dev  ## Generate .gen/neon from the provider's schema
	$(RUN) tools/bindings.py .gen

raise: dev  ## Raise a provider's version (PROVIDER=neon VERSION=0.15.0)
	@$(RUN) tools/raise_provider.py $(PROVIDER) $(VERSION) $(if $(APPLIED),--applied)

locks: dev  ## Resolve the lock files again
	$(RUN) tools/python_locks.py
	$(RUN) tools/provider_locks.py

clean:  ## Delete build output; what set-up installed stays
	rm -rf build cdktf.out .rehearsal .pytest_cache .ruff_cache .hypothesis
