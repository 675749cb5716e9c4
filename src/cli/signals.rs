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
    /// All of them.
    #[cfg(unix)]
    const ALL: [Self; 3] = [Self::Interrupt, Self::Terminate, Self::HangUp];

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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use rustix::process::{Pid, Signal, kill_process, kill_process_group};
    use signal_hook::flag;
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

    /// A time in which nothing that this program is told is lost, whoever listens
    /// besides and whatever else ends at that moment.
    pub(in crate::cli) struct Vigil {
        /// The exit status of what was heard; 0 is nothing.
        heard: Arc<AtomicUsize>,
        is_over: Arc<AtomicBool>,
    }

    impl Vigil {
        pub(in crate::cli) fn begin() -> io::Result<Self> {
            let (heard, is_over) = <(Arc<AtomicUsize>, Arc<AtomicBool>)>::default();
            for how in End::ALL {
                let signal = signal(how).as_raw();
                if how == End::HangUp && is_ignored(SignalKind::hangup()) {
                    continue;
                }
                flag::register_usize(signal, heard.clone(), how.status().into())?;
                flag::register_conditional_default(signal, is_over.clone())?;
            }
            Ok(Self { heard, is_over })
        }

        /// What was heard. From now on this program ends by a signal, as one that
        /// never listened: there is no moment between the two.
        pub(in crate::cli) fn end(self) -> Option<End> {
            self.is_over.store(true, Ordering::SeqCst);
            let status = self.heard.load(Ordering::SeqCst);
            let mut all = End::ALL.into_iter();
            all.find(|how| usize::from(how.status()) == status)
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
        if let Some(program) = pid(program) {
            let _ = kill_process(program, signal(how));
        }
    }

    fn signal(how: End) -> Signal {
        match how {
            End::Interrupt => Signal::INT,
            End::Terminate => Signal::TERM,
            End::HangUp => Signal::HUP,
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

    #[cfg(test)]
    mod tests {
        use signal_hook::low_level::raise;

        use super::*;

        #[test]
        fn what_is_told_during_a_vigil_is_known_at_its_end() {
            for how in [End::Terminate, End::Interrupt] {
                let vigil = Vigil::begin().expect("signals");
                raise(signal(how).as_raw()).expect("a signal");
                assert_eq!(
                    vigil.heard.load(Ordering::SeqCst),
                    usize::from(how.status())
                );
                // Not ended: other tests of this process would end by a signal.
                let Vigil { heard, .. } = vigil;
                let over = Vigil {
                    heard,
                    is_over: Arc::default(),
                };
                assert_eq!(over.end(), Some(how));
            }
            let quiet = Vigil {
                heard: Arc::default(),
                is_over: Arc::default(),
            };
            assert_eq!(quiet.end(), None);
        }
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

    /// What ends this program ends it at once.
    pub(in crate::cli) struct Vigil;

    impl Vigil {
        #[expect(clippy::unnecessary_wraps, reason = "as on other systems")]
        pub(in crate::cli) fn begin() -> io::Result<Self> {
            Ok(Self)
        }

        /// Nothing was heard.
        pub(in crate::cli) fn end(self) -> Option<End> {
            None
        }
    }

    /// Nothing is left to do.
    pub(in crate::cli) fn pass_on(_how: End, _program: u32) {}

    /// Nothing is left to do.
    pub(in crate::cli) fn end(_leader: u32, _by_force: bool) {}
}

pub(super) use of_system::{Signals, Vigil, end, pass_on};
