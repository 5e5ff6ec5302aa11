#!/usr/bin/env bash
# Submits the four jobs that make a quantized model with Slurm: measure, plan, apply, finish.
#
#   submit.sh MODEL STATISTICS BPW OUT
#
# BPW is the target in bits per weight. OUT is the model to write, such as small.gguf. All files lie on a disk that the
# nodes share, and so do these scripts. The numbers of the jobs are printed.
#
# After a failure submit the same again. What is done stays, and what was begun goes on.
#
# Variables, with their defaults:
#   SHARES=8        tasks of each array
#   CPUS=8          cores of a task
#   SPLIT=48GiB     the largest size of a file of the output
#   PARTITION       the partition; by default the cluster's own choice
#   RATION=ration   the program
#   PLAN_OPTIONS    further options of both ration measure and ration plan, such as "--types iq4_k,q6_K"
#   APPLY_OPTIONS   further options of ration apply
#
# Variables of sbatch hold as well, such as SBATCH_ACCOUNT, SBATCH_TIMELIMIT and SBATCH_MEM_PER_NODE.
set -euo pipefail
[ $# = 4 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }

# The jobs find all that they need in their environment.
MODEL=$(realpath "$1")
STATISTICS=$(realpath "$2")
BPW=$3
OUT=$(realpath "$4")
WORK=$OUT.work
HERE=$(realpath "$(dirname "$0")")
export MODEL STATISTICS BPW OUT WORK HERE
export SHARES=${SHARES:-8} CPUS=${CPUS:-8} SPLIT=${SPLIT:-48GiB} RATION=${RATION:-ration}
export PLAN_OPTIONS=${PLAN_OPTIONS:-} APPLY_OPTIONS=${APPLY_OPTIONS:-}
mkdir -p "$WORK/measured" "$WORK/logs"

# Submits a job of this folder, and prints its number: sbatch adds the cluster's name where there are several.
submit() {
  local job
  job=$(sbatch --parsable --export=ALL --cpus-per-task="$CPUS" ${PARTITION:+"--partition=$PARTITION"} "$@")
  echo "${job%%;*}"
}
array=(--array="1-$SHARES" --output="$WORK/logs/%x-%A_%a.log")
single=(--output="$WORK/logs/%x-%j.log")
# Each job waits for the one before. If that fails, those after it are cancelled.
after=(--kill-on-invalid-dep=yes --dependency)

measure=$(submit "${array[@]}" "$HERE/measure.sbatch")
plan=$(submit "${single[@]}" "${after[@]}" "afterok:$measure" "$HERE/plan.sbatch")
apply=$(submit "${array[@]}" "${after[@]}" "afterok:$plan" "$HERE/apply.sbatch")
finish=$(submit "${single[@]}" "${after[@]}" "afterok:$apply" "$HERE/finish.sbatch")
printf '%s\n' "measure $measure" "plan $plan" "apply $apply" "finish $finish"
