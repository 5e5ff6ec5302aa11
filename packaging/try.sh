#!/usr/bin/env bash
# Tries what `make dist` made where nothing else of Ration is: in a minimal Debian, without Swift. First the archive,
# without OpenBLAS and with it; then the Debian package: installed with what it depends on, used, and purged.
#
#   packaging/try.sh PACKAGES
#
# Needs root, debootstrap and a mirror: MIRROR, or Debian's own. SUITE is the release of Debian, bookworm if it is not
# set. It takes some minutes, and a gigabyte in TMPDIR.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
packages=$(realpath "$1")
[ "$(id -u)" = 0 ] || { echo "make dist-test needs root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "make dist-test needs debootstrap" >&2; exit 1; }
(cd "$packages" && sha256sum --check --strict SHA256SUMS)

root=$(mktemp -d)
# Whatever is mounted in it must be gone before it is removed.
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
chmod 755 "$root"
debootstrap --variant=minbase "${SUITE:-bookworm}" "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$root.log" ||
  { cat "$root.log"; exit 1; }
rm "$root.log"
mount -t proc proc "$root/proc"

say() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
# As root; and as a user who may write nothing but /home/try, from a folder that is not his.
administer() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
use() {
  chroot --userspec=1234:1234 "$root" /usr/bin/env -i -C / PATH="$programs:/usr/bin:/bin" HOME=/home/try TMPDIR=/home/try "$@"
}
apt() { administer apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" >"$root/apt.log" 2>&1 || { cat "$root/apt.log"; exit 1; }; rm "$root/apt.log"; }
# Every file but those of the package tools, of users and of the running system.
files() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt \
    -o -path ./var/lib/dpkg -o -path ./home/try -o -path ./tmp \) -prune -o -print | LC_ALL=C sort)
}
plan_and_apply() {
  use ration plan "$1/folio-4m-BF16.gguf" --statistics "$1/folio.statistics.gguf" --target-bpw 4.0 \
    -o /home/try/plan.recipe --quiet
  use ration apply /home/try/plan.recipe "$1/folio-4m-BF16.gguf" /home/try/planned.gguf \
    --statistics "$1/folio.statistics.gguf" --quiet
  use ration verify /home/try/planned.gguf --against "$1/folio-4m-BF16.gguf" --quiet
  rm "$root"/home/try/plan*
}
# What needs OpenBLAS says so where there is none.
refuse() {
  local status=0 said
  said=$(use ration "$@" 2>&1) || status=$?
  echo "$said"
  [ "$status" = 5 ] || fail "exit code $status, where it should be 5"
  [[ $said == *"without OpenBLAS"* ]] || fail "the message does not name OpenBLAS"
}
apt update
apt install --no-install-recommends man-db
install -d -o 1234 -g 1234 "$root/home/try"
before=$(files)

say "The archive, in another folder, in a system without SQLite"
mkdir -p "$root/opt/elsewhere"
tar -xzf "$packages"/ration-*.tar.gz --strip-components=1 -C "$root/opt/elsewhere"
programs=/opt/elsewhere/bin
use ration --version && fail "ration runs without SQLite: its dependencies have changed"

say "With SQLite and OpenBLAS"
apt install libsqlite3-0 libopenblas0
calibration=/opt/elsewhere/share/ration/calibration
use ration demo | tail -n 20
use ration calibrate $calibration/folio-4m-BF16.gguf --tokens 2048 -o /home/try/statistics.gguf \
  --covariance /home/try/moments.gguf --quiet

say "Without OpenBLAS"
apt purge --autoremove libopenblas0
use ration --version
use ration recipe convert q8_0 --to custom-q
plan_and_apply $calibration
refuse evaluate $calibration/folio-4m-BF16.gguf $calibration/folio-4m-BF16.gguf
refuse apply iq4_kss $calibration/folio-4m-BF16.gguf /home/try/refused.gguf --statistics /home/try/statistics.gguf \
  --compensate /home/try/moments.gguf

say "The archive and what it needed are removed"
rm -rf "$root/opt/elsewhere" "$root"/home/try/*
apt purge --autoremove libsqlite3-0
[ "$(files)" = "$before" ] || { diff <(echo "$before") <(files) || true; fail "something is left"; }

say "The Debian package"
cp "$packages"/ration_*.deb "$root/tmp"
apt install --no-install-recommends "/tmp/$(basename "$packages"/ration_*.deb)"
programs=/usr/bin
administer dpkg --verify ration
use ration --version
use ration recipe convert q8_0 --to custom-q
plan_and_apply /usr/share/ration/calibration
use ration demo | tail -n 20
for file in man/man1/ration.1.gz man/man1/ration-recipe-show.1.gz bash-completion/completions/ration \
  zsh/vendor-completions/_ration fish/vendor_completions.d/ration.fish ration/LICENSE ration/NOTICE; do
  [ -s "$root/usr/share/$file" ] || fail "share/$file is missing"
done

say "man ration"
use man ration | head -n 5

say "Purged"
apt purge --autoremove ration
[ "$(files)" = "$before" ] || { diff <(echo "$before") <(files) || true; fail "something is left"; }
echo "Nothing is left."
