//! How a target's address is spelt.

/// One spelling of a URL, so that state and ledger do not depend on a trailing slash or a capital in the host.
pub(super) fn normalised(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (scheme, path_at) = (scheme.to_lowercase(), rest.find('/').unwrap_or(rest.len()));
    let (host, path) = rest.split_at(path_at);
    let host = host.to_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}{path}", host.strip_suffix(default_port).unwrap_or(&host))
}
