#!/usr/bin/env python3
"""What a big directory costs: every kind of work on one company, beside ldapsearch where that is the measure, as a table.

  cargo build --release && benches/million.py [PEOPLE] [ROUNDS]

Needs slapd, ldap-utils, and 5 GB of temporary space for a million people. ROSTERD names another binary. Medians of ROUNDS, with
the extremes; ratios are of the same round, so that they hold on a busy machine. What a target takes for itself is the
sandbox's CPU meanwhile. The first sync comes once. Every run must find exactly what was changed before it. Ends with 1 where a limit
does not hold. Everything lives in a temporary folder and on loopback.
"""
import functools, json, os, statistics, sys

from company import ACTIVE, CHANGED, Company, title
from lab import TELLS_CHANGES, lab, slapd
from measure import beside, cpu, daemon, ratios, timed

# The data is thrown away: nobody has to wait for the disk while so many are changed.
directory = functools.partial(slapd, settings="dbnosync\n" + TELLS_CHANGES)


class Table:
    """Rows of Markdown, each said at once."""

    def __init__(self):
        self.holds = True
        print("| work | median | from, to | times | at most | holds |\n|---|---|---|---|---|---|", flush=True)

    def row(self, work, values, most=None, unit="s", digits=2):
        """Measurements, and what their median may be at most."""
        low, middle, high = min(values), statistics.median(values), max(values)
        holds = most is None or middle <= most
        self.holds &= holds
        number = lambda value: f"{value:.{digits}f} {unit}".strip()
        limit, verdict = ("", "") if most is None else (number(most), "yes" if holds else "**no**")
        print(f"| {work} | {number(middle)} | {number(low)}, {number(high)} | {len(values)} | {limit} | {verdict} |", flush=True)


class Bench:
    """The company, who is in its directory, and how rosterd and ldapsearch are run on it."""

    def __init__(self, at, people, rounds, table):
        self.at, self.there, self.rounds, self.table = at, people, rounds, table
        self.people, self.company = people, Company(at, "slapd", people, by_time=False)
        # What `active` asks for, too: both read the same.
        self.search = ["ldapsearch", "-LLL", "-E", "pr=1000/noprompt", *at.directory.search, "employeeType"]

    def sync(self, mode, changed=0, left=0, *arguments):
        """A sync that finds exactly this; what it took, and the seconds of CPU that the target took meanwhile."""
        before = cpu(self.at.target.pid)
        run = timed(self.at.rosterd("sync", "--json", *arguments))
        done = json.loads(run[3])
        members, delivery = done["members"], done["delivery"]
        assert done["result"] == "ok" and done["read"]["mode"] == mode, done
        assert (members["changed"], members["left"]) == (changed, left), done
        assert delivery["confirmed"] == changed + left and delivery["pending"] == delivery["held"] == 0, done
        return *run, cpu(self.at.target.pid) - before

    def full(self, changed=0):
        run = self.sync("full", changed, 0, "--full")
        assert json.loads(run[3])["read"]["entries"] == self.there, run[3]
        return run

    def times(self, measure):
        return [measure() for _ in range(self.rounds)]

    def first_sync(self):
        before = cpu(self.at.target.pid)
        run = timed(self.at.rosterd("sync", "--json"))
        assert json.loads(run[3])["delivery"]["confirmed"] == self.people, run[3]
        own = cpu(self.at.target.pid) - before
        self.table.row(f"first sync, {own:.1f} s of them the target's", [run[0]], own + 60)
        self.table.row("first sync, peak", [run[2]], 200, "MB", 0)
        # The file is written anew by the next look through it.
        self.full()
        state = f"{self.at.folder}/state"
        size = sum(os.path.getsize(f"{state}/{name}") for name in os.listdir(state))
        self.table.row("store on disk after the next sync, a member", [size / self.people], 600, "bytes", 0)

    def nothing_changed(self):
        timed(self.search)
        pairs = beside(lambda: timed(self.search), self.full, self.rounds)
        self.table.row("ldapsearch, wall", [reference[0] for reference, _ in pairs])
        self.table.row("ldapsearch, CPU", [reference[1] for reference, _ in pairs])
        self.table.row("no change, everybody read, wall", [ours[0] for _, ours in pairs])
        self.table.row("no change, everybody read, CPU", [ours[1] for _, ours in pairs])
        self.table.row("no change, everybody read, wall beside ldapsearch", ratios(pairs, 0), 0.95, "×")
        self.table.row("no change, everybody read, CPU beside ldapsearch", ratios(pairs, 1), 1.1, "×")
        self.table.row("no change, everybody read, peak", [ours[2] for _, ours in pairs], 64, "MB", 1)

    def present_phase(self):
        """A server that lost its session log can only tell who is there; somebody was deleted."""

        def reference():
            self.there -= 1
            self.at.directory.modify(f"dn: {self.at.directory.dn(self.there)}\nchangetype: delete\n")
            self.at.directory.restart()
            timed(self.search)
            return timed(self.search)

        pairs = beside(reference, lambda: self.sync("delta", 0, 1), self.rounds)
        self.table.row("check of who is there (present phase), wall", [ours[0] for _, ours in pairs])
        self.table.row("check of who is there, wall beside ldapsearch", ratios(pairs, 0), 0.3, "×")
        self.table.row("check of who is there, CPU beside ldapsearch", ratios(pairs, 1), None, "×")

    def one_in_a_hundred(self):
        # Whom a delta's round touches has other numbers, and whoever is deleted is among the last.
        firsts = iter(range(50, 100))

        def ours():
            first = next(firsts)
            numbers = range(first, self.people - 100, 100)
            self.at.directory.modify("".join(title(self.at.directory.dn(number), f"Head {first}") for number in numbers))
            return self.full(len(numbers))

        pairs = beside(self.full, ours, self.rounds)
        own = statistics.median(changed[4] for _, changed in pairs)
        self.table.row(f"1 % changed, everybody read, wall, {own:.1f} s of it the target's", [changed[0] for _, changed in pairs])
        less = [(changed[0] - changed[4]) / same[0] for same, changed in pairs]
        self.table.row("1 % changed, wall without the target's beside no change", less, 1.3, "×")

    def deltas(self):
        def few():
            self.company.change()
            return self.sync("delta", CHANGED - 2, 1)

        self.table.row("delta, nothing changed", [run[0] for run in self.times(lambda: self.sync("delta"))], 0.1, digits=3)
        self.table.row("delta, 10 changed", [run[0] for run in self.times(few)], 0.3, digits=3)

    def shows(self):
        who = self.at.directory.unique_id(self.people // 2)
        for command in (["status"], ["explain", who]):
            runs = self.times(lambda: timed(self.at.rosterd(*command)))
            self.table.row(f"`{command[0]}`", [1000 * run[0] for run in runs], 50, "ms", 1)

    def start(self):
        def seconds():
            with daemon(self.at) as running:
                return running.start

        self.table.row("daemon, from its start to READY", self.times(seconds), 1, digits=3)


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    assert rounds <= 15, "the guard holds what more rounds change in a day"
    table = Table()
    with lab(people, f"changes: auto\n    {ACTIVE['slapd']}", directory) as at:
        bench = Bench(at, people, rounds, table)
        bench.first_sync()
        bench.nothing_changed()
        bench.deltas()
        bench.one_in_a_hundred()
        bench.present_phase()
        bench.shows()
        bench.start()
        bench.full()
    sys.exit(0 if table.holds else 1)


main()
