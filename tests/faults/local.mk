# Faults: a shim between the daemon and its disk, and what replays its traces.
EXTRA_DIST += tests/faults/faults.py
check_LTLIBRARIES += tests/faults/shim.la
tests_faults_shim_la_SOURCES = tests/faults/control.h tests/faults/shim.c \
	tests/faults/shim.h tests/faults/shim_clock.c \
	tests/faults/shim_data.c \
	tests/faults/shim_malloc.c tests/faults/shim_name.c \
	tests/faults/trace.h
tests_faults_shim_la_CFLAGS = $(filter-out $(SANITIZE),$(AM_CFLAGS))
tests_faults_shim_la_LDFLAGS = -pthread -module -avoid-version \
	-rpath $(abs_builddir)
noinst_PROGRAMS += tests/faults/replay
tests_faults_replay_SOURCES = tests/faults/answers.c tests/faults/answers.h \
	tests/faults/disk.c tests/faults/disk.h tests/faults/replay.c \
	tests/faults/trace.h
tests_faults_replay_LDADD = $(PERSIST)
# The daemon, but for fail_point(), which comes before that of the library.
noinst_PROGRAMS += tests/faults/banditd_failing
tests_faults_banditd_failing_SOURCES = tests/faults/fail_point.c
tests_faults_banditd_failing_LDADD = daemon/main.$(OBJEXT) $(DAEMON)
FAULTS_TESTS = tests/faults/backup_test.py tests/faults/clock_test.py \
	tests/faults/crash_test.py tests/faults/doctor_test.py \
	tests/faults/error_test.py tests/faults/fail_test.py \
	tests/faults/memory_test.py \
	tests/faults/power_test.py tests/faults/race_test.py \
	tests/faults/signal_test.py tests/faults/slow_test.py \
	tests/faults/soak_test.py tests/faults/space_test.py
dist_check_SCRIPTS += $(FAULTS_TESTS)

# All of them in full, which takes minutes; but the long run, which is soak.
check-faults: all
	FAULTS=full $(MAKE) check \
		TESTS='$(FAULTS_TESTS) tests/e2e/damage_test.py \
			tests/e2e/recovery_test.py'

# Ten million requests; SOAK says how many others.
soak: all
	SOAK=$${SOAK:-10000000} $(MAKE) check TESTS=tests/faults/soak_test.py
.PHONY: check-faults soak
