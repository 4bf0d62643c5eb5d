//! A client is created: seed 001, "Create API Client Account".

use secrecy::ExposeSecret;

use super::*;

/// On its way there, with these clients in the list that was told before.
fn sent(capillary: Capillary, before: &Reply) -> Way {
    let mut way = Way::new(informed(capillary), Op::Join, None);
    assert_eq!(way.start(), "Get clients");
    if way.told(before) == "prepare /vault" {
        way.next(Input::Kept(Ok(())));
    }
    assert_eq!(shown(&way.step), "Post clients");
    way
}

#[test]
fn the_request_is_the_seeds() {
    let mut expected: Value = serde_json::from_str(sample::CREATE).unwrap();
    expected["scopes"].as_array_mut().unwrap().sort_by_key(|scope| scope["entityId"].to_string());
    let mut body = sent(capillary(), &list(&[])).body();
    body["scopes"].as_array_mut().unwrap().sort_by_key(|scope| scope["entityId"].to_string());
    assert_eq!(body, expected);
}

#[test]
fn the_secret_is_kept_before_the_client_counts() {
    let vault = Vault { folder: Some("/vault".into()), command: vec!["pass".to_owned(), "insert".to_owned()] };
    let mut way = sent(with(|s| s.vault = vault), &list(&[]));
    assert_eq!(way.told(&ok(sample::CREATED)), format!(r#"keep Some("/vault/{MADE}.json") ["pass", "insert"]"#));
    let Step::Keep(Chore::Keep(secret), ticket) = &way.step else { panic!("{:?}", way.step) };
    let expected = json!({
        "clientKey": MADE, "clientSecret": SECRETS[2], "name": "NewName3", "for": "E17",
        "url": "https://eu.api.capillarytech.com", "createdOn": "2020-04-15T14:14:06.104+0530",
    });
    assert_eq!(serde_json::from_str::<Value>(secret.value.expose_secret()).unwrap(), expected);
    assert!(!ticket.words().unwrap().contains(SECRETS[2]));
    assert_eq!(way.next(Input::Kept(Ok(()))), format!("accepted 1 {MADE}"));
}

#[test]
fn without_a_folder_there_is_none_to_prepare() {
    let vault = Vault { folder: None, command: vec!["pass".to_owned()] };
    let mut way = Way::new(informed(with(|s| s.vault = vault)), Op::Join, None);
    way.start();
    assert_eq!(way.told(&list(&[])), "Post clients");
    assert_eq!(way.told(&ok(sample::CREATED)), r#"keep None ["pass"]"#);
}

#[test]
fn no_client_is_made_whose_secret_could_not_be_kept() {
    let mut way = Way::new(informed(capillary()), Op::Join, None);
    way.start();
    assert_eq!(way.told(&list(&[])), "prepare /vault");
    assert_eq!(way.next(Input::Kept(Err("disk full"))), "later: disk full");
}

#[test]
fn a_target_that_has_not_told_is_asked_first_what_clients_can_be_given() {
    let mut way = Way::new(capillary(), Op::Join, None);
    assert_eq!(way.start(), "Get scopes");
    assert_eq!(way.told(&ok(sample::SCOPES)), "Get clients");
    assert_eq!(way.told(&list(&[])), "prepare /vault");
    assert_eq!(way.next(Input::Kept(Ok(()))), "Post clients");
    assert_eq!(way.body()["scopes"][0]["entityId"], json!(1), "resolved by what was told");
}

#[test]
fn what_the_organisation_cannot_give_is_refused_at_delivery() {
    let known = "the organisation has no such entity; it has TargetGroups (1), All (2), Transaction (3)";
    let twice = "is there twice: write all of an entity's resources in one list";
    for (op, remote) in [(Op::Join, None), (Op::Change, Some(THERE))] {
        for (entity, told) in
            [("Coupons", format!("split: scopes: \"Coupons\" {known}")), ("All", format!("split: scopes: {twice}"))]
        {
            let mut way = Way::new(capillary(), op, remote);
            let mut scopes = mapped();
            scopes["scopes"][0]["entity"] = json!(entity);
            way.item.payload = member(scopes);
            way.start();
            let mut step = way.told(&ok(sample::SCOPES));
            if op == Op::Join {
                way.told(&list(&[]));
                step = way.next(Input::Kept(Ok(())));
            }
            assert_eq!(step, told, "{op:?}");
        }
    }
}

#[test]
fn an_answer_without_a_secret_is_undone_only_if_it_can_be_no_one_elses() {
    let made = |change: fn(&mut Value)| {
        let mut answer: Value = serde_json::from_str(sample::CREATED).unwrap();
        answer["data"].as_object_mut().unwrap().remove("clientSecret");
        change(&mut answer["data"]);
        ok(&answer.to_string())
    };
    let (new, none) = (|_: &mut Value| (), list(&[]));
    let delete = format!("Delete clients/{MADE}");
    assert_eq!(sent(capillary(), &none).told(&made(new)), delete);
    assert_eq!(sent(capillary(), &none).told(&made(|client| client["clientSecret"] = json!(""))), delete);
    let older = |client: &mut Value| client["attribution"]["createdOn"] = json!("2020-04-15T14:14:05.999+0530");
    let namesake = list(&[listed(MADE, "NewName3", "2020-04-15T14:14:06.000+0530")]);
    let undated = Reply { date: None, ..list(&[]) };
    for (case, before, answer) in [
        ("it is older", &none, made(older)),
        ("its name was there before", &namesake, made(new)),
        ("nobody knows since when", &undated, made(new)),
        ("it is another's name", &none, made(|client| client["name"] = json!("Other"))),
    ] {
        let told = sent(capillary(), before).told(&answer);
        assert!(told.starts_with("stuck: ") && told.contains(MADE), "{case}: {told}");
    }
    let mut auth = sent(capillary(), &none);
    let told = auth.told(&made(|client| client["clientKey"] = json!("adminKey")));
    assert!(told.starts_with("stuck: "), "{told}");
}

#[test]
fn who_is_there_already_is_taken_over_where_that_is_wanted() {
    let adopting = || informed(with(|s| s.adopt = Adopt::ByName));
    let known = |key: &str| listed(key, "NewName3", "2019-01-01T00:00:00.000+0530");
    let mut way = Way::new(adopting(), Op::Join, None);
    way.start();
    assert_eq!(way.told(&list(&[known("k1")])), "Put clients/k1");
    assert_eq!(way.body()["name"], json!("NewName3"));
    assert_eq!(way.told(&ok(sample::UPDATED)), "accepted 1 k1");

    let invalid = json!({"clientKey": "k3", "name": "NewName3", "isValid": false});
    for (more, ours, told) in [
        (vec![], None, "prepare /vault"),
        (
            vec![known("k1"), known("k2")],
            None,
            "split: 2 clients have its name: which of them is to be taken over can't be told",
        ),
        (vec![known("adminKey")], None, "prepare /vault"),
        (vec![known("k1")], Some("k1"), "prepare /vault"),
        (vec![invalid], None, "prepare /vault"),
        (vec![listed("k1", "newname3", "")], None, "prepare /vault"),
    ] {
        let mut way = Way::new(adopting(), Op::Join, None);
        way.ours = ours.map(Remote::new).into_iter().collect();
        way.start();
        assert_eq!(way.told(&list(&more)), told);
    }
    let mut short = Way::new(adopting(), Op::Join, None);
    short.ours = vec![Remote::new("k9")];
    short.start();
    assert_eq!(
        short.told(&list(&[known("k1")])),
        "later: the list of clients was cut short",
        "there may be more of them"
    );
    let mut never = Way::new(informed(capillary()), Op::Join, None);
    never.start();
    assert_eq!(never.told(&list(&[known("k1")])), "prepare /vault", "only where that is wanted");
}
