# `make demo` and `make test` set up what they need in .venv; Python 3.11 or later is all it takes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The C code is optional: without a compiler the installation goes on without it.
BUILT := pyproject.toml setup.py $(wildcard arrayproto/src/*)

.PHONY: demo test oldest lint tables images bench peers matrix gpu clean

demo: $(VENV)/demo
	$(BIN)/python -m arrayproto demo

test: $(VENV)/test lint
	$(BIN)/python -m pytest -n auto
	$(MAKE) oldest

# NumPy 2.0 alone, the oldest that is supported, where it has wheels for this Python; the rest is in
# `make matrix`.
OLDEST := tests/dispatch/test_numpys_own.py tests/test_catalog.py tests/test_registration.py
oldest: $(VENV)/oldest
	if test -x $(VENV)/numpy-2.0/bin/pytest; then $(VENV)/numpy-2.0/bin/python -m pytest -q $(OLDEST); fi

lint: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# With `ARGUMENTS=--record` every call is judged anew, which takes minutes.
tables: $(VENV)/test
	$(BIN)/python -m arrayproto coverage --update . $(ARGUMENTS)

# The pictures of the README: needs a browser that takes them.
BROWSER ?= chromium
SHOOT = $(BROWSER) --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1160,$(1) \
	--screenshot=docs/images/$(2).png file://$(CURDIR)/build/$(2).html

images: $(VENV)/test
	mkdir -p build docs/images
	$(BIN)/python -m arrayproto trace --quiet --activate sparse,dask --html build/trace.html examples/secret_copies.py
	$(BIN)/python -m arrayproto coverage --format html >build/coverage.html
	$(call SHOOT,1080,trace)
	$(call SHOOT,900,coverage)

bench: $(VENV)/bench
	$(BIN)/python -m pytest benchmarks --benchmark-only -q
	$(BIN)/python -m benchmarks.report
	$(BIN)/python -m benchmarks.sight
	$(BIN)/python -m benchmarks.own

# The peers' own suites, stock and with arrayproto active: `make peers ARGUMENTS="--peer sparse"`.
peers: $(VENV)/peers
	nice -n 10 $(BIN)/python -m peers $(ARGUMENTS)

matrix: $(VENV)/matrix
	$(BIN)/nox $(ARGUMENTS)

# Needs a CUDA device and CuPy for it: the tests marked gpu, every call judged, programs timed.
gpu: $(VENV)/test
	$(BIN)/python -m pytest -m gpu -n 8
	$(BIN)/python -m arrayproto coverage --record --library cupy --jobs 8 --format json >/dev/null
	$(BIN)/python -m arrayproto coverage --update .
	$(BIN)/python examples/run_all.py --library cupy --large

$(BIN)/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "arrayproto needs Python 3.11"'
	$(PYTHON) -m venv $(VENV)

# One stamp for each extra, so that nothing is installed twice.
$(VENV)/demo: $(BIN)/python $(BUILT)
	$(BIN)/python -m pip install --quiet --editable '.[sparse,dask,cli]'
	touch $@

$(VENV)/test: $(BIN)/python $(BUILT)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

$(VENV)/bench: $(BIN)/python $(BUILT)
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	touch $@

$(VENV)/oldest: $(BIN)/python
	$(BIN)/python -m venv $(VENV)/numpy-2.0
	if $(BIN)/python -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then \
		$(VENV)/numpy-2.0/bin/python -m pip install --quiet 'numpy==2.0.*' pytest; fi
	touch $@

$(VENV)/peers: $(BIN)/python $(BUILT)
	$(BIN)/python -m pip install --quiet --editable '.[peers]'
	touch $@

$(VENV)/matrix: $(BIN)/python $(BUILT)
	$(BIN)/python -m pip install --quiet --editable '.[matrix]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info arrayproto/_*.so .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .nox .cache
