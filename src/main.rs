//! Parses arguments, runs a command, turns how it ended into an exit code.

use std::process::ExitCode;

use rosterd::cli;
#[cfg(feature = "kerberos")]
use rosterd::directory::ldap::kerberos::environment;
use rosterd::discretion;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    #[cfg(feature = "kerberos")]
    environment::take_over();
    discretion::of_memory();
    // Pages of two megabytes, of which a run needs a few bytes here and there, are a third of what it would take.
    let _ = nix::sys::prctl::set_thp_disable(true);
    rosterd::transport::install_crypto();
    let arguments = match cli::arguments() {
        Ok(arguments) => arguments,
        Err(exit) => return ExitCode::from(exit.code()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(cli::run(arguments));
            // Whoever still looks up an account in a slow directory is not waited for.
            runtime.shutdown_background();
            #[cfg(feature = "kerberos")]
            environment::leave();
            ExitCode::from(code)
        }
        Err(error) => {
            eprintln!("rosterd: the runtime can't start: {error}");
            ExitCode::FAILURE
        }
    }
}
