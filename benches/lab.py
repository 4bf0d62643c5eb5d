"""A company for the benches: a directory with people, the sandbox, and a config between them; all of it in a temporary folder
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


def slapd(folder, people, children):
    """A slapd: what goes into the config of it, and what ldapsearch is to be asked."""
    port = free_port()
    os.mkdir(f"{folder}/db")
    with open(f"{folder}/slapd.conf", "w") as f:
        f.write(SLAPD.format(folder=folder))
    with open(f"{folder}/people.ldif", "w") as f:
        subprocess.run([sys.executable, f"{HERE}/people.py", str(people)], stdout=f, check=True)
    env = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")
    subprocess.run(["slapadd", "-q", "-f", f"{folder}/slapd.conf", "-l", f"{folder}/people.ldif"], check=True, env=env)
    url = f"ldap://127.0.0.1:{port}"
    children.append(subprocess.Popen(["slapd", "-f", f"{folder}/slapd.conf", "-h", f"{url}/", "-d", "0"], env=env))
    wait_for("127.0.0.1", port)
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
    return config, ["-x", "-H", url, "-b", BASE, FILTER, *attributes]


def samba(folder, people, children):
    """A Samba domain controller as the tests have it; needs root for its ports."""
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
    search = ["-x", "-H", url, "-D", account, "-w", password, "-b", config["base"], config["filter"], *attributes]
    return config, search


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


@contextlib.contextmanager
def lab(people, more="", directory=slapd):
    """Starts it all; gives the folder, in which `rosterd.yaml` is, and what ldapsearch is to be asked for the same
    people. `more` goes into the sync."""
    folder = tempfile.mkdtemp(prefix="rosterd-bench-")
    children = []
    try:
        http = free_port()
        children.append(subprocess.Popen([ROSTERD, "sandbox", "--listen", f"127.0.0.1:{http}"], stdout=subprocess.DEVNULL))
        config, search = directory(folder, people, children)
        wait_for("127.0.0.1", http)
        with open(f"{folder}/rosterd.yaml", "w") as f:
            f.write(CONFIG.format(folder=folder, http=http, more=more, **config))
        yield folder, search
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
            child.wait()
        shutil.rmtree(folder)
