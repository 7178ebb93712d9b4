# SPDX-License-Identifier: GPL-3.0-or-later
# Rows of the benchmarks (tests/bench/bench.h) as lines to draw: a label, the
# middle, the extremes.  Of part "limits" all values; of "kernels" and "growth"
# the ratios that have no bar; of "daemon" what is in microseconds.
BEGIN {
	FS = OFS = "\t"
}
FNR == 1 || $8 != "-" {
	next
}
part == "limits" || (part == "daemon" && $4 == "us") {
	print $1 ", " $2 (part == "limits" ? " (" $4 ")" : ""), $3, $5, $6
}
(part == "kernels" || part == "growth") && $7 != "-" && $3 > 0 {
	print $1 ", " $2, $7, $7 * $5 / $3, $7 * $6 / $3
}
