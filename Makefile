# Each target does all the set-up it needs; see scripts/setup.sh.
BIN := .venv/bin

play:  ## open the window; where there is no display, play the demo: through the speakers, or to a WAV
	@bash scripts/setup.sh play
	@$(BIN)/luthier || { [ $$? -eq 2 ] && $(BIN)/luthier play --demo; }

test:  ## set up everything and run every check that fits into eight minutes of two quiet cores
	@bash scripts/setup.sh test
	@$(MAKE) --no-print-directory check

verify:  ## set up everything and run the checks that take longer: browsers, learning, closing, fuzzing, other instruction sets
	@bash scripts/setup.sh test
	@$(MAKE) --no-print-directory verify-all

acceptance:  ## run what takes hours, or $$SUITES of it, and print tables; OPTIONS=--write puts them into docs/acceptance.md
	@bash scripts/setup.sh acceptance
	$(BIN)/python -m benchmarks.acceptance $(SUITES) $(OPTIONS)

check:  ## every check of `make test`, once set up
	@$(MAKE) --no-print-directory -j2 --output-sync=target kernels static-checks
	@$(MAKE) --no-print-directory -j2 --output-sync=target tests-of-the-window tests-of-the-rest

verify-all:  ## every check of `make verify`, once set up
	@$(MAKE) --no-print-directory kernels
	@$(MAKE) --no-print-directory -j2 --output-sync=target verification-of-the-window verification-of-the-rest
	@$(MAKE) --no-print-directory other-instruction-sets

static-checks: lint types arrows

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

arrows:
	$(BIN)/lint-imports

kernels:  # compiled once, before several processes ask for them
	LUTHIER_KEEP_TEXT=1 $(BIN)/python -m engine.precompile

tests-of-the-window:  # these mostly wait for the sound, so they run beside the others
	$(BIN)/pytest -q -m "not verify" tests/gui

tests-of-the-rest:
	$(BIN)/pytest -q -m "not verify" --ignore=tests/gui -n 2 --dist loadfile

verification-of-the-window:
	$(BIN)/pytest -q -m verify tests/gui

verification-of-the-rest:
	$(BIN)/pytest -q -m verify --ignore=tests/gui -n 2 --dist loadfile

other-instruction-sets:  # the tests of kernels, compiled for AVX2, for SSE4, and without explicit vectors
	@NUMBA_CPU_NAME=znver3 $(MAKE) --no-print-directory tests-of-kernels
	@NUMBA_CPU_NAME=x86-64-v2 $(MAKE) --no-print-directory tests-of-kernels
	@LUTHIER_KERNELS=plain $(MAKE) --no-print-directory tests-of-kernels

tests-of-kernels: kernels
	$(BIN)/pytest -q -m "not verify" -n 2 --dist loadfile tests/engine tests/test_presets.py tests/test_voice_presets.py \
	    --ignore=tests/engine/devices --ignore=tests/engine/foreign --ignore=tests/engine/kernel

ahead:  ## compile all kernels into libraries for x86-64 v2, v3 and v4: playing from here then needs no compiler
	@bash scripts/setup.sh test
	$(BIN)/python -m shell.kernel_library

wheel: ahead shells  ## build the wheel that carries them, and the players of exported instruments, into dist
	@rm -rf build/lib* build/bdist.*
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

presets:  ## learn the factory instruments anew, from the recordings in $$LUTHIER_DATA, into build/presets
	@bash scripts/setup.sh test
	@PYTHONPATH=. $(BIN)/python scripts/factory_instruments.py

shells:  ## build the players of exported instruments, into shell/binaries
	@bash scripts/setup.sh test
	$(BIN)/python -m shell.build shell/binaries

texts:  ## begin the translation gui/translations/luthier_$$LOCALE.ts, or bring it up to date
	@test -n "$(LOCALE)" || { echo "say which language, such as: make texts LOCALE=de" >&2; exit 2; }
	@mkdir -p build && $(BIN)/python -m gui.engine_translation > build/terms.py
	$(BIN)/pylupdate6 --no-obsolete --ts gui/translations/luthier_$(LOCALE).ts gui build/terms.py

.PHONY: play test verify acceptance ahead wheel check verify-all static-checks lint types arrows kernels \
        tests-of-the-window tests-of-the-rest verification-of-the-window verification-of-the-rest \
        other-instruction-sets tests-of-kernels presets shells texts
