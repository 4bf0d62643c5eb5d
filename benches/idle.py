#!/usr/bin/env python3
"""A daemon that has nothing to do: its memory and CPU; and what a thousand reloads leave behind.

  cargo build --release && benches/idle.py [PEOPLE] [SECONDS] [RELOADS]

Needs slapd and ldap-utils. The daemon has the environment that its unit gives it; it first delivers everybody, then idles.
Every reload loads another config. ROSTERD_DAEMON names another binary for it, such as that of the packages.
"""
import os, signal, statistics, subprocess, sys, time

from lab import lab
from measure import cpu, daemon, memory


def ask(at, command):
    return subprocess.run(at.rosterd(command, "--json"), capture_output=True, text=True, check=True).stdout


def reload(running, path, text):
    with open(path, "w") as f:
        f.write(text)
    running.child.send_signal(signal.SIGHUP)
    running.hear("READY=1")


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    reloads = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000
    with lab(people, more="schedule: 24h") as at, daemon(at, os.environ.get("ROSTERD_DAEMON")) as running:
        deadline = time.monotonic() + 300
        while f'"confirmed":{people},' not in ask(at, "runs"):
            assert time.monotonic() < deadline, ask(at, "status")
            time.sleep(0.1)
        before = cpu(running.pid)
        time.sleep(seconds)
        print(f"idle with {people} known: {cpu(running.pid) - before:.2f} s of CPU in {seconds} s, "
              "{:.1f} MB resident, {:.1f} MB at most".format(*memory(running.pid)))
        text = open(at.config).read()
        resident = []
        for turn in range(reloads):
            reload(running, at.config, text.replace("schedule: 24h", f"schedule: {24 + turn % 2}h"))
            resident.append(memory(running.pid)[0])
        tenth = max(1, reloads // 10)
        first, last = statistics.median(resident[:tenth]), statistics.median(resident[-tenth:])
        print(f"{reloads} reloads: {first:.1f} MB in the first tenth, {last:.1f} MB in the last")


main()
