#!/usr/bin/env bash
# Runs recipes/cluster on the demo model, with a Slurm cluster on this machine, with GNU parallel, and as containers would.
# Lets workers, nodes and schedulers end in the midst of it, and compares all files with those of single processes.
#
#   Tests/Cluster/run.sh [PATTERN]
#
# PATTERN chooses scenarios, such as "node". RATION is the program, by default that of the release build. PYTHON has
# PyYAML. Needs slurm-wlm, munge and parallel; `make cluster-test` installs them. It takes some minutes.
set -euo pipefail
[ $# -le 1 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
pattern=${1:-.}
here=$(realpath "$(dirname "$0")")
root=$(realpath "$here/../..")
recipes=$root/recipes/cluster
REAL_RATION=$(realpath "${RATION:-$root/.build/release/ration}")
MODEL=$root/calibration/folio-4m-BF16.gguf
STATISTICS=$root/calibration/folio.statistics.gguf
BPW=4

FOLDER=$(mktemp -d)
SLURM=$FOLDER/slurm
STOPS=$FOLDER/stops
mkdir "$SLURM" "$STOPS"
# Settings of whoever runs this do not count.
for variable in "${!SLURM_@}" "${!SBATCH_@}" "${!PARALLEL_@}"; do unset "$variable"; done
export REAL_RATION STOPS SHARES=4 SPLIT=300K WAIT=1 TRIES=100
# shellcheck source=slurm.sh
source "$here/slurm.sh"
# shellcheck source=slurm-scenarios.sh
source "$here/slurm-scenarios.sh"
# shellcheck source=parallel-scenarios.sh
source "$here/parallel-scenarios.sh"
# shellcheck source=container-scenarios.sh
source "$here/container-scenarios.sh"

# await WHAT COMMAND…: waits until a command succeeds, for three minutes.
await() {
  local what=$1 begun=$SECONDS
  shift
  until "$@"; do
    if ((SECONDS - begun > 180)); then
      echo "waited for three minutes for $what" >&2
      return 1
    fi
    sleep 0.2
  done
}

# Asks to stop a worker in the midst of its work: stopping.sh does that.
ask() { touch "$STOPS/$1"; }

# Waits until that worker stands still, and learns its process and node.
await_stop() {
  await "a stop of $1" has_answered "$1"
  read -r PROCESS NODE <"$STOPS/$1.stopped"
  rm "$STOPS/$1.stopped"
  echo "$PROCESS" >>"$FOLDER/stopped"
}
has_answered() {
  if [ -e "$STOPS/$1.missed" ]; then
    echo "$1 has ended before it could be stopped" >&2
    exit 1
  fi
  [ -e "$STOPS/$1.stopped" ]
}

# What single processes make of the same: the recipe, the model and the measurements of each share.
make_reference() {
  local out=$FOLDER/reference/out.gguf share
  mkdir -p "$out.work/measured"
  "$REAL_RATION" plan "$MODEL" --statistics "$STATISTICS" --target-bpw "$BPW" --cache "$FOLDER/reference.sqlite" \
    -o "$out.work/plan.recipe" --quiet
  "$REAL_RATION" apply "$out.work/plan.recipe" "$MODEL" "$out" --statistics "$STATISTICS" --split-max-size "$SPLIT" \
    --no-tensor-first-split --quiet
  for ((share = 1; share <= SHARES; share++)); do
    "$REAL_RATION" measure "$MODEL" --statistics "$STATISTICS" --shard "$share/$SHARES" --quiet \
      -o "$out.work/measured/$share-of-$SHARES.measured"
  done
}

# scenario WHAT COMMAND…: runs a scenario in a folder of its own, which must then have the files of the reference, and
# no others but logs.
scenario() {
  local what=$1 begun=$SECONDS status=0 result=identical
  shift
  [[ $what =~ $pattern ]] || return 0
  count=$((count + 1))
  export OUT=$FOLDER/$count/out.gguf
  mkdir "$FOLDER/$count"
  rm -f "$STOPS"/*
  set +e
  (set -e && "$@") >"$FOLDER/$count.log" 2>&1
  status=$?
  set -e
  if [ $status != 0 ]; then
    result=FAILED
  elif ! diff --recursive --exclude=logs --exclude='*.joblog' "$FOLDER/reference" "$FOLDER/$count" \
    >>"$FOLDER/$count.log"; then
    result=DIFFERENT
  fi
  if [ $result != identical ]; then
    failed=$((failed + 1))
    tail -n 30 "$FOLDER/$count.log" "$OUT".work/logs/* >&2 || true
    release_all
  fi
  printf '%-76s %4d s  %s\n' "$what" $((SECONDS - begun)) $result | tee -a "$FOLDER/table"
}

# Ends what a scenario may have left: jobs, and workers that stand still.
release_all() {
  local process
  [ ! -e "$SLURM_CONF" ] || scancel --user="$(id -un)" || true
  while read -r process; do
    if tr '\0' ' ' <"/proc/$process/cmdline" | grep -qF "$FOLDER"; then kill -KILL "$process"; fi
  done <"$FOLDER/stopped" 2>/dev/null
}

# shellcheck disable=SC2317 # The trap calls it.
finish() {
  local status=$?
  trap - EXIT
  set +e
  release_all
  stop_slurm
  if [ "$status" = 0 ]; then rm -rf "$FOLDER"; else echo "what is left lies in $FOLDER" >&2; fi
  exit "$status"
}

count=0
failed=0
trap finish EXIT
make_reference
start_slurm

scenario "Slurm: nothing goes wrong" slurm_plainly
for part in measure-2 plan apply-2 finish; do
  scenario "Slurm: $part is put back with scontrol requeue" slurm_requeue $part
  scenario "Slurm: the worker of $part is killed, and all submitted again" slurm_kill $part
  scenario "Slurm: $part is cancelled with scancel, and all submitted again" slurm_cancel $part
  scenario "Slurm: all is submitted twice; the double of $part waits" slurm_twice $part
  scenario "Slurm: all is submitted twice; the double of $part takes over a killed one" slurm_twice_and_kill $part
done
for part in measure-2 apply-2; do
  scenario "Slurm: the node of $part is lost" slurm_lose_node $part
done
scenario "Slurm: the controller is killed during measure-2, and started again" slurm_lose_controller measure-2

scenario "parallel: nothing goes wrong" parallel_plainly
scenario "parallel: with a file of machines" parallel_hosts
for part in measure-2 apply-2; do
  scenario "parallel: the worker of $part is killed, and all run again" parallel_kill_worker $part
  scenario "parallel: everything is killed during $part, and run again" parallel_kill_all $part
done

scenario "Kubernetes: what the containers run" containers
for part in measure-2 plan apply-2 finish; do
  scenario "Kubernetes: the worker of $part is killed, and the pod replaced" containers_kill $part
done

echo "$((count - failed)) passed, $failed failed"
[ $failed = 0 ]
