#!/usr/bin/env python3
"""A no-change sync beside ldapsearch, on one server, alternately; and the first sync before them.

  cargo build --release && benches/no_change.py slapd|samba [PEOPLE] [ROUNDS]

Needs ldap-utils, and slapd, or Samba and root (see tests/samba). Prints wall, CPU and peak memory of both as medians, and
the ratios within the same round: ratios hold on a busy machine, single times do not. Everything lives in a temporary
folder and on loopback.
"""
import json, os, statistics, sys

from lab import lab, samba, slapd
from measure import row, timed


def main():
    directory = {"slapd": slapd, "samba": samba}[sys.argv[1]]
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    with lab(people, directory=directory) as at:
        sync = at.rosterd("sync", "--json")
        search = ["ldapsearch", "-LLL", "-E", "pr=1000/noprompt", *at.directory.search]

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
        print(f"store: {os.path.getsize(at.folder + '/state/state.db') / people:.0f} bytes a member")


main()
