"""A company for the benches: a directory with people, the sandbox, and a config between them; all of it in a temporary folder
and on loopback, and gone at the end."""
import contextlib, functools, json, os, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.request

import people as ldif

HERE = os.path.dirname(os.path.abspath(__file__))
ROSTERD = os.environ.get("ROSTERD", os.path.join(HERE, "../target/release/rosterd"))
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
rootpw admin-password
directory {folder}/db
maxsize 8589934592
limits * size=500 size.pr=1000 size.prtotal=unlimited
index objectClass,entryUUID eq
"""

# What a server needs so that it can tell what changed.
TELLS_CHANGES = """
moduleload syncprov
index entryCSN,modifyTimestamp eq
overlay syncprov
syncprov-sessionlog 10000
"""

CONFIG = """
state: {folder}/state
control: {folder}/control.sock
log: {{ format: json, level: debug }}
directories:
  lab: {directory}
destinations:
  veris: {{ type: veris, url: "http://127.0.0.1:{http}", client_id: sandbox, client_secret: sandbox-secret, api_key: sandbox-key }}
syncs:
  people:
    from: lab
    to: veris
    search: {{ base: "{base}", filter: "{filter}" }}
    {more}
    fields:
      first_name: givenName
      last_name: sn
      designation: [title, {{ const: Employee }}]
      email: mail
      {fields}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(address, port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection((address, port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"nothing listens on {address}, port {port}")


def slapd(folder, people, children, settings=""):
    """A slapd: what goes into the config of it, and how it is used."""
    port = free_port()
    os.mkdir(f"{folder}/db")
    with open(f"{folder}/slapd.conf", "w") as f:
        f.write(SLAPD.format(folder=folder) + settings)
    with open(f"{folder}/people.ldif", "w") as f:
        subprocess.run([sys.executable, f"{HERE}/people.py", str(people)], stdout=f, check=True)
    env = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")
    subprocess.run(["slapadd", "-q", "-f", f"{folder}/slapd.conf", "-l", f"{folder}/people.ldif"], check=True, env=env)
    os.remove(f"{folder}/people.ldif")
    url = f"ldap://127.0.0.1:{port}"

    def start():
        child = subprocess.Popen(["slapd", "-f", f"{folder}/slapd.conf", "-h", f"{url}/", "-d", "0"], env=env)
        children.append(child)
        wait_for("127.0.0.1", port)
        return child

    config = {
        "directory": f'{{ url: "{url}", bind: anonymous, kind: openldap }}',
        "base": BASE,
        "filter": FILTER,
        "fields": '''unique_id: employeeNumber
      phone: "{{ telephoneNumber | digits }}"
      city: l
      country: [c, { const: CH }]
      department: ou''',
    }
    attributes = "entryUUID employeeNumber givenName sn title mail c l ou telephoneNumber".split()
    server = Server(
        config,
        search=["-x", "-H", url, "-b", BASE, FILTER, *attributes],
        admin=["-x", "-H", url, "-D", "cn=admin,dc=roster,dc=test", "-w", "admin-password"],
        dn=ldif.dn_of,
        unique_id=lambda number: str(100_000 + number),
    )
    server.start, server.child = start, start()
    return server


# The same, and it tells what changed.
slapd_with_changes = functools.partial(slapd, settings=TELLS_CHANGES)


def samba(folder, people, children):
    """A Samba domain controller as the tests have it, and how it is used; needs root for its ports."""
    tests, address = f"{HERE}/../tests/samba", "127.52.0.1"
    template = subprocess.run([f"{tests}/template", str(people)], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    subprocess.run(["tar", "-C", folder, "-xf", template], check=True)
    for name in ("cache", "lock", "run", "ncalrpc"):
        os.mkdir(f"{folder}/{name}")
    with open(f"{tests}/smb.conf") as conf, open(f"{folder}/smb.conf", "w") as f:
        f.write(conf.read().replace("FOLDER", folder).replace("ADDRESS", address))
    certificate(folder, address)
    command = ["/usr/sbin/samba", "--interactive", "--model=standard", "--debug-stdout", "--configfile", f"{folder}/smb.conf"]
    with open(f"{folder}/log", "w") as log:
        children.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log))
    wait_for(address, 636)
    url, account, password = f"ldaps://{address}", "svc-rosterd@corp.example.test", "Service-Passw0rd"
    config = {
        "directory": f'{{ url: "{url}", bind: {{ dn: {account}, password: {password} }}, tls: {{ ca: {folder}/ca.pem }} }}',
        "base": "OU=People,DC=corp,DC=example,DC=test",
        "filter": "(&(objectCategory=person)(objectClass=user)(employeeID=*))",
        "fields": '''unique_id: employeeID
      country: { const: CH }
      department: department
      group: { const: HQ }''',
    }
    # Read by ldapsearch, which takes the authority from nowhere else.
    os.environ["LDAPTLS_CACERT"] = f"{folder}/ca.pem"
    attributes = "objectGUID userAccountControl accountExpires employeeID givenName sn title mail department".split()
    return Server(
        config,
        search=["-x", "-H", url, "-D", account, "-w", password, "-b", config["base"], config["filter"], *attributes],
        admin=["-x", "-H", url, "-D", "administrator@corp.example.test", "-w", "Passw0rd!"],
        dn=lambda number: f"CN=p{number + 1},{config['base']}",
        unique_id=lambda number: f"E{number + 1}",
    )


def certificate(folder, address):
    def openssl(command):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, stderr=subprocess.DEVNULL)

    key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    openssl(f"req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=Roster-Bench-CA")
    openssl(f"req {key} -keyout server.key -out server.csr -subj /CN=bench")
    with open(f"{folder}/san", "w") as f:
        f.write(f"subjectAltName=IP:{address}\n")
    openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out server.pem")
    os.chmod(f"{folder}/server.key", 0o600)


class Server:
    """A directory: what goes into the config of it, and what ldapsearch and ldapmodify are to be told. People have
    numbers, from 0."""

    def __init__(self, config, search, admin, dn, unique_id):
        self.config, self.search, self.admin, self.dn, self.unique_id = config, search, admin, dn, unique_id
        self.start = self.child = None

    def modify(self, changes):
        """Applies changes as the administrator, in ldapmodify's LDIF."""
        subprocess.run(["ldapmodify", *self.admin], input=changes, text=True, check=True, stdout=subprocess.DEVNULL)

    def restart(self):
        """Ends the server in good order and starts it again with the data it has: a session log is gone then."""
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()
        self.child = self.start()


class Lab:
    """What was started: its folder, in which `rosterd.yaml` is, the directory, and the sandbox: where, and its process."""

    def __init__(self, folder, directory, http, target):
        self.folder, self.directory, self.sandbox = folder, directory, f"http://127.0.0.1:{http}/sandbox"
        self.target = target
        self.config = f"{folder}/rosterd.yaml"

    def rosterd(self, *arguments):
        return [ROSTERD, "--config", self.config, *arguments]

    def ask(self, path):
        """What the sandbox says."""
        with urllib.request.urlopen(f"{self.sandbox}/{path}") as answer:
            return json.load(answer)


@contextlib.contextmanager
def lab(people, more="", directory=slapd):
    """Starts it all, for as long as it lasts. `more` goes into the sync."""
    folder = tempfile.mkdtemp(prefix="rosterd-bench-")
    children = []
    try:
        http = free_port()
        target = subprocess.Popen([ROSTERD, "sandbox", "--listen", f"127.0.0.1:{http}"], stdout=subprocess.DEVNULL)
        children.append(target)
        server = directory(folder, people, children)
        wait_for("127.0.0.1", http)
        with open(f"{folder}/rosterd.yaml", "w") as f:
            f.write(CONFIG.format(folder=folder, http=http, more=more, **server.config))
        yield Lab(folder, server, http, target)
    finally:
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.wait()
        shutil.rmtree(folder)
