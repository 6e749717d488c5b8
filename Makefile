# A thin face on meson. The two commands: make demo, make check.
BUILD ?= build
# The tests run in the build folder.
ifdef CWORK_VECTORS
export CWORK_VECTORS := $(abspath $(CWORK_VECTORS))
endif

.PHONY: help demo check build programs install bench check-golden check-asan check-tsan \
	check-valgrind torture fuzz coverage format lint clean

help:
	@echo 'make demo            see jobs run (installs what is missing)'
	@echo 'make check           every fast test (installs what is missing)'
	@echo 'make build           the programs, in $(BUILD)/'
	@echo 'make install         into /usr/local, or below DESTDIR'
	@echo 'make bench           figures, beside other systems'
	@echo 'make check-golden    only what the Go library recorded (CWORK_VECTORS=folder)'
	@echo 'make check-asan      the tests under ASan and UBSan; also check-tsan, check-valgrind'
	@echo 'make torture         the fault matrix at full size'
	@echo 'make fuzz            each fuzzer for a while (SECONDS_EACH=60)'
	@echo 'make coverage        which lines the tests run'
	@echo 'make lint format     static analysis; formatting'

programs:
	@tools/build.sh $(BUILD) -Dwerror=true
	@ln -sf cli/cwork $(BUILD)/cwork

build:
	@tools/setup.sh build
	@$(MAKE) --no-print-directory programs

demo:
	@tools/setup.sh demo
	@$(MAKE) --no-print-directory programs
	@$(BUILD)/cwork demo

check:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory programs
	@tools/run-tests.sh $(BUILD)

check-golden:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory programs
	@tools/run-tests.sh $(BUILD) --suite golden

install: build
	@meson install -C $(BUILD) --no-rebuild

bench:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory programs
	@bench/run.sh $(BUILD)

check-asan:
	@tools/sanitize.sh asan

check-tsan:
	@tools/sanitize.sh tsan

check-valgrind:
	@tools/sanitize.sh valgrind

torture:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory programs
	@CWORK_TORTURE=full tools/run-tests.sh $(BUILD) --suite torture --timeout-multiplier 20

fuzz:
	@tools/setup.sh fuzz
	@fuzz/run.sh

coverage:
	@tools/coverage.sh

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

lint:
	@tools/setup.sh lint
	@$(MAKE) --no-print-directory programs
	@tools/lint.sh $(BUILD)

clean:
	rm -rf $(BUILD) build-*
