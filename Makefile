# `make run` and `make test` are all that a newcomer needs; the rest is for daily work.
GO      ?= go
SEEDS   ?= 2000
KILLS   ?= 50
FUZZ    ?= 30s
FUZZ_BRIEF ?= 10s
LANES   ?= 2
BIN     := bin/confab
# One form of every package, wherever the tree lies: what another clone has compiled is not compiled again. What it has
# tested is, by -count=1.
export GOFLAGS := $(GOFLAGS) -trimpath
TOOL    := $(GO) tool -modfile=tools/go.mod
# Targets as package:Fuzz name: for $(FUZZ) what anybody may send, for $(FUZZ_BRIEF) what reads a part of that, or is read once.
FUZZES  := ./wire:FuzzDecode ./wire:FuzzCursor ./auth:FuzzTokens ./people:FuzzToken ./account:FuzzBootstrap
FUZZES_BRIEF := ./auth:FuzzOrigin ./store:FuzzBell ./store:FuzzURL ./store:FuzzURLKeepsThePasswordToItself ./api:FuzzBody \
	./relay:FuzzHead ./relay:FuzzHandshake ./people:FuzzSaying ./files:FuzzDrawingNeverFailsButPlainly \
	./dialect/pavior:FuzzCalls

.PHONY: run build dev generate test lint format bench fuzz sim planted kills browser slow-browser screenshots deps clean \
	check-go check-web go-test web-test lane-of-go lane-of-processes
.DEFAULT_GOAL := build

run: ## start a node with the embedded store and the demo shop
	$(GO) run ./cmd/confab serve

build: ## bin/confab
	$(GO) build -ldflags "-s -w" -o $(BIN) ./cmd/confab

dev: build ## Redis and two nodes, as in the Procfile
	scripts/dev

generate: node_modules ## dist/ of widget, dialects and console, docs/compat, the table of limits in docs/protocol.md
	node scripts/build.mjs
	node scripts/compat.mjs
	$(GO) run ./wire/gen

# The checks of the sources look at no clock, and share the cores in any case.
test: deps build ## everything, in two lanes side by side: what computes, and what mostly waits; LANES=1: one after the other
	+$(MAKE) --no-print-directory -j2 check-go check-web
	+$(MAKE) --no-print-directory -j$(LANES) lane-of-go lane-of-processes
lane-of-go:
	+$(MAKE) --no-print-directory -j1 go-test planted sim
lane-of-processes:
	+$(MAKE) --no-print-directory -j1 web-test browser
	+$(MAKE) --no-print-directory -j2 kills fuzz

deps: node_modules ## what the tests need, on a fresh Debian-like machine with Go and Node
	scripts/deps

node_modules: package.json package-lock.json
	npm ci --no-audit --no-fund
	touch node_modules

check-go:
	test -z "$$(gofmt -l $$(git ls-files '*.go') | tee /dev/stderr)"
	$(GO) vet ./...
	$(GO) vet -tags processes ./faulttest
	$(GO) vet -tags planted ./...
	$(TOOL) staticcheck ./...
	$(GO) run ./wire/gen -check

check-web: node_modules
	npx tsc --noEmit -p tsconfig.json
	npx tsc --noEmit -p widget/examples
	npx biome ci .
	node scripts/build.mjs --check
	node scripts/check-size.mjs
	node scripts/compat.mjs --check

lint: check-go check-web

format: node_modules
	gofmt -w $$(git ls-files '*.go')
	npx biome check --write .

go-test: ## the longest packages first; then, without the detector of races, what does less with it
	$(GO) test -race -vet=off -count=1 -timeout 15m ./relay ./people ./store/storetest ./...
	GO="$(GO)" scripts/unraced

web-test: build node_modules
	npx vitest run

sim: ## seeded simulation; one seed alone: make sim SEEDS=1 SEED=4711
	$(GO) test ./faulttest -vet=off -run '^TestSimulation$$' -timeout 20m -seeds $(SEEDS) $(if $(SEED),-seed $(SEED)) $(if $(V),-v)

planted: ## the checker finds every planted bug
	$(GO) test ./faulttest -vet=off -tags planted -count=1 -run '^TestPlantedBugIsCaught$$' -timeout 10m

kills: build ## real nodes, a real Redis, kill -9 under load
	$(GO) test ./faulttest -vet=off -tags processes -run '^TestProcesses' -timeout 15m -parallel 3 -kills $(KILLS) -confab $(CURDIR)/$(BIN) -v

fuzz: ## takes what nothing else wants
	GO="$(GO)" nice -n 19 scripts/fuzz $(FUZZ) $(FUZZES)
	GO="$(GO)" nice -n 19 scripts/fuzz $(FUZZ_BRIEF) $(FUZZES_BRIEF)

browser: build node_modules ## real browsers on two real nodes; with nothing beside them, two files at once
	node --test $(if $(filter 1,$(LANES)),--test-concurrency=2) --test-timeout=600000 e2e/*.test.mjs

slow-browser: build node_modules ## the same with a long way between browsers and nodes: finds tests that hold only where answers come at once
	SLOW_MILLIS=150 node --test --test-concurrency=2 --test-timeout=600000 $(filter-out e2e/weight.test.mjs,$(wildcard e2e/*.test.mjs))

screenshots: build node_modules ## docs/screenshots
	scripts/deps screenshots
	node e2e/screenshots.mjs

bench: build ## the figures of docs/performance.md
	scripts/bench

clean:
	rm -rf bin .tmp
