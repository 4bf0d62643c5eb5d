//! `rosterd sandbox` as a process.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A running sandbox; it is killed with this value.
struct Standing {
    process: Child,
    url: String,
}

impl Standing {
    fn start(more: &[&str]) -> Self {
        let mut process = command(more).args(["--listen", "127.0.0.1:0", "--json"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Self { process, url: said["url"].as_str().unwrap().to_owned() }
    }

    fn keeping(folder: &Path) -> Self {
        Self::start(&["--state", folder.to_str().unwrap()])
    }

    fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    async fn get(&self, path: &str) -> Value {
        reqwest::get(format!("{}{path}", self.url)).await.unwrap().json().await.unwrap()
    }

    async fn import(&self, number: usize) -> reqwest::Result<u16> {
        let members = json!([{"properties": {"email": format!("p{number}@example.com")}}]);
        let request = reqwest::Client::new()
            .post(format!("{}/api/v3/loyalty_clubs/infinity-mall/members/imports", self.url))
            .header("X-Client-Authorization", "sandbox-token")
            .header("X-Product-Name", "default")
            .header("X-User-Agent", "a test")
            .json(&json!({"import_id": "day", "request_number": number, "members": members}));
        Ok(request.send().await?.status().as_u16())
    }
}

impl Drop for Standing {
    /// As `kill -9` does.
    fn drop(&mut self) {
        // Fails when it has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(more: &[&str]) -> Command {
    // Wanted by the client even where nothing is encrypted; an error says that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rosterd"));
    command.arg("sandbox").args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// One that ends by itself: its exit code, and what it says.
fn ends(more: &[&str]) -> (Option<i32>, String) {
    let output = command(more).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn it_ends_when_it_is_told_to() {
    let mut sandbox = Standing::start(&[]);
    let (code, why) = ends(&["--listen", sandbox.address()]);
    assert!(code == Some(1) && why.contains("choose another address with --listen"), "{why}");
    let told = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", sandbox.process.id())).status().unwrap();
    assert!(told.success());
    assert_eq!(sandbox.process.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn what_was_answered_is_remembered_however_it_ends() {
    let above = TempDir::new().unwrap();
    let folder = above.path().join("sandbox");
    let first = Standing::keeping(&folder);
    for number in 0..20 {
        assert_eq!(first.import(number).await.unwrap(), 200);
    }
    let advanced = reqwest::Client::new().post(format!("{}/sandbox/clock", first.url));
    let advanced: Value = advanced.json(&json!({"advance": "2h"})).send().await.unwrap().json().await.unwrap();
    let answered = async {
        let mut number = 20;
        while first.import(number).await.is_ok() {
            number += 1;
        }
        number
    };
    let killed = async {
        // In the middle of it: once more requests have been answered.
        while first.get("/sandbox/boostcom/state?members=false").await["bulks"].as_array().unwrap().len() < 40 {}
        Command::new("sh").arg("-c").arg(format!("kill -9 {}", first.process.id())).status().unwrap()
    };
    let (answered, killed) = tokio::join!(answered, killed);
    assert!(killed.success() && answered >= 40);
    drop(first);
    let second = Standing::keeping(&folder);
    let state = second.get("/sandbox/boostcom/state").await;
    let bulks = state["bulks"].as_array().unwrap();
    let sent = |bulk: &Value| bulk["request_number"].as_u64().unwrap();
    assert!(bulks.iter().map(sent).eq(0..bulks.len() as u64), "{bulks:?}");
    // The last one may have come in without being answered.
    assert!((answered..=answered + 1).contains(&bulks.len()), "{answered} answered, {} remembered", bulks.len());
    assert_eq!(bulks[0]["status"], "finished");
    assert!(state["now"].as_str() >= advanced["now"].as_str(), "{advanced}");
    let (code, why) = ends(&["--listen", "127.0.0.1:0", "--state", folder.to_str().unwrap()]);
    assert!(code == Some(1) && why.contains("another sandbox keeps its state in"), "{why}");
    assert!(TcpStream::connect(second.address()).is_ok());
}

#[test]
fn a_folder_that_makes_no_sense_is_left_alone() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("journal"), "something else\n").unwrap();
    let (code, why) = ends(&["--listen", "127.0.0.1:0", "--state", folder.path().to_str().unwrap()]);
    assert!(code == Some(1) && why.contains("move it away to begin anew"), "{why}");
    assert_eq!(std::fs::read_to_string(folder.path().join("journal")).unwrap(), "something else\n");
}
