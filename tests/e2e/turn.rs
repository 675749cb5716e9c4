//! Whose turn it is to build. An engine lets builds that run at the same time share
//! their steps: one that another build has run is shown as it ended there, and while
//! any build still holds it, the engine may run again what stands on it, however
//! often that ran before. So a test that is about what runs a second time, or that
//! compares what two builds made, builds alone.

use std::cell::Cell;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static BUILDS: RwLock<()> = RwLock::new(());

thread_local! {
    /// Whether it is the turn of this thread's test: who waited once more, while
    /// another waits to be alone, would wait for ever.
    static HAS_TURN: Cell<bool> = const { Cell::new(false) };
}

/// The time of one build.
#[must_use = "a turn lasts as long as this value"]
pub(crate) struct Turn {
    shared: Option<RwLockReadGuard<'static, ()>>,
}

/// The time in which no other test builds.
#[must_use = "a test is alone as long as this value lives"]
pub(crate) struct Alone {
    _own: RwLockWriteGuard<'static, ()>,
}

impl Turn {
    /// Waits while another test builds alone.
    pub(crate) fn wait() -> Self {
        let has_turn = HAS_TURN.replace(true);
        let shared = || BUILDS.read().unwrap_or_else(PoisonError::into_inner);
        Self {
            shared: (!has_turn).then(shared),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.shared.is_some() {
            HAS_TURN.set(false);
        }
    }
}

impl Alone {
    /// Waits until no test builds.
    pub(crate) fn wait() -> Self {
        let has_turn = HAS_TURN.replace(true);
        assert!(!has_turn, "a test is alone before its first build");
        let own = BUILDS.write().unwrap_or_else(PoisonError::into_inner);
        Self { _own: own }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        HAS_TURN.set(false);
    }
}
