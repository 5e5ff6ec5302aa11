#!/usr/bin/env bash
# Stands in for ration. Runs it, and stops it in the middle of its work where a test asks for that.
#
# The file measure-2 in the folder $STOPS asks for share 2 of ration measure, and likewise apply-2, plan and finish. Its
# first process to begin answers with measure-2.stopped, which has its id and its node, or with measure-2.missed if it
# ended too early. REAL_RATION is the program.
set -euo pipefail

name=$1
arguments=" $* "
case $arguments in
*" --finish "*) name=finish ;;
*" --shard "*)
  share=${arguments##* --shard }
  share=${share%%/*}
  if [ "$share" = auto ]; then share=$((JOB_COMPLETION_INDEX + 1)); fi
  name=$name-$share
  ;;
esac
# Renaming succeeds for one process only.
mv "$STOPS/$name" "$STOPS/$name.begun" 2>/dev/null || exec "$REAL_RATION" "$@"

# Whether a process has a file of such a name open, with at least so many bytes.
has_open() {
  local file
  file=$(find "/proc/$1/fd" -lname "$2" -print -quit 2>/dev/null)
  [ -n "$file" ] && [ "$(stat -L -c %s "$file")" -ge "$3" ]
}

# A measurement that has kept something; a file that is being written; a plan or a check that has begun.
is_amid() {
  case $name in
  measure-*) has_open "$1" '*.cache-wal' 60000 ;;
  apply-*) has_open "$1" '*.partial' 1 ;;
  *) has_open "$1" '*.partial.journal' 0 ;;
  esac
}

# It is let go for a few milliseconds at a time, and looked at while it stands still.
"$REAL_RATION" "$@" &
process=$!
while kill -STOP "$process" 2>/dev/null; do
  if is_amid "$process"; then
    echo "$process ${SLURMD_NODENAME:-here}" >"$STOPS/$name.new"
    mv "$STOPS/$name.new" "$STOPS/$name.stopped"
    wait "$process"
    exit
  fi
  kill -CONT "$process"
  sleep 0.01
done
touch "$STOPS/$name.missed"
wait "$process"
