# The log of demo-gateway: prints what was earned, writes the curves.
BEGIN {
	FS = OFS = "\t"
	window = 500
	print "step", "banditd", "running", "best_arm", "uniform" > curve
}
/^#/ {
	print substr($0, 3)
	next
}
$1 == "step" {
	next
}
{
	n++
	reward[n] = $4
	sum += $4; best += $5; uniform += $6; oracle += $7
	pulls[$3]++
	earned[$3] += $4
	decide[n] = $8; feedback[n] = $9
	busy += $8 + $9
	recent += $4 - (n > window ? reward[n - window] : 0)
	if (n % 10 == 0)
		print n, sum / n, n < window ? "nan" : recent / window, \
		    best / n, uniform / n > curve
}
function row(name, total) {
	printf "  %-34s %8.4f %+8.4f\n", name, total / n, (total - best) / n
}
# The middle of a[1..n]; sorts it (Shell's method).
function median(a,    gap, i, j, v) {
	for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
		for (i = gap + 1; i <= n; i++) {
			v = a[i]
			for (j = i; j > gap && a[j - gap] > v; j -= gap)
				a[j] = a[j - gap]
			a[j] = v
		}
	return a[int((n + 1) / 2)]
}
END {
	printf "  %-34s %8s %8s\n", "over " n " prompts", "reward", "vs best"
	row("uniform choice", uniform)
	row("best single arm, known afterwards", best)
	row("banditd", sum)
	row("best arm for each prompt", oracle)
	print ""
	for (arm in pulls)
		printf "  %-34s %7.1f %% of the decisions\n", arm, \
		    100 * pulls[arm] / n | "sort -t % -k 1.36nr"
	close("sort -t % -k 1.36nr")
	print ""
	printf "  decide %.0f us, reward on disk %.0f us (medians); " \
	    "%.0f decisions a second, one at a time\n", median(decide), \
	    median(feedback), n / busy * 1e6
}
