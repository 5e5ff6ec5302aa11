# Builds, tests and shows Ration. Everything is built once, optimised: figures depend on it.

SWIFT ?= swift
PREFIX ?= /usr/local
# Where the program is built, and how: `make dist` builds another one, elsewhere.
SCRATCH ?= .build
FLAGS ?=
BUILD = $(SCRATCH)/release
MAN = $(SCRATCH)/man
COMPLETIONS = $(SCRATCH)/completions
SWIFT_BUILD = $(SWIFT) build -c release --scratch-path $(SCRATCH) $(FLAGS)
SHARE = $(DESTDIR)$(PREFIX)/share
# For how long and on which readers `make fuzz` runs.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(notdir $(wildcard Tests/FuzzTests/Corpus/*))

.PHONY: build test torch pages thorough sanitize fuzz demo lint format man completions install uninstall \
  dist dist-test cluster-test dependencies test-dependencies dist-dependencies clean

build: dependencies
	$(SWIFT_BUILD) --product ration

# Tests and program share one build.
test: dependencies test-dependencies
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build

# A Python with PyTorch, with which `make test` holds calibration/torch against `ration calibrate`. It takes 1.2 GB.
TORCH ?= torch==2.13.0
torch: .build-torch/installed
.build-torch/installed: calibration/torch/requirements.txt
	python3 -m venv .build-torch
	.build-torch/bin/pip install --quiet '$(TORCH)' -r calibration/torch/requirements.txt
	touch $@

# The report pages of the demo model in Debian's Chromium: no request, no error, no violation that axe-core finds, and
# what can be sorted, filtered and reached by keys. Pictures of them are in .build-pages/shots.
PAGES = .build-pages
DEMO = calibration/folio-4m-BF16.gguf
pages: build $(PAGES)/installed
	rm -rf $(PAGES)/pages
	mkdir -p $(PAGES)/pages
	$(BUILD)/ration plan $(DEMO) --statistics calibration/folio.statistics.gguf --skeleton IQ4_KSS --validate --chunks 4 \
	  -o $(PAGES)/pages/plan.recipe --html $(PAGES)/pages/plan.html --quiet
	$(BUILD)/ration apply $(PAGES)/pages/plan.recipe $(DEMO) $(PAGES)/pages/plan.gguf \
	  --statistics calibration/folio.statistics.gguf --quiet
	$(BUILD)/ration inspect $(DEMO) --statistics calibration/folio.statistics.gguf --csv \
	  --html $(PAGES)/pages/inspect.html --quiet >/dev/null
	$(BUILD)/ration inspect $(PAGES)/pages/plan.gguf --against $(DEMO) --statistics calibration/folio.statistics.gguf \
	  --csv --html $(PAGES)/pages/against.html --quiet >/dev/null
	$(BUILD)/ration frontier $(DEMO) --statistics calibration/folio.statistics.gguf --csv \
	  --html $(PAGES)/pages/frontier.html --quiet >/dev/null
	$(BUILD)/ration evaluate $(DEMO) $(PAGES)/pages/plan.gguf --chunks 1 --attribute --json \
	  --html $(PAGES)/pages/evaluate.html --quiet >/dev/null
	$(PAGES)/venv/bin/python Tests/ReportsTests/Page/Browser/check.py $(PAGES)/pages $(PAGES)/shots
$(PAGES)/installed: Tests/ReportsTests/Page/Browser/requirements.txt
	@if ! command -v chromium >/dev/null; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq chromium; \
	fi
	python3 -m venv $(PAGES)/venv
	$(PAGES)/venv/bin/pip install --quiet -r Tests/ReportsTests/Page/Browser/requirements.txt
	touch $@

# What takes minutes: every fault at every call of every command that writes, and long references.
thorough: dependencies test-dependencies
	$(SWIFT) build -c release --build-tests
	RATION_THOROUGH=1 $(SWIFT) test -c release --skip-build \
	  --filter 'FaultSweepTests|ResumeSweepTests|FolioNetworkTests|CommandLineTests.FaultTests'

# The reader of files and the codecs, watched by the address sanitizer and, in C, the one for undefined
# behaviour. Swift itself traps where behaviour would be undefined. Its runtime never frees some of its memory, so
# leaks are not looked for.
SANITIZE = --sanitize address -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined \
  --scratch-path .build-sanitize
sanitize: dependencies test-dependencies
	$(SWIFT) build -c release --build-tests $(SANITIZE)
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test -c release --skip-build $(SANITIZE) --filter 'GGUFTests|CodecsTests|FuzzTests'

# What it finds is in .build-fuzz; the inputs that it keeps are in .build-fuzz/corpus.
fuzz: dependencies
	RATION_FUZZER=1 $(SWIFT) build -c release --sanitize fuzzer --product ration-fuzz \
	  --scratch-path .build-fuzz
	for target in $(FUZZ_TARGETS); do \
	  mkdir -p .build-fuzz/corpus/$$target; \
	  RATION_FUZZ=$$target .build-fuzz/release/ration-fuzz -max_total_time=$(FUZZ_SECONDS) \
	    -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix=.build-fuzz/$$target- \
	    .build-fuzz/corpus/$$target Tests/FuzzTests/Corpus/$$target || exit 1; \
	done

demo: build
	$(BUILD)/ration demo

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

# A page a command, from what the program says of itself.
man: build
	$(SWIFT_BUILD) --product ration-manual
	rm -rf $(MAN)
	$(BUILD)/ration-manual $(BUILD)/ration $(MAN)

completions: build
	install -d $(COMPLETIONS)
	for shell in bash zsh fish; do \
	  $(BUILD)/ration --generate-completion-script $$shell >$(COMPLETIONS)/$$shell || exit 1; \
	done

install: build man completions
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/ration/calibration/text \
	  $(SHARE)/ration/calibration/torch $(SHARE)/ration/recipes \
	  $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d
	install -m 755 $(BUILD)/ration $(DESTDIR)$(PREFIX)/bin/ration
	install -m 644 calibration/*.* $(SHARE)/ration/calibration
	install -m 644 calibration/text/* $(SHARE)/ration/calibration/text
	install -m 644 calibration/torch/*.* $(SHARE)/ration/calibration/torch
	install -m 644 recipes/*.* $(SHARE)/ration/recipes
	for file in $$(find recipes/cluster -type f); do \
	  install -D -m $$([ -x $$file ] && echo 755 || echo 644) $$file $(SHARE)/ration/$$file || exit 1; \
	done
	install -m 644 LICENSE NOTICE $(SHARE)/ration
	install -m 644 $(MAN)/*.1 $(SHARE)/man/man1
	install -m 644 $(COMPLETIONS)/bash $(SHARE)/bash-completion/completions/ration
	install -m 644 $(COMPLETIONS)/zsh $(SHARE)/zsh/site-functions/_ration
	install -m 644 $(COMPLETIONS)/fish $(SHARE)/fish/vendor_completions.d/ration.fish

# What install wrote, and nothing else.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/ration $(SHARE)/man/man1/ration.1 $(SHARE)/man/man1/ration-*.1 \
	  $(SHARE)/bash-completion/completions/ration $(SHARE)/zsh/site-functions/_ration \
	  $(SHARE)/fish/vendor_completions.d/ration.fish
	rm -rf $(SHARE)/ration

# An archive, a Debian package and their checksums, in .build-dist/packages. The program in them contains Swift's runtime
# and the C++ library: .build-dist/static has no other form of it. How it names sources does not depend on their folder.
DIST = .build-dist
HERE_AS_DOT = $(CURDIR)=.
STATIC = --static-swift-stdlib -Xcc -ffile-prefix-map=$(HERE_AS_DOT) -Xswiftc -file-prefix-map -Xswiftc $(HERE_AS_DOT) \
  -Xswiftc -L$(CURDIR)/$(DIST)/static -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
dist: dist-dependencies
	rm -rf $(DIST)/stage
	mkdir -p $(DIST)/static
	ln -sf "$$(clang -print-file-name=libstdc++.a)" $(DIST)/static
	$(MAKE) install DESTDIR=$(DIST)/stage PREFIX=/usr SCRATCH=$(DIST) FLAGS='$(STATIC)'
	packaging/dist.sh $(DIST)/stage/usr $(DIST)/checkouts $(DIST)/packages

# What `make dist` made, installed, used and purged in a minimal Debian. Needs root, debootstrap and Debian's mirror.
dist-test:
	packaging/try.sh $(DIST)/packages

# The scripts of recipes/cluster on a Slurm cluster that is started for it, with GNU parallel, and as containers would run:
# workers, nodes and controllers end in the midst of it, and all files must be those of single processes.
cluster-test: build
	@if [ ! -x /usr/sbin/slurmctld ] || [ ! -x /usr/sbin/munged ] || ! command -v parallel >/dev/null || \
	    ! python3 -c 'import yaml' 2>/dev/null; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq slurm-wlm munge parallel python3-yaml; \
	fi
	RATION=$(BUILD)/ration Tests/Cluster/run.sh

# SQLite and zlib with their headers, and OpenBLAS, on Debian where they are missing.
dependencies:
	@if [ "$$(uname)" = Linux ] && \
	    { [ ! -e /usr/include/sqlite3.h ] || [ ! -e /usr/include/zlib.h ] || ! PATH="$$PATH:/sbin" ldconfig -p | grep -q libopenblas.so.0; }; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq libsqlite3-dev zlib1g-dev libopenblas0; \
	fi

# GLPK's solver, which tests hold the planner against, on Debian where it is missing.
test-dependencies:
	@if [ "$$(uname)" = Linux ] && ! command -v glpsol >/dev/null; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq glpk-utils; \
	fi

# What makes Debian packages, and examines them, on Debian where it is missing.
dist-dependencies:
	@if ! { command -v dpkg-shlibdeps && command -v lintian && command -v chrpath; } >/dev/null; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq dpkg-dev lintian chrpath; \
	fi

clean:
	$(SWIFT) package clean
