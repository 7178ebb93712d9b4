#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each benchmark runs, as short as it can be, and prints rows as bench.h has
# them, all of them numbers.  What the numbers are is for script/bench to say.
set -u
here=$top_builddir/tests/bench
dir=$(mktemp -d) || exit 99
daemon=
finish() {
	[ -z "$daemon" ] || kill "$daemon" && wait "$daemon"
	rm -rf "$dir"
} 2>/dev/null
trap finish EXIT

# The columns of bench.h; the case of a row and its name make it unique.
well_formed() {
	awk -F '\t' '
	function bad(what) { print "# line " NR ": " what; wrong = 1 }
	function number(s) { return s ~ /^-?[0-9.]+(e[-+][0-9]+)?$/ }
	NR == 1 {
		if ($0 != "name\tcase\tvalue\tunit\tmin\tmax\tratio\tbar\tmet")
			bad("other columns")
		next
	}
	NF != 9 { bad(NF " columns"); next }
	seen[$1, $2]++ { bad("twice: " $1 ", " $2) }
	!number($3) || !number($5) || !number($6) { bad("no number: " $0) }
	$5 + 0 > $3 + 0 || $3 + 0 > $6 + 0 { bad("no median: " $0) }
	$7 != "-" && !number($7) { bad("no ratio: " $0) }
	$8 == "-" && $9 != "-" { bad("met without a bar") }
	$8 != "-" && ($8 !~ /^[<>]=[0-9.]+$/ || $9 !~ /^(yes|no)$/) {
		bad("no bar: " $0)
	}
	END { if (NR < 2) bad("no rows"); exit wrong }' "$1"
}

number=0
check() { # name command ...
	local name=$1
	shift
	number=$((number + 1))
	if "$@" >"$dir/$name.tsv" 2>"$dir/$name.err" &&
		well_formed "$dir/$name.tsv"; then
		echo "ok $number - $name"
	else
		sed 's/^/# /' "$dir/$name.err"
		echo "not ok $number - $name"
	fi
}

check limits "$here/bench_limits" -q -d "$dir"
check kernels "$here/bench_kernels" -q
check growth "$here/bench_growth" -q
check replay "$here/bench_replay" -q
# Sanitizers have an allocator of their own, and a bench that times it.
tally=(-p "$(cd "$here" && pwd)/.libs/tally.so")
[ -z "${SANITIZE:-}" ] || tally=()
check daemon "$here/bench_daemon" -q -b "$top_builddir/daemon/banditd" \
	"${tally[@]}" -m "$dir" -d "$dir" \
	-x "$top_srcdir/data/llmrouter_dev.brp"

# The load of its own has another form: what was asked, and no errors.
echo 'router "default" { dimension = 8  arm "a0" { } }' >"$dir/conf"
"$top_builddir/daemon/banditd" -f -c "$dir/conf" -d "$dir/state" \
	-s "$dir/sock" 2>"$dir/log" &
daemon=$!
export BANDITD_SOCKET=$dir/sock
until "$top_builddir/client/banditctl" ping >/dev/null 2>&1; do
	kill -0 "$daemon" 2>/dev/null || break
done
load() { # the rate that it reached is not 0, and rewards were among it
	"$here/bench_load" -s "$dir/sock" -d 8 -t 0.05 "$@" >"$dir/load" 2>&1 &&
		grep -q '^[1-9][0-9]* requests per second, 0 errors$' \
			"$dir/load" && grep -q ^feedback "$dir/load"
}
for how in "-f 0.5" "-c 3 -p 5 -f 0.3 -e" "-c 2 -p 4 -f 0.5 -r 2000"; do
	number=$((number + 1))
	# shellcheck disable=SC2086 # the words of one load
	if load $how; then
		echo "ok $number - load $how"
	else
		sed 's/^/# /' "$dir/log" "$dir/load"
		echo "not ok $number - load $how"
	fi
done
echo "1..$number"
