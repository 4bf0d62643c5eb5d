//! The documentation's own examples, to the letter: fields, their order, and how times are written.

use super::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Somebody of the documentation's examples.
fn ashish(code: &str) -> Actor {
    let kind = Kind::AdminUser;
    Actor { id: 15_000_449, code: code.into(), description: String::new(), name: "Ashish Karan fd".into(), kind }
}

/// A client of the documentation's examples, who was last changed by who created it.
fn known(id: u64, key: &str, name: &str, by: Actor, [created, updated]: [&str; 2]) -> Record {
    let scope = |entity_id| Scope { entity_id, permission: Permission::Write, resources: Vec::new() };
    Record {
        id,
        name: name.into(),
        description: "sample description".into(),
        key: key.into(),
        secret: "x".into(),
        expiration_token_time: 30,
        default_till_id: 50_014_941,
        scopes: [1, 2, 3].map(scope).into(),
        is_valid: true,
        deleted: false,
        created: time(created),
        created_by: by.clone(),
        updated: time(updated),
        updated_by: by,
    }
}

/// What is asked with the token of the client that is there from the start, and the answer's letters.
fn asked(capillary: &mut Capillary, method: &str, path: &str, body: &str, now: &str) -> String {
    let credentials = json!({"key": KEY, "secret": SECRET}).to_string();
    let generate = Request {
        method: "POST",
        path: "/v3/oauth/token/generate",
        body: credentials.as_bytes(),
        ..Request::default()
    };
    let (_, reply) = read(&capillary.handle(&generate, time(now)));
    let token = reply["data"]["accessToken"].as_str();
    let answer =
        capillary.handle(&Request { method, path, token, body: body.as_bytes(), ..Request::default() }, time(now));
    assert_eq!((answer.status, answer.content_type), (200, "application/json"));
    answer.body
}

/// Without the blanks between its tokens; none of the samples has any that matter elsewhere but within texts.
fn squeezed(sample: &str) -> String {
    let mut within = false;
    let squeezed = sample.chars().filter(|letter| {
        within ^= *letter == '"';
        within || !letter.is_whitespace()
    });
    squeezed.collect()
}

#[test]
fn scopes() {
    let body = asked(&mut Bench::new().0, "GET", "/v3/integrations/scopes", "", "2020-04-15T08:44:06Z");
    let sample = r#"{
        "data": [{"id": 1, "entity": "TargetGroups"}, {"id": 2, "entity": "All"}, {"id": 3, "entity": "Transaction"}],
        "errors": null
    }"#;
    assert_eq!(body, squeezed(sample));
}

#[test]
fn a_token() {
    let mut bench = Bench::new();
    let body = br#"{"key": "sandboxAdminClientKey0001", "secret": "sandboxAdminClientSecret0000000000000001"}"#;
    let request = Request { method: "POST", path: "/v3/oauth/token/generate", body, ..Request::default() };
    let answer = bench.0.handle(&request, at(0));
    let (_, reply) = read(&answer);
    let token = text(&reply["data"], "accessToken");
    assert_eq!((answer.status, token.len()), (200, 64));
    assert_eq!(answer.body, format!(r#"{{"data":{{"accessToken":"{token}","ttlSeconds":3600}},"errors":null}}"#));
}

#[test]
fn create() {
    let mut bench = Bench::new();
    bench.0.ids = 879;
    let request = r#"{
      "description": "Sample description",
      "name": "NewName3",
      "expirationTokenTime": 600,
      "defaultTillId": 15000449,
      "scopes": [
        {"entityId": 1, "permission": "READWRITE", "resources": [".*v3/targetGroups.*"]},
        {"entityId": 2, "permission": "WRITE", "resources": [
        ]}
    ]
    }"#;
    let body = asked(&mut bench.0, "POST", CLIENTS, request, "2020-04-15T08:44:06.104Z");
    let client = bench.0.clients(at(1)).pop().unwrap();
    let sample = r#"{
        "data": {
            "id": 880,
            "attribution": {
                "createdOn": "2020-04-15T14:14:06.104+0530",
                "lastUpdatedOn": "2020-04-15T14:14:06.104+0530",
                "lastUpdatedBy": {
                    "id": 50006796, "code": "mobilepush.1", "description": "", "name": "mobilepush.1", "type": "TILL"
                },
                "createdBy": {
                    "id": 50006796, "code": "mobilepush.1", "description": "", "name": "mobilepush.1", "type": "TILL"
                }
            },
            "name": "NewName3",
            "clientKey": "ytoxaF6SLgBJQ7erUw2SXS8zi",
            "clientSecret": "UEOx1f11D6S2Zw2EmE54tyChCisCiZAagIbmdFH8",
            "isValid": true,
            "description": "Sample description",
            "expirationTokenTime": 600,
            "defaultTillId": 15000449,
            "scopes": [{"permission": "READWRITE", "entityId": 1}, {"permission": "WRITE", "entityId": 2}]
        },
        "errors": null
    }"#;
    let sample = sample.replace("ytoxaF6SLgBJQ7erUw2SXS8zi", &client.key);
    let sample = sample.replace("UEOx1f11D6S2Zw2EmE54tyChCisCiZAagIbmdFH8", &client.secret);
    assert_eq!(body, squeezed(&sample));
    assert_eq!((client.key.len(), client.secret.len()), (25, 40));
    assert!((client.key + &client.secret).bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(client.scopes[0].resources, [".*v3/targetGroups.*"]);
}

#[test]
fn list() {
    let mut bench = Bench::new();
    let times = ["2020-04-13T06:01:32.999Z", "2020-04-14T06:14:30.5Z"];
    let first = known(865, "t3OPbJA3M2dJFFDFVdESW3MHb", "democlient", ashish("1371622280_919866643048"), times);
    let times = ["2020-04-14T06:21:54Z"; 2];
    let second = known(867, "8eyh1jM4Brzx84niMClQ3OHDv", "clientdemo1", ashish("1371622280_919866643044"), times);
    let description = "Demo client for testing purposes.".into();
    bench.0.keep(Record { description, expiration_token_time: 10, ..second });
    bench.0.keep(first);
    let body = asked(&mut bench.0, "GET", CLIENTS, "", "2020-04-15T08:44:06.104Z");
    let sample = r#"
        {
            "id": 865,
            "attribution": {
                "createdOn": "2020-04-13T11:31:32.000+0530",
                "lastUpdatedOn": "2020-04-14T11:44:30.000+0530",
                "lastUpdatedBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643048",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                },
                "createdBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643048",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                }
            },
            "name": "democlient",
            "clientKey": "t3OPbJA3M2dJFFDFVdESW3MHb",
            "isValid": true,
            "description": "sample description",
            "expirationTokenTime": 30,
            "defaultTillId": 50014941
        },
        {
            "id": 867,
            "attribution": {
                "createdOn": "2020-04-14T11:51:54.000+0530",
                "lastUpdatedOn": "2020-04-14T11:51:54.000+0530",
                "lastUpdatedBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643044",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                },
                "createdBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643044",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                }
            },
            "name": "clientdemo1",
            "clientKey": "8eyh1jM4Brzx84niMClQ3OHDv",
            "isValid": true,
            "description": "Demo client for testing purposes.",
            "expirationTokenTime": 10,
            "defaultTillId": 50014941
        }"#;
    let (own, others) = body.split_once("},{\"id\":865").unwrap();
    assert!(own.starts_with(r#"{"data":[{"id":1,"#) && own.contains(r#""name":"rosterd","#), "{own}");
    assert_eq!(format!("{{\"id\":865{others}"), squeezed(sample) + r#"],"errors":null}"#);
}

#[test]
fn details() {
    let mut bench = Bench::new();
    let times = ["2020-04-13T06:01:32.999Z", "2020-04-14T06:14:30.5Z"];
    let by = ashish("1371622280_919866643044");
    bench.0.keep(known(865, "t3OPbJA3M2dJFFDFVdESW3MHa", "democlient", by, times));
    let path = "/v3/integrations/clients/t3OPbJA3M2dJFFDFVdESW3MHa";
    let body = asked(&mut bench.0, "GET", path, "", "2020-04-15T08:44:06.104Z");
    let sample = r#"{
        "data": {
            "id": 865,
            "attribution": {
                "createdOn": "2020-04-13T11:31:32.000+0530",
                "lastUpdatedOn": "2020-04-14T11:44:30.000+0530",
                "lastUpdatedBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643044",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                },
                "createdBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643044",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                }
            },
            "name": "democlient",
            "clientKey": "t3OPbJA3M2dJFFDFVdESW3MHa",
            "isValid": true,
            "description": "sample description",
            "expirationTokenTime": 30,
            "defaultTillId": 50014941,
            "scopes": [
                {"permission": "WRITE", "entityId": 1},
                {"permission": "WRITE", "entityId": 2},
                {"permission": "WRITE", "entityId": 3}
            ]
        },
        "errors": null
    }"#;
    assert_eq!(body, squeezed(sample));
}

#[test]
fn update() {
    let mut bench = Bench::new();
    let by = ashish("1371622280_919866643044");
    bench.0.keep(known(879, "AAyjgiPapXefvmBEw7810SSio", "NewName", by, ["2020-04-14T11:46:39.7Z"; 2]));
    let request = r#"{
      "description": "Sample description",
      "name": "NewName2",
    "expirationTokenTime": 600,
     "defaultTillId": 15000449,
     "scopes": [{"entityId": 1, "permission": "READWRITE", "resources": [".*v3/targetGroups.*"]}]
    }"#;
    let path = "/v3/integrations/clients/AAyjgiPapXefvmBEw7810SSio";
    let body = asked(&mut bench.0, "PUT", path, request, "2020-04-15T08:01:25.031Z");
    let sample = r#"{
        "data": {
            "id": 879,
            "attribution": {
                "createdOn": "2020-04-14T17:16:39.000+0530",
                "lastUpdatedOn": "2020-04-15T13:31:25.031+0530",
                "lastUpdatedBy": {
                    "id": 50006796, "code": "mobilepush.1", "description": "", "name": "mobilepush.1", "type": "TILL"
                },
                "createdBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643044",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                }
            },
            "name": "NewName2",
            "clientKey": "AAyjgiPapXefvmBEw7810SSio",
            "isValid": true,
            "description": "Sample description",
            "expirationTokenTime": 600,
            "defaultTillId": 15000449,
            "scopes": [{"permission": "READWRITE", "entityId": 1}]
        },
        "errors": null
    }"#;
    assert_eq!(body, squeezed(sample));
}

#[test]
fn delete() {
    let mut bench = Bench::new();
    let by = ashish("1371622280_919866643044");
    let client = known(879, "AAyjgiPapXefvmBEw7810SSio", "Demo Client 3", by, ["2020-04-14T11:46:39.7Z"; 2]);
    let description = "Sample description".into();
    bench.0.keep(Record { description, expiration_token_time: 10, default_till_id: 50_014_744, ..client });
    let path = "/v3/integrations/clients/AAyjgiPapXefvmBEw7810SSio";
    let body = asked(&mut bench.0, "DELETE", path, "", "2020-04-14T11:47:30.727Z");
    let sample = r#"{
        "data": {
            "id": 879,
            "attribution": {
                "createdOn": "2020-04-14T17:16:39.000+0530",
                "lastUpdatedOn": "2020-04-14T17:17:30.727+0530",
                "lastUpdatedBy": {
                    "id": 50006796, "code": "mobilepush.1", "description": "", "name": "mobilepush.1", "type": "TILL"
                },
                "createdBy": {
                    "id": 15000449,
                    "code": "1371622280_919866643044",
                    "description": "",
                    "name": "Ashish Karan fd",
                    "type": "ADMIN_USER"
                }
            },
            "name": "Demo Client 3",
            "clientKey": "AAyjgiPapXefvmBEw7810SSio",
            "isValid": false,
            "description": "Sample description",
            "expirationTokenTime": 10,
            "defaultTillId": 50014744
        },
        "errors": null
    }"#;
    assert_eq!(body, squeezed(sample));
}
