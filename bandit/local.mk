noinst_LTLIBRARIES += bandit/libbandit.la
bandit_libbandit_la_SOURCES = \
	bandit/arm.h \
	bandit/bandit.c bandit/bandit.h \
	bandit/cell.c bandit/cell.h \
	bandit/chol.c bandit/chol.h bandit/chol_state.c \
	bandit/choice.c bandit/choice.h \
	bandit/choose.c \
	bandit/consider.c \
	bandit/event.h \
	bandit/fold.c \
	bandit/hold.c bandit/hold.h \
	bandit/kernel.c \
	bandit/model.c bandit/model.h \
	bandit/pak_ucb.c \
	bandit/greedy.c \
	bandit/fixed.c \
	bandit/uniform.c \
	bandit/ucb1.c \
	bandit/policy.c bandit/policy.h \
	bandit/ridge.c bandit/ridge.h bandit/ridge_state.c \
	bandit/forget.c bandit/pool.c \
	bandit/router.c bandit/router.h \
	bandit/settings.c bandit/settings.h
bandit_libbandit_la_LIBADD = $(XXHASH_LIBS)
