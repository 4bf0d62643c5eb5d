//! Secrets of clients, under the unit's own protections.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::host::Host;
use crate::fixtures::org::{Org, SECRETS, services};
use crate::fixtures::place::json;

const VAULT: &str = "/usr/local/bin/to-vault";

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn the_service_keeps_secrets_in_its_folder_and_hands_them_to_a_command() {
    let host = Host::bare(1);
    host.install("old");
    let mut org = Org::new(&services(1..4));
    for (name, secret) in [("password", SECRETS[0]), ("secret", SECRETS[1])] {
        fs::write(host.container.path(&format!("/etc/rosterd/credentials/{name}")), secret).unwrap();
    }
    fs::write(
        host.container.path(VAULT),
        "#!/bin/sh\ncat >> /var/lib/rosterd/handed && echo >> /var/lib/rosterd/handed\n",
    )
    .unwrap();
    fs::set_permissions(host.container.path(VAULT), fs::Permissions::from_mode(0o755)).unwrap();
    org.config.vault = format!("client_secrets: /var/lib/rosterd/client-secrets\n    on_secret: {{ exec: {VAULT} }}");
    let at = org.folder().display().to_string();
    let text = org.config.to_string().replace(&format!("${{file:{at}/"), "${cred:");
    let text = text.replace(&format!("{at}/control.sock"), "/run/rosterd/control.sock");
    let text = text.replace(&format!("{at}/state"), "/var/lib/rosterd");
    fs::write(host.config(), text.replace("syncs:\n  services:", "syncs:\n  services:\n    schedule: 10s")).unwrap();
    host.start();
    host.container.wait("three clients", |_| org.clients().len() == 3);
    host.container.wait("their secrets to be handed on", |container| {
        fs::read_to_string(container.path("/var/lib/rosterd/handed")).is_ok_and(|handed| handed.lines().count() == 3)
    });
    for client in org.clients().values() {
        let file = format!("/var/lib/rosterd/client-secrets/{}.json", client.key);
        let kept = json(&fs::read_to_string(host.container.path(&file)).unwrap());
        assert_eq!(kept["clientSecret"], client.secret.as_str());
        assert_eq!(host.container.does(&["stat", "-c", "%U %a", &file]), "rosterd 600");
        assert!(!host.said(&client.secret));
    }
    assert_eq!(host.container.does(&["stat", "-c", "%U %a", "/var/lib/rosterd/client-secrets"]), "rosterd 700");
    let listed = host.container.does(&["rosterd", "clients", "loyalty"]);
    assert!(listed.starts_with("loyalty: 3 ours, 1 foreign"), "{listed}");
}
