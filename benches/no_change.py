#!/usr/bin/env python3
"""A no-change sync beside ldapsearch, on one server, alternately; and the first sync before them.

  cargo build --release && benches/no_change.py slapd|samba [PEOPLE] [ROUNDS]

Needs ldap-utils, and slapd, or Samba and root (see tests/samba). Prints wall, CPU and peak memory of both as medians, and
the ratios within the same round: ratios hold on a busy machine, single times do not. Everything lives in a temporary
folder and on loopback.
"""
import json, os, sys

from lab import lab, samba, slapd
from measure import beside, ratios, row, spread, timed


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

        def ours():
            run = timed(sync)
            assert json.loads(run[3])["members"]["unchanged"] == people
            return run

        pairs = beside(lambda: timed(search), ours, rounds)
        row("ldapsearch -E pr=1000/noprompt", [p[0] for p in pairs])
        row("no-change rosterd sync", [p[1] for p in pairs])
        for i, name in ((0, "wall"), (1, "CPU")):
            spread(f"  {name} ratio", ratios(pairs, i), "", 2)
        print(f"store: {os.path.getsize(at.folder + '/state/state.db') / people:.0f} bytes a member")


main()
