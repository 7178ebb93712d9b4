# Unit and golden tests: one program per module, linking its own layer and
# those below, so that an upward call does not link.
EXTRA_DIST += tests/golden
TEST_LIBS = $(CMOCKA_LIBS) $(JANSSON_LIBS)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP top_srcdir='$(top_srcdir)' \
	top_builddir='$(top_builddir)' PYTHON='$(PYTHON)' MANDOC='$(MANDOC)'; \
	export CMOCKA_MESSAGE_OUTPUT top_srcdir top_builddir PYTHON MANDOC;
TEST_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TEST_LOG_DRIVER)

# base: unit tests.
EXTRA_DIST += tests/same.h tests/test.h
if HAVE_CMOCKA
BASE_TESTS = tests/unit/test_buf tests/unit/test_crc32c \
	tests/unit/test_cursor tests/unit/test_cursor_random \
	tests/unit/test_err tests/unit/test_name tests/unit/test_pack \
	tests/unit/test_path tests/unit/test_setting tests/unit/test_utf8
check_PROGRAMS += $(BASE_TESTS)
BASE_TEST_LIBS = $(BASE) $(TEST_LIBS)
tests_unit_test_buf_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_crc32c_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_cursor_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_cursor_random_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_err_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_name_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_pack_LDADD = $(BASE_TEST_LIBS)
tests_unit_test_path_LDADD = $(BASE_TEST_LIBS)
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

