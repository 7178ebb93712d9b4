#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The completion of bash: what follows each line, as readline would ask for it.
command -v bash >/dev/null || { echo '1..0 # SKIP no bash'; exit 0; }

PATH=$(cd "${top_builddir:-.}/client" && pwd):$PATH
BANDITD_SOCKET=/nowhere # so that banditctl's own table is shown
export PATH BANDITD_SOCKET

completed() {
	bash -c '. "$1"
		COMP_WORDBREAKS=" \"'"'"'><=;|&(:"
		COMP_LINE=$2 COMP_POINT=${#2}
		_banditctl
		echo "${COMPREPLY[*]}"' bash \
		"${top_srcdir:-.}/client/completion/banditctl.bash" "$1"
}

n=0
failed=0
check() {
	n=$((n + 1))
	got=$(completed "$1")
	if [ "$got" = "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1: \"$got\" is not \"$2\""
		failed=1
	fi
}

echo 1..15
check 'banditctl pi' 'ping'
check 'banditctl arm e' 'enable'
check 'banditctl arms' 'arms'
check 'banditctl -j -s /nowhere st' 'state-hash status'
check 'banditctl -' '-b -j -s -t -V'
check 'banditctl -s ' ''
check 'banditctl arm enable x co' 'cost='
check 'banditctl arm enable x cost' 'cost='
check 'banditctl arm set x enabled=t' 'true'
check 'banditctl decide [1] explain=' 'false true'
check 'banditctl ping ' ''
check 'banditctl help arm dis' 'disable'
check 'banditctl to' 'top'
check 'banditctl do' 'doctor'
check 'banditctl plot cu' 'curve'
exit $failed
