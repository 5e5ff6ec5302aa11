"""Runs what the containers of Kubernetes jobs would run, one after another, on this machine.

    containers.py SETTINGS JOB… -- NAME=VALUE…

SETTINGS and JOB are manifests: a ConfigMap, and Jobs. NAME=VALUE takes the place of a setting. A container that fails
is run again, as often as its Job says, unless the Job names its exit code as hopeless. Needs PyYAML.
"""

import os
import subprocess
import sys

import yaml


def main(arguments):
    end = arguments.index("--")
    settings, *jobs = (yaml.safe_load(open(path)) for path in arguments[:end])
    data = settings["data"]
    for job in jobs:
        check(job["spec"], data)
    data |= dict(argument.split("=", 1) for argument in arguments[end + 1 :])
    for job in jobs:
        spec = job["spec"]
        if spec.get("completionMode") != "Indexed":
            run(spec, data, spec["backoffLimit"])
            continue
        for index in range(int(data["SHARES"])):
            run(spec, data | {"JOB_COMPLETION_INDEX": str(index)}, spec["backoffLimitPerIndex"])


def check(spec, data):
    """The numbers that a manifest repeats must be those of the settings."""
    if spec.get("completionMode") == "Indexed":
        assert str(spec["completions"]) == str(spec["parallelism"]) == data["SHARES"]
    container = spec["template"]["spec"]["containers"][0]
    assert str(container["resources"]["requests"]["cpu"]) == data["CPUS"]


def run(spec, environment, retries):
    container = spec["template"]["spec"]["containers"][0]
    hopeless = [
        code
        for rule in spec["podFailurePolicy"]["rules"]
        if rule["action"] == "FailJob"
        for code in rule["onExitCodes"]["values"]
    ]
    for _ in range(1 + retries):
        code = subprocess.run(
            container["command"] + container["args"], env=os.environ | environment
        ).returncode
        if code == 0:
            return
        print(f"a container ended with {code}", file=sys.stderr)
        if code in hopeless:
            break
    sys.exit(1)


main(sys.argv[1:])
