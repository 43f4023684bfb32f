# Each target does all the set-up it needs; see scripts/setup.sh.
BIN := .venv/bin

play:  ## open the window; where there is no display, play the demo: through the speakers, or to a WAV
	@bash scripts/setup.sh play
	@$(BIN)/luthier || { [ $$? -eq 2 ] && $(BIN)/luthier play --demo; }

test:  ## set up everything and run every check
	@bash scripts/setup.sh test
	@$(MAKE) --no-print-directory check

check: lint types arrows tests  ## every check, once set up

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

arrows:
	$(BIN)/lint-imports

tests:  # those of the window mostly wait, so they run beside the others
	@$(MAKE) --no-print-directory -j2 --output-sync=target tests-of-the-window tests-of-the-rest

tests-of-the-window:
	$(BIN)/pytest -q tests/gui

tests-of-the-rest:
	$(BIN)/pytest -q --ignore=tests/gui

presets:  ## learn the factory instruments anew, from the recordings in $$LUTHIER_DATA, into build/presets
	@bash scripts/setup.sh test
	@PYTHONPATH=. $(BIN)/python scripts/factory.py

texts:  ## begin the translation gui/translations/luthier_$$LOCALE.ts, or bring it up to date
	@test -n "$(LOCALE)" || { echo "say which language, such as: make texts LOCALE=de" >&2; exit 2; }
	@mkdir -p build && $(BIN)/python -m gui.terms > build/terms.py
	$(BIN)/pylupdate6 --no-obsolete --ts gui/translations/luthier_$(LOCALE).ts gui build/terms.py

.PHONY: play test check lint types arrows tests tests-of-the-window tests-of-the-rest presets texts
