noinst_LTLIBRARIES += eval/libeval.la
eval_libeval_la_SOURCES = \
	eval/brp.c eval/brp_file.c eval/brp.h eval/bytes.h \
	eval/order.c eval/order.h
eval_libeval_la_LIBADD = $(GSL_LIBS)

# Pictures of what a replay has written.
noinst_LTLIBRARIES += eval/libplot.la
eval_libplot_la_SOURCES = \
	eval/canvas.c eval/canvas.h \
	eval/figure.c eval/figure.h eval/figure_gnuplot.c eval/figure_text.c \
	eval/gnuplot.c eval/gnuplot.h \
	eval/plot.c eval/plot.h eval/plot_calibration.c eval/plot_curve.c \
	eval/plot_read.c eval/plot_read.h eval/plot_share.c \
	eval/series_gnuplot.c eval/series_gnuplot.h \
	eval/ticks.c eval/ticks.h eval/tsv.c eval/tsv.h

# Policies that play sets.
noinst_LTLIBRARIES += eval/libreplay.la
eval_libreplay_la_SOURCES = \
	eval/play_bandit.c eval/player.c eval/player.h eval/players.h \
	eval/replay.c eval/replay.h eval/replay_run.c \
	eval/report.h eval/report_files.c eval/report_json.c \
	eval/report_table.c \
	eval/set.c eval/set.h eval/set_brp.c \
	eval/set_make.h eval/set_problem.c eval/spec.c eval/spec.h \
	eval/summary.c eval/summary.h eval/synth.c
eval_libreplay_la_LIBADD = eval/libeval.la

bin_PROGRAMS += eval/bandit-eval
eval_bandit_eval_SOURCES = eval/main.c eval/commands.h eval/cmd_plot.c \
	eval/cmd_replay.c
eval_bandit_eval_LDADD = eval/libreplay.la eval/libplot.la $(BANDIT)

# The demo's gateway: a set of prompts replayed through the socket.
noinst_PROGRAMS += eval/demo-gateway
eval_demo_gateway_SOURCES = eval/gateway.c
eval_demo_gateway_LDADD = eval/libeval.la $(FEATURES) client/libbanditd.la

EXTRA_DIST += data/README.md data/llmrouter_dev.brp data/paperhe_dev.brp \
	data/pareto_val.brp
