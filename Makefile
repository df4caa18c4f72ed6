# Everything runs from here. `make rehearse` and `make test` need only Python 3.11+ and make: they set up what they use.
SHELL := /bin/sh
PYTHON ?= python3
RUN := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
# No questions to HashiCorp or npm about newer versions (the owner's own shell: tools/cdktf_launcher.js).
export CHECKPOINT_DISABLE := 1
export DISABLE_VERSION_CHECK := 1
JOBS ?= 2

.PHONY: help setup dev app raise synth test lint rehearse drills sandbox bench cost bindings locks snapshots diagram docs docs-matrix docs-settings policy audit sbom licences secrets clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: node_modules/.ready  ## Install everything, pinned by hash, into .venv and node_modules

.venv/.ready: locks/python.txt locks/terraform.txt locks/bootstrap.txt tools/setup_platform.py
	@$(PYTHON) -c 'import sys; sys.exit("setup: Python 3.11 or newer is required; name one: make setup PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m tools.setup_platform >/dev/null
	@echo "setup: installing Python packages, Node and cdktf into .venv and node_modules (about 1.5 minutes)"
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/bootstrap.txt
	.venv/bin/uv pip sync --quiet --python .venv --require-hashes locks/python.txt $$($(PYTHON) -m tools.setup_platform)
	$(RUN) -m constructs_lib.bindings.cache
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

rehearse: app  ## Deploy, adopt, release, drift, destroy and recreate everything on this machine (FAULTS=1, RECOVERY=1: more)
	$(RUN) -m sandbox rehearse $(if $(FAULTS),--faults) $(if $(RECOVERY),--recovery)

sandbox: app  ## Keep the local cloud running, with a page that shows what is in it
	$(RUN) -m sandbox up

app: setup examples/app/node_modules/.ready sandbox/cloud/workers/runner/node_modules/.ready  ## Install the reference app and the runner of its Worker

%/node_modules/.ready: %/package-lock.json %/package.json node_modules/.ready
	cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test: app dev lint policy  ## Run the whole test suite
	$(RUN) -m pytest -n $(JOBS)

lint: dev  ## Check style, types and import order
	ruff check .
	ruff format --check .
	pyright
	lint-imports

cost: setup  ## Reckon what a month costs by the settings; fails above budget.monthly_usd
	$(RUN) -m ops cost

.venv-policy/.ready: locks/policy.txt node_modules/.ready
	$(RUN) -m venv --clear --without-pip .venv-policy
	uv pip sync --quiet --python .venv-policy --require-hashes locks/policy.txt
	@touch $@

policy: .venv-policy/.ready  ## Check the synthesized stacks with checkov (docs/policy.md)
	$(RUN) -m tools.policy

audit: dev  ## Ask whether a known vulnerability is in what is pinned (needs a network; 3: could not ask)
	@$(RUN) tools/audit.py

sbom: dev .venv-policy/.ready  ## Write bills of materials (CycloneDX) to build/sbom/
	$(RUN) tools/sbom.py

licences: dev .venv-policy/.ready  ## Hold the licences of all dependencies against locks/licences.toml
	$(RUN) tools/licences.py

secrets: dev  ## Look for secrets in what git keeps
	$(RUN) tools/secret_scan.py

bench: setup  ## Measure synth and planning, side by side
	$(RUN) -m tools.bench

docs: dev  ## Build the pages of docs/ as a site in site/, with every link checked
	mkdocs build --quiet

drills: app  ## Run the recovery drills, and write their times into docs/disaster-recovery.md
	$(RUN) -m sandbox page docs/disaster-recovery.md --times

diagram: dev  ## Draw docs/diagram.md and docs/diagram.svg anew from the synthesized JSON
	$(RUN) tools/diagram.py

docs-settings: dev  ## Write docs/settings.md anew from the settings' descriptions
	$(RUN) tools/settings_reference.py

docs-matrix: dev  ## Write the table of options in docs/options.md anew
	$(RUN) tools/toggle_matrix.py

snapshots: dev  ## Write the snapshots of the synthesized JSON anew, after a wanted change
	$(RUN) -m pytest tests/stacks -q --snapshot-update

bindings: dev  ## Generate .gen/neon again from the provider's schema
	$(RUN) tools/bindings.py .gen

raise: dev  ## Raise a provider's version (PROVIDER=neon VERSION=0.15.0)
	@$(RUN) tools/raise_provider.py $(PROVIDER) $(VERSION) $(if $(APPLIED),--applied)

locks: dev  ## Resolve the lock files again (needs PyPI and Terraform's registry)
	$(RUN) tools/python_locks.py
	$(RUN) tools/provider_locks.py

clean:  ## Remove what was made, but not what was set up
	rm -rf build cdktf.out .rehearsal .pytest_cache .ruff_cache .hypothesis
