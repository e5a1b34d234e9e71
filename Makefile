# Everything a person types while working on or trying the course.
#   make demo            set up, grade the reference answers, show what feedback looks like
#   make demo LANG=ru    the same in Russian (zh: Chinese)
#   make test            set up what is missing and run all tests
#   make build           rebuild the notebooks after a change in text, code or translations

PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 := 1

# For two processes at a time: more threads than cores make small networks several times slower.
ONE_THREAD := OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1

.PHONY: setup demo test lint nbval build clean

setup: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@echo "Setting up .venv: both frameworks and the tools, once, a few minutes."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[torch,tensorflow,dev]"
	@touch $@

demo: setup
	@$(BIN)/pixelwise demo --lang "$(LANG)"

test: lint
	$(ONE_THREAD) $(BIN)/python -m pytest tests -n 2 --dist loadfile
	$(MAKE) nbval

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Runs every cell of the executed notebooks again and compares the outputs that are determined.
# In English only: the notebooks of the other languages hold the same code and the same outputs.
# On the small data sets, on which they were executed.
nbval: setup
	$(ONE_THREAD) PIXELWISE_SMALL_DATA=1 $(BIN)/python -m pytest --nbval -n 2 --dist loadfile solutions/en

build: setup
	$(BIN)/pixelwise translate
	$(BIN)/pixelwise build
	$(BIN)/pixelwise data readme

clean:
	rm -rf .venv build demo .pytest_cache .mypy_cache .ruff_cache
