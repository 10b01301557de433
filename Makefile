# Everything a person or a CI runs. `make help` lists it.
# Needs on the machine: Node 20 or later with npm, Go, make, python3. Node 24 comes with the packages.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

NODE24 := node_modules/.bin/node
PACKAGES := node_modules/.package-lock.json

.PHONY: help setup control-plane generate check build test test-host demo up down sim soak replay golden bench clean

# What a person gives on the command line of make reaches the simulation through the environment.
export SEED PLAN SEEDS BASE_SEED

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(PACKAGES) ## packages and Node 24, once

# Node 24 is the npm package `node`; its binary comes with an install script, which newer npm versions run only when approved.
$(PACKAGES): package.json package-lock.json
	npm ci --no-audit --no-fund
	@$(NODE24) tools/build/require-node.mjs || { npm rebuild node && $(NODE24) tools/build/require-node.mjs; }
	@touch $(PACKAGES)

control-plane: setup ## find or build etcd, kube-apiserver, kube-controller-manager, kubectl and helm
	@node tools/control-plane/ensure.mjs --with-helm >/dev/null

generate: setup ## CRDs and reference page from src/api, the host scripts' constants, and the chart's copy of the CRDs
	node tools/generate/main.ts
	node tools/build/chart-crds.ts
	node test/host/proof-table.ts

check: setup ## generated files are fresh, format, lint, types
	node tools/generate/main.ts --check
	node tools/build/chart-crds.ts --check
	node test/host/proof-table.ts --check
	prettier --check --log-level warn .
	eslint --max-warnings 0 .
	tsc -p .

build: setup ## dist/operator.mjs, the shipped operator
	node tools/build/bundle.ts

test: setup ## everything; ends with one line: N passed, N failed
	@node tools/test/run.ts

test-host: ## the host scripts in every PowerShell of this machine, against stand-ins; needs Node 24 and PowerShell alone
	node test/host/run.ts

demo: setup control-plane build ## a pool becomes three Ready agents, one dies and is replaced; a canary passes, groups arrive in AD, a typo is held back
	@node test/demo/main.ts demo

up: setup control-plane build ## the demo's world, kept running to play with
	@node test/demo/main.ts up

down: setup ## stop what `make up` started
	@node test/demo/main.ts down

sim: setup ## the campaigns of the simulation that `make test` runs
	@node test/sim/main.ts regressions
	@node test/sim/main.ts digests
	@node test/sim/main.ts golden
	@node test/sim/main.ts wrong
	@node test/sim/main.ts permissions
	@node test/sim/main.ts day
	@node test/sim/main.ts cases
	@node test/sim/main.ts exhaustive
	@node test/sim/main.ts random

soak: setup ## the long campaign, resumable: SEEDS=100000 BASE_SEED=1; report in .run/soak
	@node test/sim/main.ts soak

replay: setup ## the story of one run: SEED=7, or PLAN='{...}' as a failure prints it
	@node test/sim/main.ts replay

golden: setup ## write the golden stories of test/sim/golden anew
	@node test/sim/main.ts golden-write

bench: setup control-plane build ## the figures of docs/benchmarks.md
	@node test/bench/main.ts

clean: ## build output and run directories; packages and caches stay
	@[ ! -e .run/up ] || $(MAKE) --no-print-directory down
	rm -rf dist .run coverage
