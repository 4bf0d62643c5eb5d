#!/usr/bin/env python3
"""How long somebody who leaves keeps their place at the target: from the change in the directory to its receipt.

  cargo build --release && benches/leaver.py slapd|samba [PEOPLE] [CHANGES]

Needs ldap-utils, and slapd, or Samba and root (see tests/samba). A daemon syncs every ten seconds; at random moments one
person after the other leaves: on slapd by an attribute or by deletion, on Samba by being disabled. Everything lives in a
temporary folder and on loopback.
"""
import random, sys, time
from datetime import datetime

from lab import lab, samba, slapd_with_changes
from measure import cpu, daemon, memory, spread

PERIOD = 10
ACTIVE = {"slapd": "active: \"employeeType != 'left'\"", "samba": ""}


def leave(kind, dn, deleted):
    if deleted:
        return f"dn: {dn}\nchangetype: delete\n"
    name, value = ("employeeType", "left") if kind == "slapd" else ("userAccountControl", "514")
    return f"dn: {dn}\nchangetype: modify\nreplace: {name}\n{name}: {value}\n"


def receipt(at, unique_id):
    """Waits until the target has it that somebody left; when it got to know."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        member = at.ask(f"members/{unique_id}")
        if member["fields"]["status"] == "in_active":
            return datetime.fromisoformat(member["last_push"][:26].rstrip("Z") + "+00:00").timestamp()
        time.sleep(0.02)
    sys.exit(f"{unique_id} is still active at the target")


def main():
    kind = sys.argv[1]
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    changes = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    directory = {"slapd": slapd_with_changes, "samba": samba}[kind]
    chance = random.Random(20261129)
    with lab(people, f"schedule: {PERIOD}s\n    changes: auto\n    {ACTIVE[kind]}", directory) as at, daemon(at) as running:
        first = running.next_run()
        assert first["confirmed"] == people, first
        before, began = cpu(running.pid), time.monotonic()
        took, writing, runs = {"all": []}, [], []
        for number in chance.sample(range(people), changes):
            # Anywhere within the period: the change before was received at the beginning of one.
            time.sleep(chance.uniform(0, PERIOD))
            deleted = kind == "slapd" and chance.random() < 0.5
            change = leave(kind, at.directory.dn(number), deleted)
            asked = time.time()
            at.directory.modify(change)
            writing.append(time.time() - asked)
            seconds = receipt(at, at.directory.unique_id(number)) - asked
            took["all"].append(seconds)
            took.setdefault("deleted" if deleted else "inactive by an attribute", []).append(seconds)
            while not running.runs.empty():
                runs.append(running.next_run())
            if seconds > 1.5 * PERIOD:
                print(f"{seconds:.2f} s, of which ldapmodify took {writing[-1]:.2f} s; the last runs:")
                for run in runs[-4:]:
                    print("  ", run["timestamp"], run["result"], f"{run['seconds']:.2f} s", run["message"], flush=True)
        for name, seconds in took.items():
            spread(f"modify to receipt, {name}", seconds, "s", 2)
        spread("  of which ldapmodify took", writing, "s", 2)
        spread("a run took", [run["seconds"] for run in runs], "s", 2)
        share = (cpu(running.pid) - before) / (time.monotonic() - began)
        print("daemon: {:.2%} of a CPU, {:.1f} MB resident, {:.1f} MB at most".format(share, *memory(running.pid)))
        totals = at.ask("state?members=false")["totals"]
        assert totals == {"active": people - changes, "in_active": changes}, totals


main()
