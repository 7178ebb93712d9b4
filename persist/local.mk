noinst_LTLIBRARIES += persist/libpersist.la
persist_libpersist_la_SOURCES = \
	persist/apply.c \
	persist/backup.c persist/backup.h \
	persist/ballast.c persist/ballast.h \
	persist/callings.c persist/callings.h \
	persist/cells.c persist/cells.h \
	persist/check.c persist/check.h \
	persist/check_log.c \
	persist/compact.c persist/compact.h \
	persist/compare.c persist/compare.h \
	persist/decision.c persist/decision.h \
	persist/decision_map.c \
	persist/drop.c \
	persist/event_map.h \
	persist/event_put.c \
	persist/event_take.c \
	persist/export.c persist/export.h \
	persist/field.c persist/field.h \
	persist/guard.c persist/guard.h \
	persist/imported.c persist/imported.h \
	persist/keys.c persist/keys.h \
	persist/lock.c persist/lock.h \
	persist/op.h \
	persist/page.c persist/page.h \
	persist/pages.c persist/pages.h \
	persist/pages_find.c \
	persist/pages_walk.c persist/pages_walk.h \
	persist/pending.c persist/pending.h \
	persist/reading.c persist/reading.h \
	persist/record.c persist/record.h \
	persist/recover.c persist/recover.h \
	persist/relearn.c persist/relearn.h \
	persist/run.c persist/run.h \
	persist/salvage.c persist/salvage.h \
	persist/store.c persist/store.h \
	persist/store_files.c persist/store_files.h \
	persist/store_key.c persist/store_meta.c persist/store_part.c \
	persist/store_space.c \
	persist/take.c persist/take.h \
	persist/verify.c persist/verify.h \
	persist/writer.c persist/writer.h \
	persist/writer_compact.c \
	persist/writer_full.c \
	persist/writer_thread.c persist/writer_thread.h
persist_libpersist_la_LIBADD = $(LMDB_LIBS)
