//! A rule's page: read, its examples run, written again.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use dynamo_frontend::diagnostic::Code;

use super::daemon;

/// The sections of a page.
pub(super) const SECTIONS: [&str; 4] = ["Bad", "Good", "How to fix", "Related"];
/// How an example is checked where the page says nothing else.
const CHECK: &str = "$ dynamo-frontend check";
/// How an example is built that only a build finds something about.
const BUILD: &str = "$ docker buildx build";
const FENCE: &str = "```";

/// A page whose examples have been run.
pub(super) struct Page {
    code: Code,
    parts: Vec<Part>,
}

enum Part {
    /// Lines between the examples.
    Prose(Vec<String>),
    /// A block that is left as it is.
    Block(Vec<String>),
    /// A spec.
    Example(Example),
    /// What is printed about the spec before.
    Printed,
}

impl Part {
    fn example(&mut self) -> Option<&mut Example> {
        match self {
            Self::Example(example) => Some(example),
            _ => None,
        }
    }
}

/// A spec of a page.
pub(super) struct Example {
    good: bool,
    spec: String,
    /// The command that the page shows, with what it prints.
    shown: Option<String>,
    /// What is printed, errors and all.
    pub(super) printed: String,
}

impl Page {
    /// Reads a page and runs its examples.
    #[track_caller]
    pub(super) fn of(code: Code, text: &str) -> Self {
        let mut parts = vec![Part::Prose(Vec::new())];
        let (mut good, mut lines) = (false, text.lines());
        while let Some(line) = lines.next() {
            let Some(fence) = line.strip_prefix(FENCE) else {
                if let Some(section) = line.strip_prefix("## ") {
                    good = section == SECTIONS[1];
                }
                match parts.last_mut() {
                    Some(Part::Prose(prose)) => prose.push(line.to_owned()),
                    _ => parts.push(Part::Prose(vec![line.to_owned()])),
                }
                continue;
            };
            let block: Vec<String> = lines
                .by_ref()
                .take_while(|line| *line != FENCE)
                .map(str::to_owned)
                .collect();
            let command = block.first().filter(|line| is_run(line));
            match (
                fence,
                command,
                parts.iter_mut().rev().find_map(Part::example),
            ) {
                ("yaml", ..) => {
                    let spec = block.join("\n") + "\n";
                    parts.push(Part::Example(Example::new(good, spec)));
                }
                ("console", Some(command), Some(example)) => {
                    assert!(example.shown.is_none(), "{code}: two commands for one spec");
                    example.shown = Some(command.clone());
                    parts.push(Part::Printed);
                }
                _ => {
                    let whole = [vec![line.to_owned()], block, vec![FENCE.to_owned()]];
                    parts.push(Part::Block(whole.concat()));
                }
            }
        }
        for example in parts.iter_mut().filter_map(Part::example) {
            example.run(code);
        }
        Self { code, parts }
    }

    fn examples(&self) -> impl Iterator<Item = &Example> {
        self.parts.iter().filter_map(|part| match part {
            Part::Example(example) => Some(example),
            _ => None,
        })
    }

    /// The specs that break the rule.
    pub(super) fn bad(&self) -> impl Iterator<Item = &Example> {
        self.examples().filter(|example| !example.good)
    }

    /// The specs that do not.
    pub(super) fn good(&self) -> impl Iterator<Item = &Example> {
        self.examples().filter(|example| example.good)
    }

    fn prose(&self) -> impl Iterator<Item = &str> {
        let lines = self.parts.iter().filter_map(|part| match part {
            Part::Prose(lines) => Some(lines),
            _ => None,
        });
        lines.flatten().map(String::as_str)
    }

    /// The names of the sections, in their order.
    pub(super) fn sections(&self) -> Vec<&str> {
        self.prose()
            .filter_map(|line| line.strip_prefix("## "))
            .collect()
    }

    /// Whether there is anything between what is generated and the first section.
    pub(super) fn has_prose(&self) -> bool {
        self.own_words().iter().any(|line| !line.is_empty())
    }

    /// The rules that the last section links to.
    pub(super) fn related(&self) -> Vec<&str> {
        let last = format!("## {}", SECTIONS[3]);
        let lines = self.prose().skip_while(|line| *line != last);
        let link = |line| {
            let (name, file) = str::strip_prefix(line, "- [")?.split_once("](")?;
            file.starts_with(&format!("{name}.md)")).then_some(name)
        };
        lines.filter_map(link).collect()
    }

    /// How bad findings of the rule are, the worst first.
    pub(super) fn severities(&self) -> Vec<&'static str> {
        let mark = |severity: &str| format!("{severity}[{}]", self.code);
        let warned = format!(" - {}:", self.code);
        let failed = format!(" [{}]", self.code);
        let all = ["error", "warning", "note"].into_iter();
        all.filter(|severity| {
            self.bad().any(|example| {
                let mut lines = example.printed.lines();
                lines.any(|line| {
                    line.starts_with(&mark(severity))
                        || (*severity == "warning" && line.starts_with(&warned))
                        || (*severity == "error" && line.ends_with(&failed))
                })
            })
        })
        .collect()
    }

    /// The first lines, which come from the rule itself.
    fn head(&self) -> Vec<String> {
        let severities = self.severities();
        let bold: Vec<String> = severities.iter().map(|one| format!("**{one}**")).collect();
        let skip = format!("`# check=skip={}` silences", self.code);
        let skipped = match &severities[..] {
            ["error"] => "An error ends the build and cannot be skipped.".to_owned(),
            ["error", ..] if !self.code.can_be_skipped() => {
                "Errors end the build, and it cannot be skipped.".to_owned()
            }
            ["error", ..] => format!("Errors end the build. {skip} the others."),
            _ if self.code.is_experimental() => format!(
                "Off by default: `# check=experimental={}` switches it on.",
                self.code
            ),
            _ => format!("{skip} it."),
        };
        vec![
            format!("# {}", self.code),
            String::new(),
            self.code.summary().to_owned(),
            String::new(),
            format!("Severity: {}. {skipped}", bold.join(" or ")),
            String::new(),
        ]
    }

    /// What the author wrote before the first section: all that is not the head,
    /// which is three paragraphs, or at first a heading.
    fn own_words(&self) -> Vec<&str> {
        let Some(Part::Prose(lines)) = self.parts.first() else {
            return Vec::new();
        };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let generated = |line: &str| {
            line.starts_with("# ") || line.starts_with("Severity: ") || line == self.code.summary()
        };
        let is_section = |line: &str| line.starts_with("## ");
        let until = lines.iter().position(|line| is_section(line));
        let own = lines[..until.unwrap_or(lines.len())].iter().copied();
        own.filter(|line| !generated(line))
            .skip_while(|line| line.is_empty())
            .collect()
    }

    /// The page with everything that is generated.
    pub(super) fn text(&self) -> String {
        let mut lines = self.head();
        lines.extend(self.own_words().into_iter().map(str::to_owned));
        let mut last = None;
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Prose(prose) if index == 0 => {
                    let sections = prose.iter().skip_while(|line| !line.starts_with("## "));
                    lines.extend(sections.cloned());
                }
                Part::Prose(prose) => lines.extend(prose.iter().cloned()),
                Part::Block(block) => lines.extend(block.iter().cloned()),
                Part::Example(example) => {
                    lines.extend(fenced("yaml", &example.spec));
                    last = Some(example);
                }
                Part::Printed => lines.extend(last.map(Example::session).unwrap_or_default()),
            }
        }
        lines.join("\n") + "\n"
    }
}

impl Example {
    fn new(good: bool, spec: String) -> Self {
        Self {
            good,
            spec,
            shown: None,
            printed: String::new(),
        }
    }

    fn run(&mut self, code: Code) {
        let command = self.shown.as_deref().unwrap_or(CHECK);
        self.printed = match command.strip_prefix(CHECK) {
            Some(arguments) => check(&self.spec, arguments),
            None => daemon::build(code, &self.spec, command),
        };
    }

    /// The rules that findings name.
    pub(super) fn rules(&self) -> BTreeSet<&str> {
        let drawn = self.drawn("error").chain(self.drawn("warning"));
        drawn
            .chain(self.drawn("note"))
            .chain(self.warned())
            .chain(self.failed())
            .collect()
    }

    /// The rules of findings that the author of a spec can do something about:
    /// notes are about the catalog.
    pub(super) fn to_mend(&self) -> impl Iterator<Item = &str> {
        self.drawn("error")
            .chain(self.drawn("warning"))
            .chain(self.warned())
            .chain(self.failed())
    }

    /// Rules in the way of a terminal: `error[RULE]: …`.
    fn drawn(&self, severity: &str) -> impl Iterator<Item = &str> {
        self.printed.lines().filter_map(move |line| {
            let rest = line.strip_prefix(severity)?.strip_prefix('[')?;
            rest.split_once("]: ").map(|(rule, _)| rule)
        })
    }

    /// Rules in the way of a build that fails: `… [RULE]`.
    fn failed(&self) -> impl Iterator<Item = &str> {
        let lines = self.printed.lines();
        let last = lines.filter_map(|line| Some(line.strip_suffix(']')?.rsplit_once(" [")?.1));
        last.filter(|word| Code::ALL.iter().any(|code| code.name() == *word))
    }

    /// Rules in the way of a build: ` - RULE: …`.
    fn warned(&self) -> impl Iterator<Item = &str> {
        let lines = self.printed.lines();
        lines.filter_map(|line| {
            line.strip_prefix(" - ")?
                .split_once(':')
                .map(|(rule, _)| rule)
        })
    }

    /// The command and what it prints.
    fn session(&self) -> Vec<String> {
        let command = self.shown.as_deref().unwrap_or(CHECK);
        fenced("console", &format!("{command}\n{}", self.printed))
    }
}

fn fenced(language: &str, text: &str) -> Vec<String> {
    let opened = [format!("{FENCE}{language}")];
    let lines = text.lines().map(str::to_owned);
    let closed = [FENCE.to_owned()];
    opened.into_iter().chain(lines).chain(closed).collect()
}

/// Whether a line is a command whose answer belongs below it.
fn is_run(line: &str) -> bool {
    line.starts_with(CHECK) || line.starts_with(BUILD)
}

/// What `dynamo-frontend check` prints about a spec, findings and last line. Specs of
/// pages leave out the line that names the frontend; what is said of that too.
fn check(spec: &str, arguments: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
    // The same on every machine and in every terminal.
    let ran = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
        .arg("check")
        .args(arguments.split_whitespace())
        .args(["--platform", "linux/amd64"])
        .env_clear()
        .current_dir(folder.path())
        .output()
        .expect("runs");
    let text = String::from_utf8([ran.stdout, ran.stderr].concat()).expect("UTF-8");
    let (found, of_frontend) = text.split_at(text.find("help: Docker").unwrap_or(text.len()));
    assert!(of_frontend.lines().count() < 2, "{of_frontend}");
    found.to_owned()
}
