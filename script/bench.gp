# SPDX-License-Identifier: GPL-3.0-or-later
# One part of the benchmarks: a line for each row, its median and extremes.
# out, title and axis are given on the command line; script/bench-plot.awk has
# made the lines from the rows.
lines = out.".plot"
set datafile separator "\t"
stats lines using 2 nooutput
set terminal svg size 1100,120 + 17 * STATS_records font "sans,12" \
	background "white"
set output out.".svg"
set title title
set xlabel axis
set logscale x
set yrange [STATS_records - 0.5:-0.5]
set lmargin 64
set key off
set border 3 lc rgb "#555555"
set tics nomirror out
set grid x lc rgb "#e4e4e4" lw 1 lt 1
plot lines using 2:0:3:4:ytic(1) with xerrorbars pt 7 ps 0.6 lw 1.5 \
	lc rgb "#0b61a4"
