# `make demo` and `make test` set up what they need in .venv; Python 3.11 or later is all it takes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The C code is optional: without a compiler the installation goes on without it.
BUILT := pyproject.toml setup.py arrayproto/_speed.c arrayproto/_sites.c

.PHONY: demo test lint tables images bench gpu clean

demo: $(VENV)/demo
	$(BIN)/python -m arrayproto demo

test: $(VENV)/test lint
	$(BIN)/python -m pytest -n auto

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

clean:
	rm -rf $(VENV) build dist *.egg-info arrayproto/_speed*.so .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
