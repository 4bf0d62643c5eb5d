"""A company for the benches: slapd with people, the sandbox, and a config between them; all of it in a temporary folder
and on loopback, and gone at the end."""
import contextlib, os, shutil, signal, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROSTERD = os.path.join(HERE, "../target/release/rosterd")
BASE = "ou=people,dc=roster,dc=test"
FILTER = "(objectClass=inetOrgPerson)"

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
control: {folder}/control.sock
directories:
  lab: {{ url: "ldap://127.0.0.1:{ldap}", bind: anonymous, kind: openldap }}
destinations:
  veris: {{ type: veris, url: "http://127.0.0.1:{http}", client_id: sandbox, client_secret: sandbox-secret, api_key: sandbox-key }}
syncs:
  people:
    from: lab
    to: veris
    search: {{ base: "{base}", filter: "{filter}" }}
    {more}
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


@contextlib.contextmanager
def lab(people, more=""):
    """Starts it all; gives the folder, in which `rosterd.yaml` is, and the directory's port. `more` goes into the sync."""
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
            f.write(CONFIG.format(folder=folder, ldap=ldap, http=http, base=BASE, filter=FILTER, more=more))
        yield folder, ldap
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
            child.wait()
        shutil.rmtree(folder)
