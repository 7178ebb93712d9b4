# Unit and golden tests: one program per module, linking its own layer and
# those below, so that an upward call does not link.
EXTRA_DIST += tests/golden tests/state
TEST_LIBS = $(CMOCKA_LIBS) $(JANSSON_LIBS)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP top_srcdir='$(top_srcdir)' \
	top_builddir='$(top_builddir)' PYTHON='$(PYTHON)' MANDOC='$(MANDOC)' \
	SANITIZE='$(SANITIZE)'; export CMOCKA_MESSAGE_OUTPUT top_srcdir \
	top_builddir PYTHON MANDOC SANITIZE;
TEST_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TEST_LOG_DRIVER)
# For tests that count what is allocated (tests/unit/allocations.h).
ALLOCATIONS_LINK = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc \
	-Wl,--wrap=realloc -Wl,--wrap=aligned_alloc

# base: unit tests.
EXTRA_DIST += tests/same.h tests/test.h
if HAVE_CMOCKA
BASE_TESTS = tests/unit/test_buf tests/unit/test_crc32c \
	tests/unit/test_cursor tests/unit/test_cursor_random \
	tests/unit/test_err tests/unit/test_hist tests/unit/test_name tests/unit/test_pack \
	tests/unit/test_path tests/unit/test_path_system \
	tests/unit/test_setting tests/unit/test_utf8
check_PROGRAMS += $(BASE_TESTS)
BASE_TEST_LIBS = $(BASE) $(TEST_LIBS)
tests_unit_test_buf_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_crc32c_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_cursor_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_cursor_random_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_err_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_hist_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_name_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_pack_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_path_LDADD = $(BASE_TEST_LIBS)
# With a place for the system's socket that a test can make and hide.
tests_unit_test_path_system_SOURCES = tests/unit/test_path_system.c base/path.c
tests_unit_test_path_system_CPPFLAGS = $(AM_CPPFLAGS) -URUNSTATEDIR \
	-DRUNSTATEDIR='"run"'
tests_unit_test_path_system_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_setting_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_utf8_LDADD = $(BASE_TEST_LIBS)
endif

# Fuzz targets: with --enable-fuzzing for libFuzzer, else fed their corpus.
EXTRA_DIST += tests/fuzz/corpus
FUZZ_TARGETS = tests/fuzz/fuzz_frame tests/fuzz/fuzz_setting
if FUZZING
noinst_PROGRAMS += $(FUZZ_TARGETS)
FUZZ_MAIN =
else
check_PROGRAMS += $(FUZZ_TARGETS)
FUZZ_MAIN = tests/fuzz/replay.c
endif
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c tests/fuzz/fuzz.h \
	$(FUZZ_MAIN)
tests_fuzz_fuzz_frame_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_frame_LDADD = $(BASE)
tests_fuzz_fuzz_setting_SOURCES = tests/fuzz/fuzz_setting.c \
	tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_setting_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_setting_LDADD = $(BASE)

FUZZ_TARGETS += tests/fuzz/fuzz_text
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c tests/fuzz/fuzz.h \
	$(FUZZ_MAIN)
tests_fuzz_fuzz_text_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_text_LDADD = $(FEATURES)

# bandit and persist: the fold, records, the writer, recovery.
EXTRA_DIST += tests/unit/living.h tests/unit/world.h
EXTRA_DIST += tests/made.h
noinst_PROGRAMS += tests/reckon tests/refold
tests_reckon_SOURCES = tests/reckon.c tests/made.c
tests_reckon_LDADD = $(PERSIST)
tests_refold_SOURCES = tests/refold.c
tests_refold_LDADD = $(PERSIST)
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_ballast tests/unit/test_compact \
	tests/unit/test_drop tests/unit/test_event_map tests/unit/test_export \
	tests/unit/test_fold tests/unit/test_pages \
	tests/unit/test_pending tests/unit/test_record \
	tests/unit/test_score_many \
	tests/unit/test_verify tests/unit/test_writer
tests_unit_test_ballast_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_compact_SOURCES = tests/unit/test_compact.c \
	tests/unit/living.c tests/unit/world.c
tests_unit_test_compact_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_drop_SOURCES = tests/unit/test_drop.c \
	tests/unit/living.c tests/unit/world.c
tests_unit_test_drop_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_event_map_SOURCES = tests/unit/test_event_map.c \
	tests/unit/world.c
tests_unit_test_event_map_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_export_SOURCES = tests/unit/test_export.c tests/unit/world.c
tests_unit_test_export_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_fold_SOURCES = tests/unit/test_fold.c tests/unit/world.c
tests_unit_test_fold_LDADD = $(BANDIT) $(TEST_LIBS)
# The fold once more, with what learns built otherwise: not optimised, and more.
FOLD_ONE = tests/unit/test_fold.c tests/unit/world.c bandit/chol.c \
	bandit/kernel.c features/bandwidth.c features/fmath.c features/rff.c \
	features/structured.c
check_PROGRAMS += tests/unit/test_fold_O0 tests/unit/test_fold_O3
tests_unit_test_fold_O0_SOURCES = $(FOLD_ONE)
tests_unit_test_fold_O0_CFLAGS = $(AM_CFLAGS)
tests_unit_test_fold_O0_LDADD = $(BANDIT) $(TEST_LIBS)
tests_unit_test_fold_O3_SOURCES = $(FOLD_ONE)
tests_unit_test_fold_O3_CFLAGS = $(AM_CFLAGS)
tests_unit_test_fold_O3_LDADD = $(BANDIT) $(TEST_LIBS)
# In CFLAGS, which come behind those of a program.
$(tests_unit_test_fold_O0_OBJECTS): override CFLAGS += -O0 -U_FORTIFY_SOURCE
$(tests_unit_test_fold_O3_OBJECTS): override CFLAGS += -O3
if X86_64
# And for each instruction set alone.
check_PROGRAMS += tests/unit/test_fold_sse2 tests/unit/test_fold_avx2 \
	tests/unit/test_fold_v4
tests_unit_test_fold_sse2_SOURCES = $(FOLD_ONE)
tests_unit_test_fold_sse2_CPPFLAGS = $(AM_CPPFLAGS) \
	-DEXACT_ONLY='"sse2"' -DEXACT_NEEDS='"sse2"'
tests_unit_test_fold_sse2_LDADD = $(BANDIT) $(TEST_LIBS)
tests_unit_test_fold_avx2_SOURCES = $(FOLD_ONE)
tests_unit_test_fold_avx2_CPPFLAGS = $(AM_CPPFLAGS) \
	-DEXACT_ONLY='"avx2"' -DEXACT_NEEDS='"avx2"'
tests_unit_test_fold_avx2_LDADD = $(BANDIT) $(TEST_LIBS)
tests_unit_test_fold_v4_SOURCES = $(FOLD_ONE)
tests_unit_test_fold_v4_CPPFLAGS = $(AM_CPPFLAGS) \
	-DEXACT_ONLY='"arch=x86-64-v4"' -DEXACT_NEEDS='"avx512vl"'
tests_unit_test_fold_v4_LDADD = $(BANDIT) $(TEST_LIBS)
endif
tests_unit_test_pages_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_pending_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_record_SOURCES = tests/unit/test_record.c tests/unit/world.c
tests_unit_test_record_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_score_many_SOURCES = tests/unit/test_score_many.c \
	tests/unit/allocations.c tests/unit/world.c
tests_unit_test_score_many_LDFLAGS = $(ALLOCATIONS_LINK)
tests_unit_test_score_many_LDADD = $(BANDIT) $(TEST_LIBS)
tests_unit_test_verify_SOURCES = tests/unit/test_verify.c \
	tests/unit/living.c tests/unit/world.c
tests_unit_test_verify_LDADD = $(PERSIST) $(TEST_LIBS)
tests_unit_test_writer_SOURCES = tests/unit/test_writer.c tests/unit/world.c
tests_unit_test_writer_LDADD = $(PERSIST) $(TEST_LIBS)
endif

# features and bandit: the mathematics, with the golden numbers.
EXTRA_DIST += tests/unit/arms.h tests/unit/dense.h tests/unit/golden.h tests/unit/learnt.h \
	tests/unit/models.h tests/unit/normals.h tests/unit/numbers.h
if HAVE_CMOCKA
FEATURES_TESTS = tests/unit/test_bandwidth tests/unit/test_context \
	tests/unit/test_exact tests/unit/test_fmath \
	tests/unit/test_golden_rff tests/unit/test_rff tests/unit/test_rng \
	tests/unit/test_text
BANDIT_TESTS = tests/unit/test_choice tests/unit/test_chol \
	tests/unit/test_chol_rows tests/unit/test_fast tests/unit/test_forget \
	tests/unit/test_golden_kernel tests/unit/test_golden_ridge \
	tests/unit/test_golden_slates tests/unit/test_golden_traces \
	tests/unit/test_inherit tests/unit/test_model \
	tests/unit/test_model_state tests/unit/test_packed \
	tests/unit/test_policy \
	tests/unit/test_propensity tests/unit/test_race \
	tests/unit/test_race_quadrature tests/unit/test_rank_major \
	tests/unit/test_sketch tests/unit/test_slate
check_PROGRAMS += $(FEATURES_TESTS) $(BANDIT_TESTS)
FEATURES_TEST_LIBS = $(FEATURES) $(TEST_LIBS)
tests_unit_test_bandwidth_LDADD = $(FEATURES_TEST_LIBS)
tests_unit_test_context_LDADD = $(FEATURES_TEST_LIBS)
tests_unit_test_exact_LDADD = $(FEATURES_TEST_LIBS)
tests_unit_test_fmath_LDADD = $(FEATURES_TEST_LIBS)
tests_unit_test_golden_rff_SOURCES = tests/unit/test_golden_rff.c \
	tests/unit/golden.c
tests_unit_test_golden_rff_LDADD = $(FEATURES_TEST_LIBS)
tests_unit_test_rff_LDADD = $(FEATURES_TEST_LIBS)
tests_unit_test_rng_LDADD = $(FEATURES_TEST_LIBS)
tests_unit_test_text_LDADD = $(FEATURES_TEST_LIBS)
BANDIT_TEST_LIBS = $(BANDIT) $(TEST_LIBS)
tests_unit_test_choice_SOURCES = tests/unit/test_choice.c \
	tests/unit/dense.c tests/unit/golden.c tests/unit/learnt.c
tests_unit_test_choice_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_chol_SOURCES = tests/unit/test_chol.c tests/unit/dense.c
tests_unit_test_chol_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_chol_rows_SOURCES = tests/unit/test_chol_rows.c \
	tests/unit/dense.c
tests_unit_test_chol_rows_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_fast_SOURCES = tests/unit/test_fast.c \
	tests/unit/allocations.c tests/unit/models.c
tests_unit_test_fast_LDFLAGS = $(ALLOCATIONS_LINK)
tests_unit_test_fast_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_forget_SOURCES = tests/unit/test_forget.c \
	tests/unit/dense.c tests/unit/learnt.c
tests_unit_test_forget_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_golden_kernel_SOURCES = tests/unit/test_golden_kernel.c \
	tests/unit/golden.c
tests_unit_test_golden_kernel_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_golden_ridge_SOURCES = tests/unit/test_golden_ridge.c \
	tests/unit/dense.c tests/unit/golden.c tests/unit/learnt.c
tests_unit_test_golden_ridge_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_golden_slates_SOURCES = tests/unit/test_golden_slates.c \
	tests/unit/arms.c tests/unit/golden.c
tests_unit_test_golden_slates_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_golden_traces_SOURCES = tests/unit/test_golden_traces.c \
	tests/unit/arms.c tests/unit/golden.c
tests_unit_test_golden_traces_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_inherit_SOURCES = tests/unit/test_inherit.c \
	tests/unit/allocations.c tests/unit/dense.c tests/unit/learnt.c
tests_unit_test_inherit_LDFLAGS = $(ALLOCATIONS_LINK)
tests_unit_test_inherit_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_model_SOURCES = tests/unit/test_model.c tests/unit/models.c
tests_unit_test_model_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_model_state_SOURCES = tests/unit/test_model_state.c \
	tests/unit/allocations.c tests/unit/models.c
tests_unit_test_model_state_LDFLAGS = $(ALLOCATIONS_LINK)
tests_unit_test_model_state_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_packed_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c \
	tests/unit/arms.c
tests_unit_test_policy_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_propensity_SOURCES = tests/unit/test_propensity.c \
	tests/unit/arms.c
tests_unit_test_propensity_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_race_SOURCES = tests/unit/test_race.c \
	tests/unit/allocations.c tests/unit/golden.c
tests_unit_test_race_LDFLAGS = $(ALLOCATIONS_LINK)
tests_unit_test_race_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_race_quadrature_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_rank_major_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_sketch_SOURCES = tests/unit/test_sketch.c \
	tests/unit/dense.c
tests_unit_test_sketch_LDADD = $(BANDIT_TEST_LIBS)
tests_unit_test_slate_SOURCES = tests/unit/test_slate.c tests/unit/arms.c
tests_unit_test_slate_LDADD = $(BANDIT_TEST_LIBS)
endif

# eval: unit tests.
EXTRA_DIST += tests/unit/judged.h
if HAVE_CMOCKA
EVAL_TESTS = tests/unit/test_baselines tests/unit/test_brp \
	tests/unit/test_cmd_ope tests/unit/test_compare \
	tests/unit/test_confseq tests/unit/test_direct \
	tests/unit/test_holdout tests/unit/test_judge tests/unit/test_ope \
	tests/unit/test_oracles tests/unit/test_order tests/unit/test_prune \
	tests/unit/test_regress tests/unit/test_replay tests/unit/test_rounds \
	tests/unit/test_set tests/unit/test_synth tests/unit/test_thresholdout
check_PROGRAMS += $(EVAL_TESTS)
EXTRA_DIST += tests/unit/players.h
tests_unit_test_baselines_SOURCES = tests/unit/test_baselines.c \
	tests/unit/golden.c tests/unit/players.c
tests_unit_test_baselines_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_brp_LDADD = eval/libeval.la $(FEATURES) $(TEST_LIBS)
tests_unit_test_direct_LDADD = eval/libope.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_holdout_LDADD = eval/libope.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_judge_SOURCES = tests/unit/test_judge.c tests/unit/judged.c
tests_unit_test_judge_LDADD = eval/libope.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_cmd_ope_SOURCES = tests/unit/test_cmd_ope.c \
	tests/unit/judged.c
tests_unit_test_cmd_ope_LDADD = eval/libope.la client/libctl.la $(BANDIT) \
	$(TEST_LIBS)
tests_unit_test_ope_SOURCES = tests/unit/test_ope.c tests/unit/golden.c
tests_unit_test_ope_LDADD = eval/libope.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_oracles_SOURCES = tests/unit/test_oracles.c \
	tests/unit/players.c
tests_unit_test_oracles_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_regress_SOURCES = tests/unit/test_regress.c \
	tests/unit/players.c
tests_unit_test_regress_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_compare_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_confseq_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_prune_LDADD = eval/libeval.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_replay_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_rounds_LDADD = eval/libope.la eval/libreplay.la $(BANDIT) \
	$(TEST_LIBS)
tests_unit_test_set_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_synth_LDADD = eval/libreplay.la $(BANDIT) $(TEST_LIBS)
tests_unit_test_order_LDADD = eval/libeval.la $(FEATURES) $(TEST_LIBS)
tests_unit_test_thresholdout_LDADD = eval/libope.la $(BANDIT) $(TEST_LIBS)
endif

# End to end: the real daemon, through clients that were not written here.
EXTRA_DIST += tests/e2e/daemon.py tests/e2e/fake.py tests/e2e/load.py tests/e2e/web.py \
	tests/e2e/run-python tests/e2e/tap.py tests/e2e/terminal.py \
	tests/e2e/texthash.py
E2E_TESTS = tests/e2e/batch_test.py tests/e2e/compact_test.py \
	tests/e2e/ctl_test.py tests/e2e/damage_test.py \
	tests/e2e/docs_test.py tests/e2e/doctor_test.py tests/e2e/eval_test.py \
	tests/e2e/evidence_test.py tests/e2e/export_test.py \
	tests/e2e/golden_test.py tests/e2e/http_test.py \
	tests/e2e/ips_test.py \
	tests/e2e/lifecycle_test.py tests/e2e/ope_test.py \
	tests/e2e/log_plot_test.py tests/e2e/plot_test.py \
	tests/e2e/propensity_test.py tests/e2e/protocol_test.py \
	tests/e2e/readme_test.py tests/e2e/recipe_test.py \
	tests/e2e/recovery_test.py \
	tests/e2e/replay_test.py tests/e2e/retention_test.py tests/e2e/slate_test.py \
	tests/e2e/status_test.py tests/e2e/text_gain_test.py \
	tests/e2e/text_test.py tests/e2e/top_test.py \
	tests/e2e/upgrade_test.py
dist_check_SCRIPTS += $(E2E_TESTS)
TEST_EXTENSIONS = .py
PY_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/e2e/run-python
PY_LOG_DRIVER = $(TEST_LOG_DRIVER)

# client: the library and banditctl against a fake daemon, and a shell.
dist_check_SCRIPTS += tests/completion_test.sh
EXTRA_DIST += tests/unit/fake.h
if HAVE_CMOCKA
CLIENT_TESTS = tests/unit/test_banditctl tests/unit/test_client \
	tests/unit/test_ctl_args tests/unit/test_ctl_json \
	tests/unit/test_ctl_show tests/unit/test_event tests/unit/test_route \
	tests/unit/test_top
check_PROGRAMS += $(CLIENT_TESTS)
CTL_TEST_LIBS = client/libctl.la client/libbanditd.la $(TEST_LIBS)
tests_unit_test_banditctl_SOURCES = tests/unit/test_banditctl.c \
	tests/unit/fake.c
tests_unit_test_banditctl_LDADD = $(CTL_TEST_LIBS)
tests_unit_test_client_SOURCES = tests/unit/test_client.c tests/unit/fake.c
tests_unit_test_client_LDADD = client/libbanditd.la $(BASE) $(TEST_LIBS)
tests_unit_test_ctl_args_LDADD = $(CTL_TEST_LIBS)
tests_unit_test_ctl_json_LDADD = $(CTL_TEST_LIBS)
tests_unit_test_ctl_show_LDADD = $(CTL_TEST_LIBS)
tests_unit_test_event_SOURCES = tests/unit/test_event.c tests/unit/fake.c
tests_unit_test_event_LDADD = client/libbanditd-event.la client/libbanditd.la \
	$(BASE) $(TEST_LIBS) $(EVENT_LIBS)
tests_unit_test_route_SOURCES = tests/unit/test_route.c tests/unit/fake.c \
	client/absence.c
tests_unit_test_route_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_test_route_LDADD = client/libbanditd.la $(BASE) $(TEST_LIBS)
tests_unit_test_top_LDADD = $(CTL_TEST_LIBS)
endif

# daemon: the service, inside the test.
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_service
tests_unit_test_service_LDADD = $(DAEMON) $(TEST_LIBS)
if SANITIZERS
tests_unit_test_service_CPPFLAGS = $(AM_CPPFLAGS) -DSANITIZED
endif
endif

# The daemon's outer shell: configuration, roles, systemd, socket, requests.
EXTRA_DIST += tests/unit/allocations.h tests/unit/asking.h \
	tests/unit/serving.h tests/unit/table.h
if HAVE_CMOCKA
OUTER_TESTS = tests/unit/test_config tests/unit/test_config_print \
	tests/unit/test_http tests/unit/test_listener tests/unit/test_params tests/unit/test_role \
	tests/unit/test_rpc tests/unit/test_sd tests/unit/test_server \
	tests/unit/test_server_limits
check_PROGRAMS += $(OUTER_TESTS)
OUTER_TEST_LIBS = $(DAEMON) $(TEST_LIBS)
tests_unit_test_config_LDADD = $(OUTER_TEST_LIBS)
tests_unit_test_config_print_LDADD = $(OUTER_TEST_LIBS)
tests_unit_test_role_LDADD = $(OUTER_TEST_LIBS)
tests_unit_test_sd_LDADD = $(OUTER_TEST_LIBS)
tests_unit_test_listener_SOURCES = tests/unit/test_listener.c \
	tests/unit/serving.c
tests_unit_test_listener_LDADD = $(OUTER_TEST_LIBS)
tests_unit_test_server_SOURCES = tests/unit/test_server.c \
	tests/unit/allocations.c tests/unit/serving.c
tests_unit_test_server_LDFLAGS = $(ALLOCATIONS_LINK)
tests_unit_test_server_LDADD = $(OUTER_TEST_LIBS)
tests_unit_test_server_limits_SOURCES = tests/unit/test_server_limits.c \
	tests/unit/serving.c
tests_unit_test_server_limits_LDADD = $(OUTER_TEST_LIBS)
# With a method table of their own in place of the daemon's.
tests_unit_test_http_SOURCES = tests/unit/test_http.c tests/unit/table.c
tests_unit_test_http_LDADD = $(OUTER_TEST_LIBS)
tests_unit_test_params_SOURCES = tests/unit/test_params.c \
	tests/unit/asking.c $(RPC_WITH_TABLE)
tests_unit_test_params_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_test_params_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_rpc_SOURCES = tests/unit/test_rpc.c \
	tests/unit/allocations.c tests/unit/asking.c $(RPC_WITH_TABLE)
tests_unit_test_rpc_LDFLAGS = $(ALLOCATIONS_LINK)
tests_unit_test_rpc_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_test_rpc_LDADD = $(BASE_TEST_LIBS)
endif
RPC_WITH_TABLE = tests/unit/table.c daemon/method.c daemon/params.c \
	daemon/rpc.c daemon/suggest.c
FUZZ_TARGETS += tests/fuzz/fuzz_config tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_rounds tests/fuzz/fuzz_rpc tests/fuzz/fuzz_set
tests_fuzz_fuzz_rounds_SOURCES = tests/fuzz/fuzz_rounds.c tests/fuzz/feed.c \
	tests/fuzz/feed.h tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_rounds_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_rounds_LDADD = eval/libreplay.la $(BANDIT)
tests_fuzz_fuzz_set_SOURCES = tests/fuzz/fuzz_set.c tests/fuzz/feed.c \
	tests/fuzz/feed.h tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_set_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_set_LDADD = eval/libreplay.la $(BANDIT)
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/fuzz.h \
	$(FUZZ_MAIN)
tests_fuzz_fuzz_json_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_json_LDADD = base/libjson.la $(BASE)
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/fuzz.h \
	$(FUZZ_MAIN)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_config_LDADD = $(DAEMON)
tests_fuzz_fuzz_rpc_SOURCES = tests/fuzz/fuzz_rpc.c tests/fuzz/fuzz.h \
	$(RPC_WITH_TABLE) $(FUZZ_MAIN)
tests_fuzz_fuzz_rpc_CPPFLAGS = $(AM_CPPFLAGS)
tests_fuzz_fuzz_rpc_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_rpc_LDADD = $(BASE)

# Simulations: a router in made-up worlds, under a fake clock.
EXTRA_DIST += tests/sim/chance.h tests/sim/sim.h tests/sim/worlds.h
if HAVE_CMOCKA
SIM_TESTS = tests/sim/test_sim_change tests/sim/test_sim_choice \
	tests/sim/test_sim_experts tests/sim/test_sim_ips \
	tests/sim/test_sim_late tests/sim/test_sim_long \
	tests/sim/test_sim_missing tests/sim/test_sim_new_arm \
	tests/sim/test_sim_policies
check_PROGRAMS += $(SIM_TESTS)
check_LTLIBRARIES += tests/sim/libsim.la
tests_sim_libsim_la_SOURCES = tests/sim/alike.c tests/sim/chance.c \
	tests/sim/experts.c tests/sim/relatives.c tests/sim/sim.c \
	tests/sim/tastes.c tests/sim/trial.c
SIM_LIBS = tests/sim/libsim.la $(BANDIT) $(TEST_LIBS)
tests_sim_test_sim_change_LDADD = $(SIM_LIBS)
tests_sim_test_sim_choice_LDADD = $(SIM_LIBS)
tests_sim_test_sim_experts_LDADD = $(SIM_LIBS)
tests_sim_test_sim_ips_LDADD = $(SIM_LIBS)
tests_sim_test_sim_late_LDADD = $(SIM_LIBS)
tests_sim_test_sim_long_LDADD = $(SIM_LIBS)
tests_sim_test_sim_missing_LDADD = $(SIM_LIBS)
tests_sim_test_sim_new_arm_LDADD = $(SIM_LIBS)
tests_sim_test_sim_policies_LDADD = $(SIM_LIBS)
endif

# The unit tests under valgrind's memcheck: a quarter of an hour.  The golden log
# has its hash there, too.
# Left out: test_packed, as valgrind 3.19 ends itself where it translates the
# longest of the kernels that it compares; and test_propensity, the frequencies of
# many million draws, which take minutes and show nothing of memory that test_race,
# of the same code, does not; and test_fold_O0, as slow, of the code of test_fold.
VALGRIND_NOT = tests/unit/test_fold_O0 tests/unit/test_packed \
	tests/unit/test_propensity
VALGRIND = valgrind -q --error-exitcode=9 --leak-check=full \
	--errors-for-leak-kinds=definite,indirect
check-valgrind: all
	@if command -v valgrind >/dev/null; then \
		UNDER_VALGRIND=1 $(MAKE) check LOG_COMPILER='$(VALGRIND)' \
			TESTS='$(filter-out $(VALGRIND_NOT),$(filter \
				tests/unit/%,$(check_PROGRAMS)))'; \
	else \
		echo 'check-valgrind: skipped, as there is no valgrind'; \
	fi
.PHONY: check-valgrind
