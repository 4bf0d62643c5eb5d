#!/usr/bin/env python3
"""Syncs that read only whoever may have changed: with nothing changed, and with ten people, alternately; as commands, and
in a daemon.

  cargo build --release && benches/delta.py slapd|samba [PEOPLE] [ROUNDS] [WAY]

Needs ldap-utils, and slapd, or Samba and root (see tests/samba). WAY is what `changes` says, `auto` unless told otherwise.
Every delta must find exactly what was changed, and a full reading in the end nothing that they missed. On slapd also
what it costs when the server has lost its session log, beside ldapsearch in the same round. Everything lives in a
temporary folder and on loopback. ROSTERD names another binary. With few people the guard holds what so many rounds change: 2,000
bear seven.
"""
import json, sys

from company import ACTIVE, CHANGED, Company
from lab import lab, samba, slapd_with_changes
from measure import beside, cpu, daemon, memory, ratios, row, spread, timed

def commands(at, company, rounds):
    """A process each."""
    sync, runs = at.rosterd("sync", "--json"), {0: [], CHANGED: []}
    for _ in range(rounds):
        for changed in runs:
            if changed:
                company.change()
            runs[changed].append(timed(sync))
            company.check(json.loads(runs[changed][-1][3]), changed)
    for changed, of in runs.items():
        row(f"delta, {changed} changes", of)
        spread("  wall", [run[0] for run in of])
        spread("  peak", [run[2] for run in of], "MB", 1)


def inside(at, company, rounds):
    """Runs in a daemon that somebody asks for; how long they took is what the daemon says."""
    sync, runs = at.rosterd("sync", "--json"), {0: [], CHANGED: []}
    with daemon(at) as running:
        before = cpu(running.pid)
        for _ in range(rounds):
            for changed in runs:
                if changed:
                    company.change()
                company.check(json.loads(timed(sync)[3]), changed)
                runs[changed].append(running.next_run()["seconds"])
        for changed, seconds in runs.items():
            spread(f"in the daemon, {changed} changes", [1000 * s for s in seconds], "ms", 1)
        print("daemon: {:.0f} ms of CPU a run, {:.1f} MB resident, {:.1f} MB at most".format(
            1000 * (cpu(running.pid) - before) / (2 * rounds), *memory(running.pid)), flush=True)


def without_session_log(at, company, rounds):
    """The server can only tell who is there."""
    search, sync = ["ldapsearch", "-LLL", "-E", "pr=1000/noprompt", *at.directory.search], at.rosterd("sync", "--json")

    def reference():
        company.change()
        at.directory.restart()
        timed(search)
        return timed(search)

    def ours():
        run = timed(sync)
        company.check(json.loads(run[3]), CHANGED)
        return run

    pairs = beside(reference, ours, rounds)
    row("ldapsearch -E pr=1000/noprompt", [p[0] for p in pairs])
    row("delta without session log", [p[1] for p in pairs])
    for i, name in ((0, "wall"), (1, "CPU")):
        spread(f"  {name} ratio", ratios(pairs, i), "", 2)


def main():
    kind = sys.argv[1]
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    way = sys.argv[4] if len(sys.argv) > 4 else "auto"
    directory = {"slapd": slapd_with_changes, "samba": samba}[kind]
    with lab(people, f"changes: {way}\n    {ACTIVE[kind]}", directory) as at:
        company = Company(at, kind, people, way == "timestamp")
        first = timed(at.rosterd("sync", "--json"))
        done = json.loads(first[3])
        assert done["delivery"]["confirmed"] == people, done
        row(f"first sync of {people}", [first])
        commands(at, company, rounds)
        inside(at, company, rounds)
        if kind == "slapd" and way in ("auto", "syncrepl"):
            without_session_log(at, company, min(rounds, 3))
        left = company.round
        full = timed(at.rosterd("sync", "--full", "--json"))
        done = json.loads(full[3])
        assert done["read"]["mode"] == "full" and done["members"]["unchanged"] == people, done
        assert done["delivery"]["confirmed"] == 0, done
        totals = at.ask("state?members=false")["totals"]
        assert totals == {"active": people - left, "in_active": left}, totals
        row("full reading: nothing was missed", [full])


main()
