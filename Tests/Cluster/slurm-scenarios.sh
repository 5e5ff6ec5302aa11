# shellcheck shell=bash disable=SC2153,SC2154 # run.sh sets what is not set here.
# What happens to recipes/cluster/slurm on a cluster, for run.sh, which sources this file. Each function is a scenario.
# "measure-2" is share 2 of the measuring; "plan" and "finish" are tasks of their own.

# The numbers of the jobs that were submitted last, by stage.
declare -A JOB
# All that were submitted.
ALL=()

submit() {
  local stage number
  while read -r stage number; do
    JOB[$stage]=$number
    ALL+=("$number")
  done < <(RATION=$here/stopping.sh CPUS=1 "$recipes/slurm/submit.sh" "$MODEL" "$STATISTICS" "$BPW" "$OUT")
  [ -n "${JOB[finish]:-}" ]
}

# The task that does a piece of work, as Slurm names it.
task() {
  case $1 in
  *-*) echo "${JOB[${1%-*}]}_${1#*-}" ;;
  *) echo "${JOB[$1]}" ;;
  esac
}

has_ended() { [ -z "$(squeue --noheader --jobs="$1" 2>/dev/null)" ]; }
has_state() { scontrol show job --oneliner "$1" | grep -q "JobState=$2 "; }

# Waits until all jobs have ended.
end_all() {
  local job
  for job in "${ALL[@]}"; do await "the end of job $job" has_ended "$job"; done
}

# Submits everything, and waits until a worker stands still.
submit_and_stop() {
  ask "$1"
  submit
  await_stop "$1"
}

# Slurm lets a task that was put back wait for two minutes. This one begins at once.
begin_now() {
  await "a new start of $1" has_state "$(task "$1")" PENDING
  scontrol update job="$(task "$1")" StartTime=now
}

slurm_plainly() {
  submit
  end_all
}

slurm_requeue() {
  submit_and_stop "$1"
  scontrol requeue "$(task "$1")"
  begin_now "$1"
  end_all
}

# The jobs after a task that has failed are cancelled.
slurm_kill() {
  submit_and_stop "$1"
  kill -KILL "$PROCESS"
  await "the failure of $1" has_state "$(task "$1")" FAILED
  end_all
  submit
  end_all
}

slurm_cancel() {
  submit_and_stop "$1"
  scancel "$(task "$1")"
  submit
  end_all
}

# Submits everything twice: what the stopped worker has in its hands, its double waits for.
submit_double() {
  submit_and_stop "$1"
  submit
  await "the double of $1" grep -q waiting "$OUT.work/logs/ration-${1%-*}-$(task "$1").log"
}

slurm_twice() {
  submit_double "$1"
  kill -CONT "$PROCESS"
  end_all
}

# The double takes over.
slurm_twice_and_kill() {
  submit_double "$1"
  kill -KILL "$PROCESS"
  end_all
}

# A power cut at one node: its daemon and all that it runs are gone at once. Slurm finds that out after half a minute,
# and puts the task back by itself.
slurm_lose_node() {
  local doomed
  submit_and_stop "$1"
  mapfile -t doomed < <(ancestry "$PROCESS")
  kill -KILL "$(cat "$SLURM/$NODE.pid")" "${doomed[@]}"
  begin_now "$1"
  end_all
  start_node "$NODE"
  await_nodes
}

# The controller is killed, the worker goes on without it, and another controller begins from what is on the disk.
slurm_lose_controller() {
  submit_and_stop "$1"
  # Slurm saves the state of jobs every five seconds.
  sleep 6
  kill -KILL "$(cat "$SLURM/slurmctld.pid")"
  kill -CONT "$PROCESS"
  sleep 3
  start_controller
  end_all
}

# The process that Slurm started above another one, and those between them, from above.
ancestry() {
  local process=$1 all=()
  until [ "$(cat "/proc/$process/comm")" = slurmstepd ]; do
    all=("$process" "${all[@]}")
    process=$(awk '$1 == "PPid:" { print $2 }' "/proc/$process/status")
  done
  printf '%s\n' "$process" "${all[@]}"
}
