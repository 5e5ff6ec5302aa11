#!/usr/bin/env bash
# Runs a command of ration. Where another process is at the same work (exit code 6), waits and runs it again.
#
#   patiently.sh COMMAND…
#
# A double that waits finds the work done in the end. ration also gives exit code 6 for a file of other options, which
# no waiting cures: the command then fails after the last try.
#
# Variables, with their defaults: TRIES=5, WAIT=60 (seconds).
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
tries=${TRIES:-5}
wait=${WAIT:-60}

for ((try = 1; ; try++)); do
  status=0
  "$@" || status=$?
  if [ "$status" != 6 ] || [ "$try" -ge "$tries" ]; then
    exit "$status"
  fi
  echo "try $try of $tries: waiting $wait seconds" >&2
  sleep "$wait"
done
