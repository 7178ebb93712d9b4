# Pictures as numbers, through gnuplot or as text: of bandit-eval and banditctl.
noinst_LTLIBRARIES += plot/libfigure.la
plot_libfigure_la_SOURCES = \
	plot/canvas.c plot/canvas.h \
	plot/figure.c plot/figure.h plot/figure_gnuplot.c plot/figure_text.c \
	plot/gnuplot.c plot/gnuplot.h \
	plot/screen.c \
	plot/series_gnuplot.c plot/series_gnuplot.h \
	plot/shapes.c plot/shapes.h \
	plot/ticks.c plot/ticks.h
