#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Follows how-tos on a fresh machine each: a minimal Debian 12 in a folder of its own,
# with nothing but banditd, and no network other than its own once the packages are
# there; or with nothing but a clone, and the network, where the page begins in one.  As
# root; it needs debootstrap and a mirror, and takes minutes.
#     tests/gateways/fresh.sh STAGE PAGE...
# STAGE is where "make install DESTDIR=STAGE" has put banditd, for /usr.
set -euo pipefail

stage=$1
shift
python=${PYTHON:-python3}
here=$(cd "$(dirname "$0")" && pwd)
skip() {
	echo "check-howtos: skipped, as $1" >&2
	exit 77
}
[ "$(id -u)" = 0 ] || skip "only root can make a machine"
command -v debootstrap >/dev/null || skip "there is no debootstrap"
mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || skip "apt-get has no mirror"

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
base=${FRESH_BASE:-$work/base} # kept where it is given
if [ ! -d "$base" ]; then
	debootstrap --variant=minbase --include=ca-certificates bookworm \
		"$base" "$mirror" >"$work/log" ||
		{ tail "$work/log"; rm -rf "$base"; skip "the mirror fails"; }
fi
for file in sources.list sources.list.d apt.conf.d; do
	[ ! -e "/etc/apt/$file" ] || cp -rT "/etc/apt/$file" "$base/etc/apt/$file"
done

# The packages of the libraries that the installed programs link with; a package of
# banditd would depend on them.
libraries=$(for file in "$stage"/usr/sbin/* "$stage"/usr/bin/*; do ldd "$file"; done |
	sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
	dpkg -S "*/$(basename "$(readlink -f "$library")")" 2>/dev/null || true
done | sed 's/[:,].*//' | sort -u | grep '^lib' | grep -v '^libc6')

# Debian's init scripts start what a page starts; banditd starts as service/ says, with a
# user, a group and directories of its own.
stand_in() {
	cat <<-'END'
		#!/bin/sh
		set -eu
		banditd_start() {
			install -d -o banditd -g banditd -m 0750 /run/banditd
			install -d -o banditd -g banditd -m 0700 /var/lib/banditd
			RUNTIME_DIRECTORY=/run/banditd STATE_DIRECTORY=/var/lib/banditd \
				setpriv --reuid=banditd --regid=banditd --init-groups \
				banditd -c /etc/banditd/banditd.conf
		}
		verb=$1
		shift
		for name; do
			if [ "$name" = banditd ]; then
				case $verb in
				start | restart) banditd_start ;;
				esac
			else
				service "$name" "$verb"
			fi
		done
	END
}

follow() {
	local root=$work/machine
	rm -rf --one-file-system "$root"
	cp -a "$base" "$root"
	"$python" "$here/howto.py" --script "$1" >"$root/page.sh"
	mkdir -p "$root/usr/local/sbin"
	stand_in >"$root/usr/local/sbin/systemctl"
	chmod 755 "$root/usr/local/sbin/systemctl"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	local net=--net start=/root packages="apt-get update -qq"
	if head -n 1 "$root/page.sh" | grep -q clone; then
		net='' start=/root/banditd
		mkdir "$root$start"
		tar -C "$here/../.." --exclude=./build --exclude=./.git \
			--exclude=node_modules -c . | tar -C "$root$start" -x
	else
		cp -a "$stage/." "$root/"
		packages+=" && apt-get install -qq -y $(echo $libraries)
			$(grep '^apt-get install' "$root/page.sh" || true)"
	fi
	# The packages, while there is a network; their programs do not start by themselves.
	DEBIAN_FRONTEND=noninteractive chroot "$root" bash -euc "$packages" \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log"; return 1; }
	rm "$root/usr/sbin/policy-rc.d"
	chroot "$root" useradd --system --user-group --no-create-home \
		--home-dir /var/lib/banditd --shell /usr/sbin/nologin banditd
	# Everything that the page starts ends with this namespace.
	unshare $net --pid --mount --fork --kill-child bash -euc '
		root=$1 here=$2 python=$3 start=$4 net=$5
		mount -t proc proc "$root/proc"
		if [ -n "$net" ]; then
			ip link set lo up
			for port in 8001 8002 8003; do
				"$python" "$here/stub_models.py" "$port" "model-$port" &
				until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
					sleep 0.05
				done
			done
		fi
		chroot "$root" bash -c "cd $start && ldconfig && bash /page.sh"
	' fresh "$root" "$here" "$python" "$start" "$net"
}

failed=0
for page; do
	echo "== $page"
	follow "$page" & # as in a condition bash would go on after an error
	if wait "$!"; then
		echo "ok - $page"
	else
		echo "not ok - $page"
		failed=1
	fi
done
exit "$failed"
