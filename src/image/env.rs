//! The environment of a container, as the ordered `NAME=value` list that the
//! config stores.
//!
//! Owns order and replacement. Order is kept because it reaches the digest of
//! the image and of every step that inherits the environment.

use serde::{Deserialize, Serialize};

/// An ordered environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Env(Vec<String>);

impl Env {
    /// An empty environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `name`. Of several entries the last counts, as it does when
    /// a container is started.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value)
            .next_back()
    }

    /// Sets `name`: in place if it is there, at the end if not.
    pub fn set(&mut self, name: &str, value: &str) {
        let entry = format!("{name}={value}");
        let Some(place) = self.0.iter().position(|entry| split(entry).0 == name) else {
            self.0.push(entry);
            return;
        };
        self.0[place] = entry;
        // A base image may list a name twice; an old value behind the new one
        // would win.
        let mut index = 0;
        self.0.retain(|entry| {
            index += 1;
            index - 1 <= place || split(entry).0 != name
        });
    }

    /// Removes `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|entry| split(entry).0 != name);
    }

    /// Names and values in order. An entry without `=` has an empty value.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        self.0.iter().map(|entry| split(entry))
    }

    /// The entries as stored.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut env = Self::new();
        for (name, value) in pairs {
            env.set(name.as_ref(), value.as_ref());
        }
        env
    }
}

fn split(entry: &str) -> (&str, &str) {
    entry.split_once('=').unwrap_or((entry, ""))
}
