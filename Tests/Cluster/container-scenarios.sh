# shellcheck shell=bash disable=SC2153,SC2154 # run.sh sets what is not set here.
# What happens to the jobs of recipes/cluster/kubernetes, for run.sh, which sources this file. No cluster is there: their
# containers' commands run as processes. Each function is a scenario.

containers() {
  local jobs=("$recipes"/kubernetes/{measure,plan,apply,finish}.yaml)
  mkdir -p "$FOLDER/bin"
  ln -sf "$here/stopping.sh" "$FOLDER/bin/ration"
  PATH=$FOLDER/bin:$PATH "${PYTHON:-python3}" "$here/containers.py" "$recipes/kubernetes/settings.yaml" "${jobs[@]}" -- \
    MODEL="$MODEL" STATISTICS="$STATISTICS" BPW="$BPW" OUT="$OUT" WORK="$OUT.work" SPLIT="$SPLIT" \
    SHARES="$SHARES" CPUS=1
}

containers_kill() {
  local run
  ask "$1"
  containers &
  run=$!
  await_stop "$1"
  kill -KILL "$PROCESS"
  wait "$run"
}
