# The example of C, waiting and on libevent; built with all, run by its test.
noinst_PROGRAMS += clients/c/ask clients/c/ask_event clients/c/overhead
clients_c_ask_SOURCES = clients/c/ask.c
clients_c_ask_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/client
clients_c_ask_LDADD = client/libbanditd.la
clients_c_ask_event_SOURCES = clients/c/ask_event.c
clients_c_ask_event_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/client
clients_c_ask_event_LDADD = client/libbanditd-event.la client/libbanditd.la \
	$(EVENT_LIBS)
clients_c_overhead_SOURCES = clients/c/overhead.c
clients_c_overhead_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/client
clients_c_overhead_LDADD = client/libbanditd-event.la client/libbanditd.la \
	$(EVENT_LIBS)
EXTRA_DIST += clients/README.md clients/c/README.md
dist_check_SCRIPTS += clients/c/tests/c_client_test.py
