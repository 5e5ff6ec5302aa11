# shellcheck shell=bash disable=SC2153,SC2154 # run.sh sets what is not set here.
# What happens to recipes/cluster/parallel, for run.sh, which sources this file. Each function is a scenario.

parallel_recipe() {
  RATION=$here/stopping.sh JOBS=2 PLAN_OPTIONS="--threads 1" APPLY_OPTIONS="--threads 1" \
    "$recipes/parallel/run.sh" "$MODEL" "$STATISTICS" "$BPW" "$OUT"
}

parallel_plainly() { parallel_recipe; }

# A file of machines, of which there is but this one.
parallel_hosts() {
  echo : >"$FOLDER/hosts"
  HOSTS=$FOLDER/hosts parallel_recipe
}

parallel_kill_worker() {
  local run
  ask "$1"
  parallel_recipe &
  run=$!
  await_stop "$1"
  kill -KILL "$PROCESS"
  if wait "$run"; then
    echo "the run of a killed worker succeeds" >&2
    return 1
  fi
  parallel_recipe
}

# Everything is killed at once.
parallel_kill_all() {
  local run
  ask "$1"
  set -m
  parallel_recipe &
  run=$!
  set +m
  await_stop "$1"
  kill -KILL -- "-$run"
  wait "$run" || true
  parallel_recipe
}
