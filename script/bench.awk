# SPDX-License-Identifier: GPL-3.0-or-later
# The rows that have a bar, of the tables of the benchmarks (tests/bench/bench.h).
BEGIN {
	FS = "\t"
	line = "%-50s %-11s %9s %9s %9s %-5s %7s %s\n"
	printf line, "", "", "median", "min", "max", "", "bar", "met"
}
FNR > 1 && $8 != "-" {
	printf line, $1, $2, $3, $5, $6, $4, $8, $9
	bars++
	met += $9 == "yes"
}
END { printf "%d of %d bars met\n", met, bars }
