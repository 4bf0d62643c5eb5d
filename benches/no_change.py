#!/usr/bin/env python3
"""A no-change sync beside ldapsearch, on one slapd, alternately; and the first sync before them.

  cargo build --release && benches/no_change.py [PEOPLE] [ROUNDS]

Needs slapd and ldap-utils. Prints wall, CPU and peak memory of both as medians, and the ratios within the same round:
ratios hold on a busy machine, single times do not. Everything lives in a temporary folder and on loopback.
"""
import json, os, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROSTERD = os.path.join(HERE, "../target/release/rosterd")
BASE = "ou=people,dc=roster,dc=test"
FILTER = "(objectClass=inetOrgPerson)"
ATTRIBUTES = "entryUUID employeeNumber givenName sn title mail c l ou telephoneNumber".split()

SLAPD = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
objectclass ( 1.3.6.1.4.1.99999.1 NAME 'labPerson' SUP top AUXILIARY MAY ( c $ co ) )
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
database mdb
suffix "dc=roster,dc=test"
rootdn "cn=admin,dc=roster,dc=test"
directory {folder}/db
maxsize 8589934592
limits * size=500 size.pr=1000 size.prtotal=unlimited
index objectClass,entryUUID eq
"""

CONFIG = """
state: {folder}/state
directories:
  lab: {{ url: "ldap://127.0.0.1:{ldap}", bind: anonymous, kind: openldap }}
destinations:
  veris: {{ type: veris, url: "http://127.0.0.1:{http}", client_id: sandbox, client_secret: sandbox-secret, api_key: sandbox-key }}
syncs:
  people:
    from: lab
    to: veris
    search: {{ base: "{base}", filter: "{filter}" }}
    fields:
      unique_id: employeeNumber
      first_name: givenName
      last_name: sn
      designation: [title, {{ const: Employee }}]
      email: mail
      phone: "{{{{ telephoneNumber | digits }}}}"
      city: l
      country: [c, {{ const: CH }}]
      department: ou
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"nothing listens on port {port}")


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
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    folder = tempfile.mkdtemp(prefix="rosterd-bench-")
    children = []
    try:
        ldap, http = free_port(), free_port()
        os.mkdir(f"{folder}/db")
        with open(f"{folder}/slapd.conf", "w") as f:
            f.write(SLAPD.format(folder=folder))
        with open(f"{folder}/people.ldif", "w") as f:
            subprocess.run([sys.executable, f"{HERE}/people.py", str(people)], stdout=f, check=True)
        env = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")
        subprocess.run(["slapadd", "-q", "-f", f"{folder}/slapd.conf", "-l", f"{folder}/people.ldif"], check=True, env=env)
        children.append(subprocess.Popen(["slapd", "-f", f"{folder}/slapd.conf", "-h", f"ldap://127.0.0.1:{ldap}/", "-d", "0"], env=env))
        children.append(subprocess.Popen([ROSTERD, "sandbox", "--listen", f"127.0.0.1:{http}"], stdout=subprocess.DEVNULL))
        wait_for(ldap)
        wait_for(http)
        with open(f"{folder}/rosterd.yaml", "w") as f:
            f.write(CONFIG.format(folder=folder, ldap=ldap, http=http, base=BASE, filter=FILTER))
        sync = [ROSTERD, "--config", f"{folder}/rosterd.yaml", "sync", "--json"]
        search = ["ldapsearch", "-x", "-LLL", "-H", f"ldap://127.0.0.1:{ldap}", "-b", BASE, "-E", "pr=1000/noprompt", FILTER, *ATTRIBUTES]

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
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
            child.wait()
        shutil.rmtree(folder)


main()
