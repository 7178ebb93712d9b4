noinst_LTLIBRARIES += eval/libeval.la
eval_libeval_la_SOURCES = \
	eval/brp.c eval/brp_file.c eval/brp.h eval/bytes.h \
	eval/order.c eval/order.h
eval_libeval_la_LIBADD = $(GSL_LIBS)

# Pictures of what a replay has written.
noinst_LTLIBRARIES += eval/libplot.la
eval_libplot_la_SOURCES = \
	eval/plot.c eval/plot.h eval/plot_calibration.c eval/plot_curve.c \
	eval/plot_read.c eval/plot_read.h eval/plot_share.c \
	eval/tsv.c eval/tsv.h
eval_libplot_la_LIBADD = plot/libfigure.la

# Policies that play sets.
noinst_LTLIBRARIES += eval/libreplay.la
eval_libreplay_la_SOURCES = \
	eval/compare.c eval/compare.h eval/confseq.c eval/confseq.h eval/draw.c eval/draw.h \
	eval/log_arms.c eval/log_arms.h eval/map.c eval/map.h eval/noise.h \
	eval/play_bandit.c eval/play_epsilon.c eval/play_exp3.c eval/play_kernelucb.c eval/play_linucb.c \
	eval/play_oracle.c eval/play_ridge.c eval/play_shared.c \
	eval/player.c eval/player.h eval/players.h \
	eval/regress.c eval/regress.h \
	eval/replay.c eval/replay.h eval/replay_run.c eval/replay_sets.c \
	eval/report.h eval/report_files.c eval/report_json.c \
	eval/report_table.c \
	eval/rounds.c eval/rounds.h eval/set.c eval/set.h eval/set_brp.c eval/set_join.c \
	eval/set_csv.c eval/set_make.h eval/set_maps.c eval/set_problem.c \
	eval/set_read.c eval/set_rows.c eval/set_rows.h eval/spec.c eval/spec.h \
	eval/summary.c eval/summary.h eval/synth.c eval/words.c \
	eval/words.h
eval_libreplay_la_LIBADD = eval/libeval.la client/libmaps.la

# Policies judged on a log.
noinst_LTLIBRARIES += eval/libope.la
eval_libope_la_SOURCES = \
	eval/cmd_convert.c eval/cmd_ope.c \
	eval/convert.c eval/convert.h \
	eval/direct.c eval/direct.h \
	eval/holdout.c eval/holdout.h \
	eval/judge.c eval/judge.h eval/judge_guard.c \
	eval/ope.c eval/ope.h \
	eval/ope_options.c eval/ope_options.h \
	eval/ope_show.c eval/ope_show.h \
	eval/thresholdout.c eval/thresholdout.h \
	eval/walk.c eval/walk.h
eval_libope_la_LIBADD = $(GSL_LIBS)

bin_PROGRAMS += eval/bandit-eval
eval_bandit_eval_SOURCES = eval/main.c eval/commands.h eval/cmd_plot.c \
	eval/cmd_recipe.c eval/cmd_replay.c eval/recipe.c eval/recipe.h \
	eval/replay_options.c eval/replay_options.h
eval_bandit_eval_LDADD = eval/libope.la eval/libreplay.la eval/libplot.la \
	client/libctl.la $(BANDIT)

# The demo's gateway: a set of prompts replayed through the socket.
noinst_PROGRAMS += eval/demo-gateway
eval_demo_gateway_SOURCES = eval/gateway.c
eval_demo_gateway_LDADD = eval/libeval.la $(FEATURES) client/libbanditd.la

EXTRA_DIST += data/README.md data/llmrouter_dev.brp data/paperhe_dev.brp \
	data/pareto_val.brp
