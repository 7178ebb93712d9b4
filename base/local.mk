noinst_LTLIBRARIES += base/libbase.la
base_libbase_la_SOURCES = \
	base/buf.c base/buf.h \
	base/bytes.c base/bytes.h \
	base/clock.c base/clock.h \
	base/crc32c.c base/crc32c.h \
	base/cursor.c base/cursor.h \
	base/err.c base/err.h \
	base/fail.c base/fail.h \
	base/hist.c base/hist.h \
	base/json.c base/json.h \
	base/log.c base/log.h \
	base/mem.c base/mem.h \
	base/name.c base/name.h \
	base/pack.c base/pack.h \
	base/path.c base/path_in.c base/path.h \
	base/setting.c base/setting.h \
	base/utf8.c base/utf8.h
base_libbase_la_LIBADD = $(MSGPACK_LIBS)

noinst_LTLIBRARIES += base/libjson.la
base_libjson_la_SOURCES = base/json_pack.c base/json_pack.h
base_libjson_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
base_libjson_la_LIBADD = $(JANSSON_LIBS)
