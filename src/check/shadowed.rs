//! Caches of steps that hide something: what is under a mount is not there while
//! the step runs, and what the step writes there is not in the image.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned};
use crate::spec::{ExtendStep, ImagePath};

/// What every step needs, whatever it runs.
const NEEDED: [&str; 10] = [
    "/bin",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/run/dynamo",
    "/sbin",
    "/sys",
    "/usr",
];
/// What is the image's, with all that is in it.
const OF_IMAGE: &str = "/opt/dynamo/venv";

/// Reports the caches of a step that hide a part of the image, one another, or a
/// secret.
pub(super) fn report(keys: &ExtendStep, diagnostics: &mut Diagnostics) {
    let caches = keys.caches.as_ref().map_or(&[][..], |caches| &caches.value);
    let caches: Vec<&Spanned<ImagePath>> = caches
        .iter()
        .filter_map(|cache| cache.value.0.target.as_ref())
        .collect();
    for (index, cache) in caches.iter().enumerate() {
        if let Some(wrong) = hides_image(cache) {
            diagnostics.push(wrong);
            continue;
        }
        for earlier in &caches[..index] {
            if let Some(found) = hides_cache(cache, earlier) {
                diagnostics.push(found);
            }
        }
    }
    let secrets = keys.secrets.as_ref().map_or(&[][..], |all| &all.value);
    let files = secrets.iter().filter_map(|one| one.value.0.target.as_ref());
    for file in files {
        let (path, place) = (file.value.trimmed(), file.span);
        if let Some(cache) = caches.iter().find(|cache| cache.value.trimmed() == path) {
            let message = format!("the secret `{path}` is in the place of a cache");
            diagnostics.push(
                Diagnostic::error(Code::ShadowedCache, place, message)
                    .label(cache.span, "the cache is here")
                    .help("give the secret another `target`, or use `env`"),
            );
        }
    }
}

/// A cache over what steps need, or where a step changes the image.
fn hides_image(cache: &Spanned<ImagePath>) -> Option<Diagnostic> {
    let path = cache.value.trimmed();
    if contains(OF_IMAGE, path) && path != OF_IMAGE {
        let message = format!("what the step writes to `{path}` would not be in the image");
        return Some(
            Diagnostic::error(Code::ShadowedCache, cache.span, message)
                .help("cache a folder of downloads instead, such as `/root/.cache`"),
        );
    }
    let hidden = NEEDED.iter().chain([&OF_IMAGE]);
    let hidden = hidden.copied().find(|needed| contains(path, needed))?;
    let message = if path == hidden {
        format!("a cache at `{path}` hides that folder of the image, which the step needs")
    } else {
        let shown = cache.value.as_str();
        format!("a cache at `{shown}` hides `{hidden}` of the image, which the step needs")
    };
    Some(
        Diagnostic::error(Code::ShadowedCache, cache.span, message)
            .help("name the folder that is to be kept, such as `/root/.cache/pip`"),
    )
}

/// A cache in the place of another one, or one inside of the other.
fn hides_cache(cache: &Spanned<ImagePath>, earlier: &Spanned<ImagePath>) -> Option<Diagnostic> {
    let (one, other) = (cache.value.trimmed(), earlier.value.trimmed());
    if one == other {
        let message = format!("two caches of one step are at `{one}`");
        return Some(
            Diagnostic::error(Code::ShadowedCache, cache.span, message)
                .label(earlier.span, "the first is here")
                .help("remove one of the two"),
        );
    }
    let (inner, outer) = if contains(one, other) {
        (other, one)
    } else if contains(other, one) {
        (one, other)
    } else {
        return None;
    };
    let message = format!("the cache `{inner}` hides a part of the cache `{outer}`");
    Some(
        Diagnostic::warning(Code::ShadowedCache, cache.span, message)
            .label(earlier.span, "the other one is here")
            .help(format!("remove `{inner}`: `{outer}` keeps it too")),
    )
}

/// Whether a folder is another one, or has it inside. The root is empty.
fn contains(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
