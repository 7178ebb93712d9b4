# The learning curve; name, curve, out and half are given on the command line.
set title "Mean reward of the answers: ".name noenhanced
set xlabel "prompts answered"
set ylabel "mean reward"
set bmargin 7
set key below horizontal maxrows 2 samplen 3
set grid lc rgb "#e4e4e4" lw 1 lt 1
set border 3 lc rgb "#555555"
set tics nomirror out
set format y "%.2f"
set arrow from first half, graph 0 to first half, graph 1 nohead \
	dt 3 lw 1.5 lc rgb "#555555"
set label "kill -9, restart" at first half, graph 0.97 offset 0.8, 0 \
	tc rgb "#555555"

# Over all prompts of the replay, as lines all along.
last(n) = real(system(sprintf("tail -n 1 '%s' | cut -f %d", curve, n)))
best = last(4)
uniform = last(5)

do for [type in "svg png"] {
	if (type eq "svg") {
		set terminal svg size 900,560 font "sans,14" background "white"
	} else {
		set terminal pngcairo size 1350,840 font "sans,15" \
			background "white"
	}
	set output sprintf("%s.%s", out, type)
	plot curve using 1:3 with lines lw 1.5 lc rgb "#8fbbe0" \
			title "banditd, last 500 prompts", \
		curve using 1:2 with lines lw 3 lc rgb "#0b61a4" \
			title "banditd, all so far", \
		best with lines lw 2 dt 2 lc rgb "#b3541e" \
			title "best single arm, known afterwards", \
		uniform with lines lw 2 dt 4 lc rgb "#777777" \
			title "uniform choice"
	set output
}
