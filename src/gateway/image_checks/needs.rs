//! What an image must have for its checks to run: bash, and the account they run as.
//!
//! Owns that what is missing is told once, and not by each check that fails of it.

use buildkit_llb::Platform;

use super::{Came, Checked, LIMIT, place};
use crate::emit::CheckStep;
use crate::gateway::bridge::{Bridge, Ref};
use crate::gateway::build::Build;
use crate::gateway::error::FrontendError;
use crate::gateway::findings;

/// Where an image lists its accounts.
const ACCOUNTS: &str = "/etc/passwd";

impl<B: Bridge + 'static> Build<'_, B> {
    /// Whether the image has what checks are written for. Where that cannot be told, a
    /// check will.
    pub(super) async fn has_bash(&self, image: &Ref) -> bool {
        for (folder, name) in [("/", "bin"), ("/bin", "bash")] {
            match self.bridge.read_dir(image, folder, Some(name)).await {
                Ok(there) if there.is_empty() => return false,
                Ok(_) => {}
                Err(_) => return true,
            }
        }
        true
    }

    /// What is said instead of what each check would fail with.
    pub(super) fn without_bash(&self, first: &CheckStep, platform: &Platform) -> Checked {
        let help = "checks need bash, coreutils and grep in the image: build it on a base that has \
                    them, or check another target";
        Checked {
            failure: Some(self.cannot_check("`/bin/bash`", help, first, platform)),
            ..Checked::default()
        }
    }

    /// Takes out the checks that could not run because the image has no such account.
    /// What is said instead, if there are some.
    pub(super) async fn without_account(
        &self,
        came: &mut Vec<(&CheckStep, Result<Came, FrontendError>)>,
        image: &Ref,
        platform: &Platform,
    ) -> Option<FrontendError> {
        let mut broken = came.iter().filter(|(_, came)| came.is_err());
        let (first, account) = broken.find_map(|(step, _)| Some((*step, step.account.clone()?)))?;
        let listed = self.bridge.read_file(image, ACCOUNTS, LIMIT).await.ok()?;
        let listed = String::from_utf8_lossy(&listed);
        if names(&listed).any(|name| name == account) {
            return None;
        }
        came.retain(|(step, came)| came.is_ok() || step.account.as_ref() != Some(&account));
        let help = "checks run as the account of the spec: name that of the image by `user.name`, \
                    or give a check `run_as: root`";
        Some(self.cannot_check(&format!("account `{account}`"), help, first, platform))
    }

    /// What is said of an image that lacks what checks need, at the first that does.
    fn cannot_check(
        &self,
        lacks: &str,
        help: &str,
        first: &CheckStep,
        platform: &Platform,
    ) -> FrontendError {
        let image = self.called(platform);
        let message = format!("{image} cannot be checked: it has no {lacks}");
        let failure = FrontendError::new(message).help(help);
        findings::located(failure, Some(place(first, 0)), &self.outcome.sources)
    }
}

/// The names in a list of accounts.
fn names(listed: &str) -> impl Iterator<Item = &str> {
    let lines = listed.lines();
    lines.filter_map(|line| line.split(':').next())
}
