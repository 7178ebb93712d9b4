# Benchmarks: built with everything else, run by script/bench.
noinst_PROGRAMS += $(BENCHES)
BENCHES = tests/bench/bench_limits tests/bench/bench_kernels \
	tests/bench/bench_daemon tests/bench/bench_growth \
	tests/bench/bench_load tests/bench/bench_replay
BENCH_HARNESS = tests/bench/bench.c tests/bench/bench.h
noinst_LTLIBRARIES += tests/bench/libmachine.la
tests_bench_libmachine_la_SOURCES = tests/bench/machine.c tests/bench/machine.h \
	tests/bench/machine_set.h
# The best this machine does, fused; unlike what must be exact.
tests_bench_libmachine_la_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast
tests_bench_bench_limits_SOURCES = tests/bench/limits.c $(BENCH_HARNESS)
tests_bench_bench_limits_LDADD = tests/bench/libmachine.la $(FEATURES)
tests_bench_bench_kernels_SOURCES = tests/bench/kernels.c \
	tests/bench/size.h tests/bench/work.c tests/bench/work.h \
	$(BENCH_HARNESS) $(BENCH_SUBJECT)
tests_bench_bench_kernels_LDADD = tests/bench/libgslbuild.la \
	tests/bench/libmachine.la $(BANDIT)
BENCH_SUBJECT = tests/bench/subject.c tests/bench/subject.h
tests_bench_bench_daemon_SOURCES = tests/bench/daemon.c \
	tests/bench/quiet.c tests/bench/quiet.h tests/bench/scene.c \
	tests/bench/scene.h tests/bench/scene_cpu.c tests/bench/scene_disk.c \
	tests/bench/served.c tests/bench/served.h tests/bench/size.h \
	tests/bench/tally.h $(BENCH_HARNESS) $(BENCH_LOAD)
tests_bench_bench_daemon_LDADD = tests/bench/libgslbuild.la \
	client/libbanditd.la eval/libeval.la $(FEATURES)
tests_bench_bench_growth_SOURCES = tests/bench/growth.c \
	tests/bench/size.h $(BENCH_HARNESS) $(BENCH_SUBJECT)
tests_bench_bench_growth_LDADD = $(BANDIT)
tests_bench_bench_replay_SOURCES = tests/bench/replay.c $(BENCH_HARNESS) \
	$(BENCH_SUBJECT)
tests_bench_bench_replay_LDADD = eval/libreplay.la $(BANDIT)
tests_bench_bench_load_SOURCES = tests/bench/load_main.c $(BENCH_HARNESS) \
	$(BENCH_LOAD)
tests_bench_bench_load_LDADD = eval/libeval.la $(FEATURES)
BENCH_LOAD = tests/bench/latency.c tests/bench/latency.h tests/bench/load.c \
	tests/bench/load.h tests/bench/prompts.c tests/bench/prompts.h \
	tests/bench/wire.c tests/bench/wire.h
# Preloaded into the daemon.
noinst_LTLIBRARIES += tests/bench/tally.la
tests_bench_tally_la_SOURCES = tests/bench/tally.c tests/bench/tally.h
tests_bench_tally_la_CFLAGS = $(filter-out $(SANITIZE),$(AM_CFLAGS))
tests_bench_tally_la_LDFLAGS = -module -avoid-version -rpath $(abs_builddir)

# Whether they run; script/bench measures.
check-bench: all
	$(MAKE) check TESTS=tests/bench/smoke_test.sh
.PHONY: check-bench
dist_check_SCRIPTS += tests/bench/smoke_test.sh

# The straightforward build that kernels and daemon are compared with.
noinst_LTLIBRARIES += tests/bench/libgslbuild.la
tests_bench_libgslbuild_la_SOURCES = tests/bench/gsl_build.c \
	tests/bench/gsl_build.h
tests_bench_libgslbuild_la_LIBADD = $(GSL_LIBS)
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_gsl_build tests/unit/test_latency \
	tests/unit/test_load
tests_unit_test_latency_SOURCES = tests/unit/test_latency.c tests/bench/latency.c \
	tests/bench/latency.h
tests_unit_test_latency_LDADD = $(TEST_LIBS)
tests_unit_test_load_SOURCES = tests/unit/test_load.c tests/unit/fake.c \
	$(BENCH_LOAD)
tests_unit_test_load_LDADD = eval/libeval.la $(FEATURES) $(TEST_LIBS)
tests_unit_test_gsl_build_LDADD = tests/bench/libgslbuild.la $(BANDIT) \
	$(TEST_LIBS)
endif
