# `make` lists the targets. PYTHON= and TORCH_INDEX= are for scripts/install, which says what they do.
PORT ?= 8000
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: help serve test check format bench screenshots docs pins image clean moved
.DELETE_ON_ERROR:

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Only `make serve` exports it, as no test may touch a user's archive.
serve: export ONRECORD_HOME ?= $(CURDIR)/archive
serve: $(INSTALLED)  ## Serve on 127.0.0.1:8000 (PORT=), with the seed articles if the archive (ONRECORD_HOME=) is empty
	@$(BIN)/onrecord add --if-empty seeds
	@exec $(BIN)/onrecord serve --port $(PORT)

test: $(INSTALLED)  ## Run the tests, two files at a time (ARGS= goes to pytest: make test ARGS="-n 0 -k quote -x")
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(INSTALLED)  ## Check lint, formatting, types, Dockerfile, pins and the pages made from code; the page's scripts if npm is there
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint --deny-warnings --ignore-pattern service/page/swagger service/page
	scripts/check_page
	$(BIN)/hadolint Dockerfile
	$(BIN)/python scripts/pins.py --check
	$(BIN)/python -m scripts.reference --check

format: $(INSTALLED)  ## Format, and fix what the linter can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED)  ## Measure start, latency and memory (ARGS= goes to bench/speed/serve.py)
	$(BIN)/python -m bench.speed.serve $(ARGS)

screenshots: $(INSTALLED)  ## Take the pictures of docs/screenshots/ again (needs Chromium)
	$(BIN)/python -m scripts.screenshots

docs: $(INSTALLED)  ## Write docs/settings.md and docs/cli.md from the code
	$(BIN)/python -m scripts.reference

pins: $(INSTALLED)  ## Write requirements/ from what is installed (needs the package index)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/pins.py

image:  ## Build the image, run it, and list what is in it (ENGINE= and TORCH_INDEX= are for scripts/image)
	@scripts/image

clean:  ## Remove the virtual environment and the caches; the archive stays
	rm -rf .venv node_modules .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The file is written last, so that an interrupted installation is continued. It holds the path of the checkout, as a
# virtual environment that was copied or moved with its checkout would run the code of the old one.
$(INSTALLED): pyproject.toml $(wildcard requirements/*.txt) scripts/install
	@scripts/install .venv requirements/dev.txt --editable .
	@printf '%s\n' '$(CURDIR)' > $@

ifneq ($(shell cat $(INSTALLED) 2>/dev/null),$(CURDIR))
$(INSTALLED): moved
endif
