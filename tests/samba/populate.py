#!/usr/bin/python3
"""populate.py SMB_CONF PEOPLE: makes an Active Directory domain of so many people in the folders of a configuration.

It is the same domain every time, but for what Samba draws itself (objectGUID, the domain's SID, times).
"""

import logging
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.provision import provision
from samba.samdb import SamDB

DOMAIN = "corp.example.test"
HOST = "dc1"
NORMAL_ACCOUNT = 512
DONT_EXPIRE_PASSWORD = 65536


def main(smb_conf, people):
    logging.basicConfig(level=logging.INFO)
    parameters = LoadParm()
    parameters.load(smb_conf)
    # Rights on sysvol's files would need extended attributes, and LDAP does not use them.
    provision(
        logging.getLogger(), system_session(), smbconf=smb_conf, lp=parameters, realm=parameters.get("realm"),
        domain=parameters.get("workgroup"), adminpass="Passw0rd!", serverrole="active directory domain controller",
        dns_backend="NONE", hostname=HOST, hostip="127.0.0.1", dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2,
        skip_sysvolacl=True,
    )
    # Index records stay in memory until the commit: 10,000 people take half a minute instead of five.
    database = SamDB(
        url=parameters.private_path("sam.ldb"), session_info=system_session(), lp=parameters, options=["batch_mode:1"]
    )
    database.transaction_start()
    Domain(database).populate(people)
    database.transaction_commit()


class Domain:
    def __init__(self, database):
        self.database = database
        self.base = str(database.domain_dn())

    def populate(self, people):
        self.service_names()
        self.place("Service")
        self.service_account("svc-rosterd")
        self.service_account("svc-deleted")
        self.let_see_deleted("svc-deleted")
        for place in ("People", "Elsewhere", "Groups"):
            self.place(place)
        self.place("Sales", "OU=People,")
        numbers = range(1, people + 1)
        for number in numbers:
            self.person(number)
        # Staff > Engineering > Platform, each with people of its own; every fourth person is in none.
        below = []
        for remainder, name in ((1, "Platform"), (2, "Engineering"), (3, "Staff")):
            below = [self.group(name, below + [self.person_dn(n) for n in numbers if n % 4 == remainder])]

    def service_names(self):
        # Without these, which another service of a domain controller would add, Kerberos knows no LDAP server.
        message = ldb.Message(ldb.Dn(self.database, f"CN={HOST.upper()},OU=Domain Controllers,{self.base}"))
        names = [f"ldap/{HOST}.{DOMAIN}", f"ldap/{HOST}.{DOMAIN}/{DOMAIN}", f"ldap/{HOST.upper()}", "ldap/localhost"]
        message["spn"] = ldb.MessageElement(names, ldb.FLAG_MOD_ADD, "servicePrincipalName")
        self.database.modify(message)

    def place(self, name, above=""):
        self.database.add({"dn": f"OU={name},{above}{self.base}", "objectClass": "organizationalUnit"})

    def service_account(self, name):
        self.database.add({
            "dn": f"CN={name},OU=Service,{self.base}",
            "objectClass": "user",
            "sAMAccountName": name,
            "userPrincipalName": f"{name}@{DOMAIN}",
            "unicodePwd": '"Service-Passw0rd"'.encode("utf-16-le"),
            "userAccountControl": str(NORMAL_ACCOUNT | DONT_EXPIRE_PASSWORD),
        })

    def let_see_deleted(self, name):
        """What `dsacls "CN=Deleted Objects,…" /G name:LCRP` does, inherited by what lies there."""
        found = self.database.search(f"CN={name},OU=Service,{self.base}", ldb.SCOPE_BASE, attrs=["objectSid"])
        sid = ndr_unpack(security.dom_sid, found[0]["objectSid"][0])
        found = self.database.search(
            f"CN=Deleted Objects,{self.base}", ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=["show_deleted:1"]
        )
        rights = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0]).as_sddl()
        first = rights.index("(", rights.index("D:"))
        rights = f"{rights[:first]}(A;CI;RPLC;;;{sid}){rights[first:]}"
        rights = security.descriptor.from_sddl(rights, security.dom_sid(self.database.get_domain_sid()))
        message = ldb.Message(found[0].dn)
        message["rights"] = ldb.MessageElement(ndr_pack(rights), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
        self.database.modify(message, controls=["show_deleted:1"])

    def person_dn(self, number):
        return f"CN=p{number},OU=People,{self.base}"

    def person(self, number):
        # Without a password, which would take 20 ms each, and which nobody here needs.
        self.database.add({
            "dn": self.person_dn(number),
            "objectClass": "user",
            "sAMAccountName": f"p{number}",
            "userPrincipalName": f"p{number}@{DOMAIN}",
            "employeeID": f"E{number}",
            "givenName": f"Żoë {number}",
            "sn": f"Ørsted {number}",
            "displayName": f"Żoë Ørsted {number}",
            "title": "Engineer",
            "mail": f"p{number}@corp.example.com",
            "department": "R&D",
            "userAccountControl": str(NORMAL_ACCOUNT),
        })

    def group(self, name, members):
        dn = f"CN={name},OU=Groups,{self.base}"
        group = {"dn": dn, "objectClass": "group", "sAMAccountName": name}
        # All members at once: one by one, a large group is written anew for each.
        self.database.add(group | {"member": members} if members else group)
        return dn


main(sys.argv[1], int(sys.argv[2]))
