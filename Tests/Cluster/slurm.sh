# shellcheck shell=bash
# A Slurm cluster of several nodes on this machine, for whoever sources this file. Daemons belong to the user who starts
# them, and all they write is in the folder $SLURM. Needs slurm-wlm and munge, without their services.

export SLURM_CONF=$SLURM/slurm.conf
PATH=$PATH:/usr/sbin
NODES=(node1 node2 node3)

# A stretch of as many ports as nodes and one more, none of which anybody listens on.
free_ports() {
  local first port
  while :; do
    first=$((20000 + RANDOM % 10000))
    for ((port = first; port <= first + ${#NODES[@]}; port++)); do
      if (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null; then continue 2; fi
    done
    echo "$first"
    return
  done
}

start_munge() {
  mkdir -m 755 "$SLURM/munge"
  (umask 077 && head -c 128 /dev/urandom >"$SLURM/munge/key")
  munged --force --num-threads=2 --key-file="$SLURM/munge/key" --socket="$SLURM/munge/socket" \
    --pid-file="$SLURM/munge/pid" --log-file="$SLURM/munge/log" --seed-file="$SLURM/munge/seed" 2>>"$SLURM/munge/log"
}

configure_slurm() {
  local user host port
  user=$(id -un)
  host=$(hostname -s)
  port=$(free_ports)
  mkdir "$SLURM/state" "$SLURM/spool"
  cat >"$SLURM_CONF" <<EOF
ClusterName=ration
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$SLURM/munge/socket
StateSaveLocation=$SLURM/state
SlurmctldPidFile=$SLURM/slurmctld.pid
SlurmctldLogFile=$SLURM/slurmctld.log
SlurmdSpoolDir=$SLURM/spool/%n
SlurmdPidFile=$SLURM/%n.pid
SlurmdLogFile=$SLURM/%n.log
JobCompType=jobcomp/filetxt
JobCompLoc=$SLURM/completed
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
# Seconds until a node that does not answer is down, and until a task that was told to end is killed.
SlurmdTimeout=6
KillWait=2
NodeName=node[1-${#NODES[@]}] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + ${#NODES[@]}))] CPUs=1
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE
EOF
}

start_controller() { slurmctld; }

# start_node NAME
start_node() { slurmd -N "$1"; }

# Waits until all nodes take jobs.
await_nodes() {
  for _ in {1..300}; do
    [ "$(sinfo --noheader --Node --states=idle --format=%N 2>/dev/null | wc -l)" = "${#NODES[@]}" ] && return
    sleep 0.2
  done
  echo "the nodes of Slurm do not start" >&2
  tail -n 5 "$SLURM"/*.log >&2
  return 1
}

start_slurm() {
  local node
  start_munge
  configure_slurm
  start_controller
  for node in "${NODES[@]}"; do start_node "$node"; done
  await_nodes
}

# Ends all daemons. What they do not give up in time is killed.
stop_slurm() {
  local file process
  for file in "$SLURM"/node*.pid "$SLURM/slurmctld.pid" "$SLURM/munge/pid"; do
    process=$(cat "$file" 2>/dev/null) || continue
    kill "$process" 2>/dev/null || continue
    for _ in {1..50}; do
      kill -0 "$process" 2>/dev/null || continue 2
      sleep 0.1
    done
    kill -KILL "$process" 2>/dev/null
  done
}
