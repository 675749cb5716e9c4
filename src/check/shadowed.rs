//! Caches and secrets of steps that hide something: what is under a mount is not
//! there while the step runs, and what the step writes there is not in the image.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{ExtendSecret, ExtendStep, ImagePath, Whole};

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
/// What a container has of its own, over that of its image.
const OF_CONTAINER: [&str; 3] = ["/dev", "/proc", "/sys"];
/// What is the image's, with all that is in it.
const OF_IMAGE: &str = "/opt/dynamo/venv";

/// Variables by which programs are found, and what they load and run first.
const SEARCHED: [&str; 9] = [
    "BASH_ENV",
    "HOME",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "TMPDIR",
    "VIRTUAL_ENV",
];

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
    secrets(keys, &caches, diagnostics);
    variables(keys, diagnostics);
}

/// Reports files that are copied to where no container shows them.
pub(super) fn copied(to: &Spanned<ImagePath>, diagnostics: &mut Diagnostics) {
    let mut folders = OF_CONTAINER.iter();
    let Some(folder) = folders.find(|folder| contains(folder, to.value.trimmed())) else {
        return;
    };
    let message = format!("no container shows what is copied to `{}`", to.value);
    diagnostics.push(
        Diagnostic::warning(Code::WithoutEffect, to.span, message)
            .note(format!("each has a `{folder}` of its own there"))
            .help("copy to another folder, such as `/opt/tools/`"),
    );
}

/// Reports secrets in variables that the step needs for something else.
fn variables(keys: &ExtendStep, diagnostics: &mut Diagnostics) {
    for secret in keys.secrets.iter().flat_map(|all| &all.value) {
        let Some(env) = &secret.value.0.env else {
            continue;
        };
        let name = env.value.as_str();
        if SEARCHED.contains(&name) {
            let message = format!("a secret in `{name}` hides what the step has there");
            diagnostics.push(
                Diagnostic::error(Code::ShadowedCache, env.span, message)
                    .note("programs and their files are found by it")
                    .help("name the variable that the program reads, such as `HF_TOKEN`"),
            );
        }
    }
}

/// Reports the files of secrets that hide a part of the image, a cache, or one
/// another.
fn secrets(keys: &ExtendStep, caches: &[&Spanned<ImagePath>], diagnostics: &mut Diagnostics) {
    let mut known: Vec<(String, Span)> = Vec::new();
    for secret in keys.secrets.iter().flat_map(|all| &all.value) {
        let Some((path, place)) = file(secret) else {
            continue;
        };
        let error = |message| Diagnostic::error(Code::ShadowedCache, place, message);
        let cache = caches.iter().find(|cache| cache.value.trimmed() == path);
        let first = known.iter().find(|(other, _)| *other == path);
        if NEEDED.iter().any(|needed| contains(&path, needed)) {
            let shown = if path.is_empty() { "/" } else { &path };
            let message = format!("a secret at `{shown}` hides that folder of the image");
            diagnostics.push(error(message).help("name a file, such as `/run/secrets/token`"));
        } else if let Some(cache) = cache {
            let message = format!("the secret `{path}` is in the place of a cache");
            diagnostics.push(
                error(message)
                    .label(cache.span, "the cache is here")
                    .help("give the secret another `target`, or use `env`"),
            );
        } else if let Some((_, first)) = first {
            let message = format!("two secrets of one step are at `{path}`");
            diagnostics.push(
                error(message)
                    .label(*first, "the first is here")
                    .help("remove one of the two, or give it another `target`"),
            );
        }
        known.push((path, place));
    }
}

/// The file of a secret, if it has one, and where that is said.
fn file(secret: &Spanned<Whole<ExtendSecret>>) -> Option<(String, Span)> {
    let ExtendSecret {
        id, env, target, ..
    } = &secret.value.0;
    match (target, env, id) {
        (Some(target), ..) => Some((target.value.trimmed().to_owned(), target.span)),
        (None, None, Some(id)) => Some((format!("/run/secrets/{}", id.value), id.span)),
        _ => None,
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
