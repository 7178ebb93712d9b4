# libbanditd needs nothing but the C library: of base/ it takes the few files
# that neither allocate nor print, and it exports banditd_* only.
lib_LTLIBRARIES += client/libbanditd.la
include_HEADERS += client/banditd.h
client_libbanditd_la_SOURCES = \
	base/cursor.c base/cursor.h \
	base/path.c base/path.h \
	base/utf8.c base/utf8.h \
	client/absence.c client/absence.h \
	client/banditd.h \
	client/lib.c client/lib.h \
	client/libcall.c \
	client/libdenied.c \
	client/libgateway.c \
	client/libloop.c \
	client/libnext.c \
	client/libread.c \
	client/libroute.c \
	client/libsocket.c
client_libbanditd_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:1 \
	-no-undefined -export-symbols-regex '^banditd_'

# The same on a loop of libevent, apart, so that who waits needs no libevent.
lib_LTLIBRARIES += client/libbanditd-event.la
include_HEADERS += client/banditd_event.h
client_libbanditd_event_la_SOURCES = \
	client/absence.c client/absence.h \
	client/banditd_event.h \
	client/event.c client/event.h \
	client/event_link.c \
	client/event_route.c
client_libbanditd_event_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 \
	-no-undefined -export-symbols-regex '^banditd_event_'
client_libbanditd_event_la_LIBADD = client/libbanditd.la $(EVENT_LIBS)

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = client/banditd.pc client/banditd-event.pc

# Files of maps, for banditctl and bandit-eval.
noinst_LTLIBRARIES += client/libmaps.la
client_libmaps_la_SOURCES = client/ctl_reader.c client/ctl_reader.h
client_libmaps_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
client_libmaps_la_LIBADD = base/libjson.la $(BASE)

# All of banditctl but main, so that tests can link it.
noinst_LTLIBRARIES += client/libctl.la
client_libctl_la_SOURCES = \
	client/ctl.h \
	client/ctl_args.c client/ctl_args.h \
	client/ctl_beside.c client/ctl_beside.h \
	client/ctl_complete.c \
	client/ctl_doctor.c \
	client/ctl_export.c \
	client/ctl_fail.c \
	client/ctl_format.c client/ctl_format.h \
	client/ctl_help.c \
	client/ctl_import.c \
	client/ctl_index.c client/ctl_index.h \
	client/ctl_pipe.c client/ctl_pipe.h \
	client/ctl_plot.c \
	client/ctl_progress.c client/ctl_progress.h \
	client/ctl_record.c client/ctl_record.h \
	client/ctl_seen.c client/ctl_seen.h \
	client/ctl_show.c client/ctl_show.h \
	client/ctl_table.c client/ctl_table.h \
	client/ctl_top.c \
	client/ctl_vector.c client/ctl_vector.h \
	client/ctl_verify.c \
	client/ctl_watch.c client/ctl_watch.h \
	client/ctl_words.c client/ctl_words.h \
	client/doctor.c client/doctor.h client/doctor_config.c client/doctor_daemon.c \
	client/doctor_facts.c client/doctor_learning.c client/doctor_setup.c \
	client/log_plot.c client/log_plot.h client/log_rounds.c \
	client/log_rounds.h \
	client/top.c client/top.h client/top_columns.c client/top_columns.h \
	client/top_draw.h client/top_head.c client/top_json.c client/top_keys.c client/top_screen.c \
	client/top_screen.h client/top_table.c client/top_view.c client/top_view.h \
	client/top_warn.c client/view.c client/view.h \
	daemon/method.c daemon/method.h daemon/methods.c
client_libctl_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(NCURSES_CFLAGS) \
	-DMETHODS_WITHOUT_DAEMON -DSBINDIR='"$(sbindir)"'
client_libctl_la_LIBADD = plot/libfigure.la client/libmaps.la client/libbanditd.la $(BASE) $(JANSSON_LIBS) \
	$(NCURSES_LIBS) $(XXHASH_LIBS)

bin_PROGRAMS += client/banditctl
client_banditctl_SOURCES = client/banditctl.c
client_banditctl_LDADD = client/libctl.la client/libbanditd.la

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = client/completion/banditctl.bash
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = client/completion/_banditctl
