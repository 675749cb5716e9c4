//! What tells this program to end, and how that reaches the programs it has started.

use std::io;

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// As by ^C.
    Interrupt,
    /// As by `kill`, or by a CI system.
    Terminate,
    /// The terminal is gone.
    HangUp,
}

impl End {
    /// The exit status by which shells know it.
    pub(super) fn status(self) -> u8 {
        match self {
            Self::HangUp => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

#[cfg(unix)]
mod of_system {
    use std::fs;
    use std::future::pending;

    use rustix::process::{Pid, Signal, kill_process, kill_process_group};
    use tokio::signal::unix::{self, SignalKind};

    use super::{End, io};

    /// What is listened to.
    pub(in crate::cli) struct Signals {
        interrupt: unix::Signal,
        terminate: unix::Signal,
        /// None where it is ignored, as by `nohup`, and has to stay so.
        hang_up: Option<unix::Signal>,
    }

    impl Signals {
        pub(in crate::cli) fn new() -> io::Result<Self> {
            Ok(Self {
                interrupt: unix::signal(SignalKind::interrupt())?,
                terminate: unix::signal(SignalKind::terminate())?,
                hang_up: if is_ignored(SignalKind::hangup()) {
                    None
                } else {
                    Some(unix::signal(SignalKind::hangup())?)
                },
            })
        }

        /// The next one.
        pub(in crate::cli) async fn next(&mut self) -> End {
            tokio::select! {
                _ = self.interrupt.recv() => End::Interrupt,
                _ = self.terminate.recv() => End::Terminate,
                () = heard(self.hang_up.as_mut()) => End::HangUp,
            }
        }
    }

    async fn heard(signal: Option<&mut unix::Signal>) {
        match signal {
            Some(signal) => {
                signal.recv().await;
            }
            None => pending().await,
        }
    }

    /// Whether whoever started this program has it ignore a signal. Systems without
    /// `/proc` tell that by an unsafe call alone, and count as if they did not.
    fn is_ignored(signal: SignalKind) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        ignored.is_some_and(|mask| mask & (1 << (signal.as_raw_value() - 1)) != 0)
    }

    /// Tells a program what this one was told.
    pub(in crate::cli) fn pass_on(how: End, program: u32) {
        let signal = match how {
            End::Interrupt => Signal::INT,
            End::Terminate => Signal::TERM,
            End::HangUp => Signal::HUP,
        };
        if let Some(program) = pid(program) {
            let _ = kill_process(program, signal);
        }
    }

    /// Has a program end that leads a group of its own, with all that it has started.
    /// One that has ended is not there, and that is no mistake.
    pub(in crate::cli) fn end(leader: u32, by_force: bool) {
        if let Some(leader) = pid(leader) {
            let signal = if by_force { Signal::KILL } else { Signal::INT };
            let _ = kill_process_group(leader, signal);
        }
    }

    fn pid(number: u32) -> Option<Pid> {
        i32::try_from(number).ok().and_then(Pid::from_raw)
    }
}

#[cfg(not(unix))]
mod of_system {
    use super::{End, io};

    /// What is listened to. The programs that were started hear it themselves.
    pub(in crate::cli) struct Signals;

    impl Signals {
        #[expect(clippy::unnecessary_wraps, reason = "as on other systems")]
        pub(in crate::cli) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// The next one.
        pub(in crate::cli) async fn next(&mut self) -> End {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            End::Interrupt
        }
    }

    /// Nothing is left to do.
    pub(in crate::cli) fn pass_on(_how: End, _program: u32) {}

    /// Nothing is left to do.
    pub(in crate::cli) fn end(_leader: u32, _by_force: bool) {}
}

pub(super) use of_system::{Signals, end, pass_on};
