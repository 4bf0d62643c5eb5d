use super::{Entry, PEOPLE, directory, dn, find, reader};

#[tokio::test]
async fn filters_find_whom_they_should() {
    let directory = directory(12).await;
    directory.modify(&dn(3), "userAccountControl", ["514"]).unwrap();
    directory.modify(&dn(4), "manager", [r"cn=Person 3, ou=PEOPLE,DC=corp,DC=example,DC=com"]).unwrap();
    directory.modify(&dn(5), "description", ["one", "TWO and Three"]).unwrap();
    directory.modify(&dn(6), "sn", ["ÅNGSTRÖM"]).unwrap();
    directory.modify(&dn(6), "thumbnailPhoto", ["jpeg"]).unwrap();
    directory.modify(&dn(7), "accountExpires", ["9223372036854775807"]).unwrap();
    directory.modify(&dn(8), "accountExpires", ["132223104000000000"]).unwrap();
    directory
        .add(Entry::new(format!("CN=pc1,{PEOPLE}")).with("objectClass", "user").with("objectClass", "computer"))
        .unwrap();
    let mut ldap = reader(&directory).await;
    let expected: &[(&str, &[usize])] = &[
        ("(&(employeeID=3)(objectClass=USER))", &[3]),
        ("(|(employeeid=3)(EMPLOYEEID=5)(employeeID=none))", &[3, 5]),
        ("(&(employeeID=*)(!(employeeID<=10)))", &[11]),
        ("(&(employeeID>=9)(employeeID<=10))", &[9, 10]),
        ("(accountExpires<=132223104000000000)", &[8]),
        ("(userAccountControl:1.2.840.113556.1.4.803:=2)", &[3]),
        ("(userAccountControl:1.2.840.113556.1.4.803:=514)", &[3]),
        ("(&(employeeID=1)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))", &[1]),
        ("(&(userAccountControl:1.2.840.113556.1.4.804:=6)(employeeID=*))", &[3]),
        ("(manager=CN=Person 3,OU=People,DC=corp,DC=example,DC=com)", &[4]),
        ("(description=two AND three)", &[5]),
        ("(description=tw*an*EE)", &[5]),
        ("(description=*and*)", &[5]),
        ("(description=*one)", &[5]),
        ("(description=one*one)", &[]),
        ("(sn=ångström)", &[6]),
        ("(sn=ång*)", &[6]),
        ("(&(sn=müller 1*)(!(sn=müller 1))(objectCategory=person))", &[10, 11]),
        ("(thumbnailPhoto=jpeg)", &[6]),
        ("(thumbnailPhoto=JPEG)", &[]),
        ("(sn~=ångström)", &[6]),
        ("(&(objectCategory=user)(employeeID=2))", &[2]),
        ("(&(objectCategory=CN=Person,CN=Schema,CN=Configuration,DC=corp,DC=example,DC=com)(employeeID=2))", &[2]),
        ("(&(objectCategory=computer)(employeeID=*))", &[]),
        ("(!(memberOf:1.2.840.113556.1.4.1941:=cn=x))", &[]),
        ("(unheard-of=*)", &[]),
    ];
    for (filter, people) in expected {
        let names: Vec<_> = people.iter().map(|number| dn(*number)).collect();
        let found = find(&mut ldap, PEOPLE, filter).await;
        assert_eq!((found.result.rc, found.names()), (0, names.iter().map(String::as_str).collect()), "{filter}");
    }
    assert_eq!(find(&mut ldap, PEOPLE, "(objectCategory=computer)").await.entries.len(), 1);
}

#[tokio::test]
async fn what_may_not_be_read_matches_neither_way() {
    let directory = directory(2).await;
    directory.hide(&dn(0), &["SN"]);
    let mut ldap = reader(&directory).await;
    assert_eq!(find(&mut ldap, PEOPLE, "(&(employeeID=*)(sn=*))").await.names(), [dn(1)]);
    assert_eq!(find(&mut ldap, PEOPLE, "(&(employeeID=*)(!(sn=nobody)))").await.names(), [dn(1)]);
    let found = find(&mut ldap, PEOPLE, "(|(sn=nobody)(employeeID=0))").await;
    assert_eq!((found.names(), found.values("sn")), (vec![dn(0).as_str()], vec![]));
}
