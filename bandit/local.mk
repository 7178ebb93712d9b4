noinst_LTLIBRARIES += bandit/libbandit.la
bandit_libbandit_la_SOURCES = \
	bandit/ahead.c bandit/ahead.h \
	bandit/arm.h \
	bandit/ask.c bandit/ask.h \
	bandit/bandit.c bandit/bandit.h \
	bandit/cell.c bandit/cell.h bandit/cell_arm.c \
	bandit/cell_head.c bandit/cell_head.h \
	bandit/choice.c bandit/choice.h \
	bandit/chol.c bandit/chol.h bandit/chol_state.c \
	bandit/choose.c \
	bandit/consider.c bandit/consider.h \
	bandit/event.c bandit/event.h \
	bandit/fixed.c \
	bandit/fold.c \
	bandit/forget.c \
	bandit/forward_best.c bandit/forward_best.h bandit/forward.h \
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
	bandit/packed.c bandit/packed.h \
	bandit/pak_ucb.c \
	bandit/policy.c bandit/policy.h \
	bandit/prune.c \
	bandit/pool.c \
	bandit/race.c bandit/race.h \
	bandit/rank_major.c \
	bandit/ranking.c bandit/ranking.h \
	bandit/ridge.c bandit/ridge.h bandit/ridge_fast.c \
	bandit/ridge_bound.c bandit/ridge_state.c \
	bandit/router.c bandit/router.h \
	bandit/score.c \
	bandit/settings.c bandit/settings.h \
	bandit/sketch.c bandit/sketch.h \
	bandit/slate.c \
	bandit/thompson.c \
	bandit/ucb1.c \
	bandit/uniform.c
bandit_libbandit_la_LIBADD = $(FORWARD) $(XXHASH_LIBS)

# The kernel of scoring, once per instruction set.  It learns nothing, so here
# multiply and add may be fused.
FORWARD = bandit/libforward_plain.la
noinst_LTLIBRARIES += bandit/libforward_plain.la
bandit_libforward_plain_la_SOURCES = bandit/forward.c
bandit_libforward_plain_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFORWARD_NAME=forward_plain -DFORWARD_WORD='"plain"'
bandit_libforward_plain_la_CFLAGS = $(AM_CFLAGS) $(FORWARD_CFLAGS)
FORWARD_CFLAGS = -ffp-contract=fast
if X86_64
FORWARD += bandit/libforward_v3.la bandit/libforward_v4.la
noinst_LTLIBRARIES += bandit/libforward_v3.la bandit/libforward_v4.la
bandit_libforward_v3_la_SOURCES = bandit/forward.c
bandit_libforward_v3_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFORWARD_NAME=forward_v3 -DFORWARD_WORD='"v3"'
bandit_libforward_v3_la_CFLAGS = $(AM_CFLAGS) $(FORWARD_CFLAGS) -mavx2 -mfma
bandit_libforward_v4_la_SOURCES = bandit/forward.c
bandit_libforward_v4_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFORWARD_NAME=forward_v4 -DFORWARD_WORD='"v4"'
bandit_libforward_v4_la_CFLAGS = $(AM_CFLAGS) $(FORWARD_CFLAGS) \
	-mavx2 -mfma -mavx512f
endif
