//! The image config of the plan, as named values.

use super::markup::{code, field};
use crate::plan::ImagePlan;
use crate::plan::render::variable;

/// What is changed; nothing where what is built is no image.
pub(super) fn fields(image: &ImagePlan) -> Option<String> {
    let some = |text: &str| (!text.is_empty()).then(|| code(text));
    let each = |texts: &[String]| texts.iter().map(|one| code(one)).collect::<Vec<_>>();
    let pairs = |pairs: &std::collections::BTreeMap<String, String>| {
        let pairs = pairs
            .iter()
            .map(|(name, value)| code(&format!("{name}={value}")));
        pairs.collect::<Vec<_>>()
    };
    let env = image
        .env
        .iter()
        .map(|(name, change)| code(&variable(name, change)));
    let ports = image.expose.iter().map(|port| code(&port.to_string()));
    let signal = image.stop_signal.as_ref();
    let signal = signal.map(|signal| code(&signal.to_string()));
    let health = image.healthcheck.as_ref();
    let health = health.map_or(Vec::new(), |health| each(&health.test));
    let fields = [
        field("variables", &env.collect::<Vec<_>>()),
        field("user", &some(&image.user).into_iter().collect::<Vec<_>>()),
        field(
            "starts in",
            &some(&image.working_dir).into_iter().collect::<Vec<_>>(),
        ),
        field("entrypoint", &each(&image.entrypoint)),
        field("cmd", &each(&image.cmd)),
        field("ports", &ports.collect::<Vec<_>>()),
        field("healthcheck", &health),
        field("stopped by", &signal.into_iter().collect::<Vec<_>>()),
        field("labels", &pairs(&image.labels)),
        field("annotations", &pairs(&image.annotations)),
    ];
    let fields = fields.concat();
    (!fields.is_empty()).then_some(fields)
}
