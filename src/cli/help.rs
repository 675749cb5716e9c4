//! What the help and the manual page say besides the arguments.

use std::fmt::Write as _;

use super::image_choice;

/// What the program is.
pub(super) const ABOUT: &str = "Builds NVIDIA Dynamo container images from a dynamo.yaml";

/// What leads to the examples.
const BUILDS: &str = "\
A dynamo.yaml is built by Docker, which pulls this program as an image:

  docker buildx build -f dynamo.yaml .

Here it looks and writes, and needs neither Docker nor network; only `run` and
`bake --build` are Docker's:
";

/// Commands, and what they are good for.
pub(super) const EXAMPLES: [(&str, &str); 21] = [
    ("dynamo-frontend init", "a dynamo.yaml to begin with"),
    (
        "dynamo-frontend check",
        "all mistakes, with places and fixes",
    ),
    ("dynamo-frontend plan", "what would be built, step by step"),
    (
        "dynamo-frontend plan --format json",
        "the same for programs",
    ),
    (
        "dynamo-frontend plan --diff OLD.yaml",
        "what a change costs",
    ),
    (
        "dynamo-frontend explain NIXL_REF",
        "all about a key, a rule, or a step",
    ),
    ("dynamo-frontend graph", "the same as a picture in Mermaid"),
    ("dynamo-frontend graph --format html > plan.html", ""),
    (
        "dynamo-frontend graph --format dot | dot -Tsvg > plan.svg",
        "",
    ),
    ("dynamo-frontend llb | buildctl debug dump-llb", ""),
    (
        "dynamo-frontend llb --format json",
        "the same graph, to be read by programs",
    ),
    (
        "dynamo-frontend schema",
        "the JSON Schema of specs, for editors",
    ),
    (
        "dynamo-frontend run -it -- bash",
        "a container of the image, by Docker",
    ),
    (
        "dynamo-frontend run --build -it -- bash",
        "the same, built first",
    ),
    (
        "dynamo-frontend run --dry-run",
        "the docker command that it would be",
    ),
    (
        "dynamo-frontend devcontainer",
        "a container to develop in, for editors",
    ),
    (
        "dynamo-frontend compose -o compose.yaml",
        "a deployment that serves a model",
    ),
    (
        "dynamo-frontend bake --target runtime,dev",
        "several images, for `docker buildx bake`",
    ),
    (
        "dynamo-frontend bake --framework all > docker-bake.json",
        "",
    ),
    (
        "dynamo-frontend bake --build --keep-going",
        "all of them built, whatever fails",
    ),
    ("dynamo-frontend man | man -l -", "the manual page"),
];

/// Exit codes, and what they mean.
pub(super) const EXIT_CODES: [(&str, &str); 4] = [
    ("0", "all is well"),
    (
        "1",
        "there are findings, errors in a spec, or an image failed",
    ),
    (
        "2",
        "the command line is wrong, or a file cannot be read or written",
    ),
    (
        "125",
        "`run` started no container; otherwise its code is the container's or the build's",
    ),
];

/// Variables of the environment, and what they do.
pub(super) const ENVIRONMENT: [(&str, &str); 5] = [
    (
        "NO_COLOR",
        "No colors, whatever it is set to, unless `--color always` is given.",
    ),
    ("CLICOLOR", "`0`: no colors on terminals."),
    (
        "CLICOLOR_FORCE",
        "Anything but `0`: colors into files and pipes as well.",
    ),
    (
        "SOURCE_DATE_EPOCH",
        "The time that `bake` labels images with, instead of the commit's.",
    ),
    (
        image_choice::REPOSITORY,
        "What images of specs are called instead of `dynamo`, unless `--repository` says.",
    ),
];

/// What stands below the arguments.
pub(super) fn examples() -> String {
    let mut text = BUILDS.to_owned();
    for (command, what) in EXAMPLES {
        let line = format!("\n  {command:<43}{what}");
        text.push_str(line.trim_end());
    }
    text.push_str("\n\nExit codes:\n");
    for (code, meaning) in EXIT_CODES {
        let _ = write!(text, "\n  {code:<3}  {meaning}");
    }
    text
}
