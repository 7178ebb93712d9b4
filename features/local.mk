noinst_LTLIBRARIES += features/libfeatures.la
features_libfeatures_la_SOURCES = \
	features/bandwidth.c features/bandwidth.h \
	features/context.c features/context.h \
	features/exact.h \
	features/fmath.c features/fmath.h \
	features/map.c features/map.h \
	features/rff.c features/rff.h \
	features/rng.c features/rng.h \
	features/structured.c features/structured.h \
	features/text.c features/text.h
features_libfeatures_la_LIBADD = $(GSL_LIBS)
