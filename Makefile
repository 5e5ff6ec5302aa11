# Builds, tests and shows Ration. Everything is built once, optimised: figures depend on it.

SWIFT ?= swift
PREFIX ?= /usr/local
BUILD = .build/release

.PHONY: build test demo lint format install dependencies test-dependencies clean

build: dependencies
	$(SWIFT) build -c release --product ration

# Tests and program share one build.
test: dependencies test-dependencies
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build

demo: build
	$(BUILD)/ration demo

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/ration/calibration/text \
	  $(DESTDIR)$(PREFIX)/share/ration/recipes
	install -m 755 $(BUILD)/ration $(DESTDIR)$(PREFIX)/bin/ration
	install -m 644 calibration/*.* $(DESTDIR)$(PREFIX)/share/ration/calibration
	install -m 644 calibration/text/* $(DESTDIR)$(PREFIX)/share/ration/calibration/text
	install -m 644 recipes/* $(DESTDIR)$(PREFIX)/share/ration/recipes
	install -m 644 LICENSE NOTICE $(DESTDIR)$(PREFIX)/share/ration

# The headers and libraries of SQLite and OpenBLAS, on Debian where they are missing.
dependencies:
	@if [ "$$(uname)" = Linux ] && \
	    { [ ! -e /usr/include/sqlite3.h ] || ! ls /usr/include/*/cblas.h >/dev/null 2>&1; }; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq libsqlite3-dev libopenblas-dev; \
	fi

# GLPK's solver, which tests hold the planner against, on Debian where it is missing.
test-dependencies:
	@if [ "$$(uname)" = Linux ] && ! command -v glpsol >/dev/null; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq glpk-utils; \
	fi

clean:
	$(SWIFT) package clean
