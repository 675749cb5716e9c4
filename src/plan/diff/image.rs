//! What is different in the config of the image.

use super::change::{Change, Fact, compare};
use crate::plan::ImagePlan;
use crate::plan::render::value;

/// What is different, in the order in which a plan shows it.
pub(super) fn changes(old: &ImagePlan, new: &ImagePlan) -> Vec<Change> {
    compare(facts(old), facts(new))
}

fn facts(image: &ImagePlan) -> Vec<Fact> {
    let mut facts: Vec<Fact> = image
        .env
        .iter()
        .map(|(name, change)| Fact::new(format!("env {name}"), value(change)))
        .collect();
    let words = |words: &[String]| format!("{words:?}");
    let plain = [
        ("user", image.user.clone()),
        ("folder", image.working_dir.clone()),
        ("entrypoint", words(&image.entrypoint)),
        ("cmd", words(&image.cmd)),
    ];
    facts.extend(plain.map(|(what, value)| Fact::new(what, value)));
    let labels = image.labels.iter();
    facts.extend(labels.map(|(name, value)| Fact::new(format!("label {name}"), value)));
    let annotations = image.annotations.iter();
    let annotation = |(name, value)| Fact::new(format!("annotation {name}"), value);
    facts.extend(annotations.map(|(name, value): (&String, &String)| annotation((name, value))));
    let ports = image.expose.iter();
    facts.extend(ports.map(|port| Fact::new(format!("port {port}"), "open")));
    if let Some(check) = &image.healthcheck {
        let exact = serde_json::to_string(check).unwrap_or_default();
        facts.push(Fact {
            exact,
            ..Fact::new("healthcheck", format!("{:?}", check.test))
        });
    }
    let signal = image.stop_signal.iter();
    facts.extend(signal.map(|signal| Fact::new("stop signal", signal.to_string())));
    facts
}
