noinst_LTLIBRARIES += bandit/libbandit.la
bandit_libbandit_la_SOURCES = \
	bandit/ahead.c bandit/ahead.h \
	bandit/arm.h \
	bandit/bandit.c bandit/bandit.h \
	bandit/cell.c bandit/cell.h bandit/cell_arm.c \
	bandit/cell_head.c bandit/cell_head.h \
	bandit/choice.c bandit/choice.h \
	bandit/chol.c bandit/chol.h bandit/chol_state.c \
	bandit/choose.c \
	bandit/consider.c \
	bandit/event.c bandit/event.h \
	bandit/fixed.c \
	bandit/fold.c \
	bandit/forget.c \
	bandit/greedy.c \
	bandit/hold.c bandit/hold.h \
	bandit/in_slate_thompson.c \
	bandit/inherit.c \
	bandit/kernel.c \
	bandit/learn.c bandit/lesson.h \
	bandit/march.c bandit/march.h \
	bandit/model.c bandit/model.h \
	bandit/normal.c bandit/normal.h \
	bandit/overlay.c bandit/overlay.h \
	bandit/pak_ucb.c \
	bandit/policy.c bandit/policy.h \
	bandit/pool.c \
	bandit/race.c bandit/race.h \
	bandit/rank_major.c \
	bandit/ranking.c bandit/ranking.h \
	bandit/ridge.c bandit/ridge.h bandit/ridge_state.c \
	bandit/router.c bandit/router.h \
	bandit/settings.c bandit/settings.h \
	bandit/slate.c \
	bandit/thompson.c \
	bandit/ucb1.c \
	bandit/uniform.c
bandit_libbandit_la_LIBADD = $(XXHASH_LIBS)
