# All but main, so that a test can run the daemon inside itself.
noinst_LTLIBRARIES += daemon/libdaemon.la
daemon_libdaemon_la_SOURCES = \
	daemon/apply_config.c daemon/apply_config.h \
	daemon/ask.c \
	daemon/asked.c daemon/asked.h \
	daemon/batch.c daemon/batch.h \
	daemon/collect.c \
	daemon/config.c daemon/config.h \
	daemon/config_file.c daemon/config_file.h \
	daemon/config_print.c \
	daemon/config_text.c daemon/config_text.h \
	daemon/config_tree.c daemon/config_tree.h \
	daemon/context.c \
	daemon/conn.c daemon/conn.h \
	daemon/decided.c daemon/decided.h \
	daemon/do_admin.c \
	daemon/do_arms.c \
	daemon/do_choice.c \
	daemon/do_decide.c \
	daemon/do_feedback.c \
	daemon/do_export.c daemon/export.h \
	daemon/do_import.c \
	daemon/do_rebuild.c daemon/rebuild.h \
	daemon/do_score.c \
	daemon/handlers.h \
	daemon/http.c daemon/http.h \
	daemon/http_address.c daemon/http_address.h \
	daemon/http_ask.c \
	daemon/http_check.c \
	daemon/http_hook.c \
	daemon/http_peer.c daemon/http_peer.h \
	daemon/http_reply.c \
	daemon/inspect.c daemon/inspect.h \
	daemon/learns.c daemon/learns.h \
	daemon/listener.c daemon/listener.h \
	daemon/method.c daemon/method.h \
	daemon/methods.c \
	daemon/metrics.c \
	daemon/openapi.c daemon/openapi.h \
	daemon/params.c daemon/params.h \
	daemon/retain.c daemon/retain.h \
	daemon/role.c daemon/role.h \
	daemon/rpc.c daemon/rpc.h \
	daemon/rules.c daemon/rules.h \
	daemon/scores.c daemon/scores.h \
	daemon/sd.c daemon/sd.h \
	daemon/server.c daemon/server.h \
	daemon/service.c daemon/service.h \
	daemon/settings.c \
	daemon/shown.c daemon/shown.h \
	daemon/snapshot.c daemon/snapshot.h \
	daemon/stats.c daemon/stats.h \
	daemon/suggest.c daemon/suggest.h \
	daemon/tick.c
daemon_libdaemon_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
daemon_libdaemon_la_LIBADD = base/libjson.la $(EVENT_HTTP_LIBS) $(EVENT_LIBS) \
	$(CONFUSE_LIBS)
DAEMON = daemon/libdaemon.la $(PERSIST)

sbin_PROGRAMS += daemon/banditd
daemon_banditd_SOURCES = daemon/main.c
daemon_banditd_LDADD = $(DAEMON)
