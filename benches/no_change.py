#!/usr/bin/env python3
"""A no-change sync beside ldapsearch, on one server, alternately; and the first sync before them.

  cargo build --release && benches/no_change.py slapd|samba [PEOPLE] [ROUNDS]

Needs ldap-utils, and slapd, or Samba and root (see tests/samba). Prints wall, CPU and peak memory of both as medians, and
the ratios within the same round: ratios hold on a busy machine, single times do not. Everything lives in a temporary
folder and on loopback.
"""
import json, os, statistics, subprocess, sys, tempfile, time

from lab import ROSTERD, lab, samba, slapd


def timed(command):
    """Runs a command as a whole process: wall seconds, CPU seconds, peak MB, the end of its standard output."""
    # Only the end is read: a child's peak counts from its parent's at the fork.
    out = tempfile.TemporaryFile()
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    out.seek(max(0, out.seek(0, os.SEEK_END) - 4096))
    text = out.read()
    if child.returncode != 0:
        sys.exit(f"{command[0]} ended with {child.returncode}: {text[-400:]!r}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def row(name, runs):
    wall, cpu, peak = (statistics.median(r[i] for r in runs) for i in range(3))
    print(f"{name:<34} wall {wall:7.2f} s   CPU {cpu:7.2f} s   peak {peak:6.1f} MB")


def main():
    directory = {"slapd": slapd, "samba": samba}[sys.argv[1]]
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    with lab(people, directory=directory) as (folder, asked):
        sync = [ROSTERD, "--config", f"{folder}/rosterd.yaml", "sync", "--json"]
        search = ["ldapsearch", "-LLL", "-E", "pr=1000/noprompt", *asked]

        first = timed(sync)
        done = json.loads(first[3])
        assert done["delivery"]["confirmed"] == people, done
        row(f"first sync of {people}", [first])
        timed(search)
        pairs = []
        for _ in range(rounds):
            reference, ours = timed(search), timed(sync)
            assert json.loads(ours[3])["members"]["unchanged"] == people
            pairs.append((reference, ours))
        row("ldapsearch -E pr=1000/noprompt", [p[0] for p in pairs])
        row("no-change rosterd sync", [p[1] for p in pairs])
        for i, name in ((0, "wall"), (1, "CPU")):
            ratios = sorted(p[1][i] / p[0][i] for p in pairs)
            print(f"{name} ratio: median {statistics.median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f}, {rounds} rounds")
        print(f"store: {os.path.getsize(folder + '/state/state.db') / people:.0f} bytes a member")


main()
