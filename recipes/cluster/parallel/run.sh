#!/usr/bin/env bash
# Plans and writes a quantized model with GNU parallel, on this machine or on several by ssh.
#
#   run.sh MODEL STATISTICS BPW OUT
#
# BPW is the target in bits per weight. OUT is the model to write, such as small.gguf. All files lie on a disk that the
# machines share, and so do these scripts.
#
# After a failure run the same again. What is done stays, and what was begun goes on. To do a stage anew all the same,
# delete its .joblog in OUT.work.
#
# Variables, with their defaults:
#   HOSTS           a file of machines, as --sshloginfile of parallel has it; by default this machine alone
#   SHARES=8        shares of each stage
#   JOBS=1          shares that a machine does at a time; each takes all its cores
#   SPLIT=48GiB     the largest size of a file of the output
#   RATION=ration   the program
#   PLAN_OPTIONS    further options of both ration measure and ration plan, such as "--types iq4_k,q6_K"
#   APPLY_OPTIONS   further options of ration apply
set -euo pipefail
[ $# = 4 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }

model=$(realpath "$1")
statistics=$(realpath "$2")
bpw=$3
out=$(realpath "$4")
work=$out.work
patiently=$(realpath "$(dirname "$0")/../patiently.sh")
ration=${RATION:-ration}
shares=${SHARES:-8}
split=${SPLIT:-48GiB}
read -ra plan_options <<<"${PLAN_OPTIONS:-}"
read -ra apply_options <<<"${APPLY_OPTIONS:-}"
mkdir -p "$work/measured"

# Runs a command for each share, whose number takes the place of {}. Shares that the log has as done are left out, those
# that failed are not.
for_each_share() {
  local log=$work/$1-$shares.joblog
  shift
  seq "$shares" | parallel --quote --jobs "${JOBS:-1}" ${HOSTS:+--sshloginfile "$HOSTS"} \
    --joblog "$log" --resume --resume-failed "$patiently" "$@"
}

for_each_share measure "$ration" measure "$model" --statistics "$statistics" "${plan_options[@]}" \
  --shard "{}/$shares" -o "$work/measured/{}-of-$shares.measured"

# The cache lies on this machine's own disk: SQLite wants its files on one machine. To fill it takes a moment.
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
"$ration" cache merge "$work"/measured/*-of-"$shares".measured --cache "$cache/measurements.sqlite" --strict

# The same plan comes out each time, so that one that is there may be replaced.
"$patiently" "$ration" plan "$model" --statistics "$statistics" "${plan_options[@]}" --target-bpw "$bpw" \
  --cache "$cache/measurements.sqlite" --force -o "$work/plan.recipe"

# The first file gets no tensors. It is written last, by one process.
apply=(
  "$ration" apply "$work/plan.recipe" "$model" "$out" --statistics "$statistics" --split-max-size "$split"
  --no-tensor-first-split "${apply_options[@]}"
)
for_each_share apply "${apply[@]}" --shard "{}/$shares"
"$patiently" "${apply[@]}" --finish
