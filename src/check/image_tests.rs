//! The section `tests`: which keys of a check go together, and what each check
//! means.
//!
//! How many layers an image has is known later: `pipeline::layers` and the
//! gateway compare it.

mod file;
mod targets;

use super::expression;
use super::extended::ExtraCommand;
use super::inside;
use super::tested::{Expected, ImageTest, Stream, Tested, TextTest, Timeout, UserTest, When};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{
    Command, ExpectedText, ExpectedUser, ExtendNetwork, ImageCheck, Keys, Library, OneOrMore,
    PythonModule, Spec, Target, Text,
};

/// The checks as meant; what is wrong with one leaves that one out.
pub(super) fn tests(
    spec: &Spec,
    target: &Spanned<Target>,
    diagnostics: &mut Diagnostics,
) -> Tested {
    let keys = &spec.keys;
    let given = inside(&keys.tests, |tests| &tests.checks);
    let mut testing = Testing {
        target: target.value,
        diagnostics,
    };
    let given = given.map_or(&[][..], |given| &given.value.0);
    let checks = given
        .iter()
        .filter_map(|(name, check)| testing.check(&name.as_ref().map(ToString::to_string), check))
        .collect();
    let is_of_others = !given.is_empty() && given.iter().all(|(_, one)| testing.is_of_others(one));
    let builtin = inside(&keys.tests, |tests| &tests.builtin);
    let mut tested = Tested {
        when: when(spec, target, diagnostics),
        builtin: builtin.is_none_or(|flag| flag.value.0),
        checks,
    };
    if tested.is_empty() && given.is_empty() {
        report_nothing(keys, tested.when, diagnostics);
    }
    if tested.is_empty() && is_of_others {
        report_none_for(target.value, tested.when, diagnostics);
        tested.when = When::Never;
    }
    tested
}

/// When the image is checked. Of a target that is files alone nothing can be.
fn when(spec: &Spec, target: &Spanned<Target>, diagnostics: &mut Diagnostics) -> When {
    let gate = inside(&spec.keys.tests, |tests| &tests.gate).filter(|gate| gate.value.0);
    let is_image = target.value.is_image();
    match (spec.check_image, gate) {
        (Some(place), _) if is_image => When::Alone(place),
        (None, Some(gate)) if is_image => When::Gate(gate.span),
        (Some(place), _) => {
            let message = format!(
                "`{}` is files alone: there is no image to check",
                target.value
            );
            let refused = Diagnostic::error(Code::UnsupportedCombination, place, message)
                .label(target.span, "the spec's target")
                .help("check a target that is an image, such as `runtime`");
            diagnostics.push(refused);
            When::Never
        }
        (None, Some(gate)) => {
            let message = format!(
                "`tests.gate` changes nothing: `{}` is files alone, and no image",
                target.value
            );
            diagnostics.push(Diagnostic::warning(Code::WithoutEffect, gate.span, message));
            When::Never
        }
        (None, None) => When::Never,
    }
}

/// Reports that a build is to check and there is nothing to check.
fn report_nothing(keys: &Keys, when: When, diagnostics: &mut Diagnostics) {
    let (When::Gate(place) | When::Alone(place)) = when else {
        return;
    };
    let tests = keys.tests.as_ref();
    let unread =
        keys.unread.contains(&"tests") || tests.is_some_and(|tests| !tests.value.unread.is_empty());
    if !unread {
        let nothing = Diagnostic::error(Code::MissingValue, place, "there is nothing to check");
        diagnostics.push(nothing.help("add `tests.checks`, or remove `builtin: false`"));
    }
}

/// Reports that a build is to check and every check is for other targets. An image
/// that nothing is expected of may be given out.
fn report_none_for(target: Target, when: When, diagnostics: &mut Diagnostics) {
    let none = match when {
        When::Never => return,
        When::Gate(place) => {
            let message = format!("`tests.gate` changes nothing: no check is for `{target}`");
            Diagnostic::warning(Code::WithoutEffect, place, message)
        }
        When::Alone(place) => {
            let message = format!("there is nothing to check: no check is for `{target}`");
            Diagnostic::error(Code::MissingValue, place, message)
        }
    };
    let help = format!("add `{target}` to `targets` of a check, or remove `builtin: false`");
    diagnostics.push(none.help(help));
}

struct Testing<'d> {
    /// The target whose image is checked.
    target: Target,
    diagnostics: &'d mut Diagnostics,
}

impl Testing<'_> {
    fn check(&mut self, name: &Spanned<String>, check: &Spanned<ImageCheck>) -> Option<ImageTest> {
        let keys = &check.value;
        let mut expected = self.command(keys)?;
        for (path, file) in table(keys.files.as_ref()) {
            expected.extend(self.file(path, file));
        }
        expected.extend(of_image(keys));
        if let Some(given) = &keys.targets {
            self.targets(name, given);
        }
        self.without(keys);
        if expected.is_empty() && keys.layers.is_none() {
            self.report_empty(name, check);
            return None;
        }
        if self.is_of_others(check) {
            return None;
        }
        Some(ImageTest {
            name: name.clone(),
            expected,
            layers: keys
                .layers
                .as_ref()
                .map(|most| most.as_ref().map(|most| most.0)),
            gpu: keys.gpu.as_ref().is_some_and(|gpu| gpu.value.0),
            run_as: keys.run_as.as_ref().map(|account| account.value),
            workdir: keys.workdir.as_ref().map(|path| path.value.to_string()),
            network: keys.network.as_ref().map(|one| one.value) == Some(ExtendNetwork::Default),
            timeout: timeout(keys),
        })
    }

    /// Reports a check that says nothing, unless what it says could not be read.
    fn report_empty(&mut self, name: &Spanned<String>, check: &Spanned<ImageCheck>) {
        if self.has_error_in(check.span) {
            return;
        }
        let message = format!("the check `{}` expects nothing", name.value);
        let empty = Diagnostic::error(Code::MissingValue, name.span, message)
            .help("say what must hold, such as `imports: [dynamo.runtime]`, or remove the check");
        self.diagnostics.push(empty);
    }

    /// Whether something in these lines is wrong already.
    fn has_error_in(&self, span: Span) -> bool {
        let errors = self.diagnostics.errors();
        let mut places = errors.into_iter().filter_map(|one| one.primary);
        places.any(|at| span.holds(at))
    }

    /// The command and what is expected of it; `None` when there is nothing to run.
    fn command(&mut self, keys: &ImageCheck) -> Option<Vec<Spanned<Expected>>> {
        let Some(command) = &keys.command else {
            self.without_command(keys);
            return Some(Vec::new());
        };
        let Some(program) = program(&command.value) else {
            let nothing =
                Diagnostic::error(Code::MissingValue, command.span, "there is nothing to run");
            self.diagnostics
                .push(nothing.help("write `[PROGRAM, ARGUMENT]`, or `|` and a script"));
            return None;
        };
        let status = keys.status.as_ref();
        let mut expected = vec![
            command.as_ref().map(|_| Expected::Command(program)),
            status.map_or(Spanned::new(Expected::Status(0), command.span), |status| {
                status.as_ref().map(|status| Expected::Status(status.0))
            }),
        ];
        for (stream, given) in [(Stream::Out, &keys.stdout), (Stream::Error, &keys.stderr)] {
            let Some(given) = given else { continue };
            let ExpectedText {
                contains,
                matches,
                does_not_match,
                unread,
            } = &given.value;
            let tests = self.texts([contains, matches, does_not_match].map(Option::as_ref));
            if tests.is_empty() && unread.is_empty() {
                self.expects_nothing(given.span);
            }
            let tests = tests.into_iter();
            expected.extend(tests.map(|test| test.map(|test| Expected::Output(stream, test))));
        }
        Some(expected)
    }

    /// Reports what is expected of a command where there is none.
    fn without_command(&mut self, keys: &ImageCheck) {
        if keys.unread.contains(&"command") {
            return;
        }
        let given = [
            ("status", keys.status.as_ref().map(|one| one.span)),
            ("stdout", keys.stdout.as_ref().map(|one| one.span)),
            ("stderr", keys.stderr.as_ref().map(|one| one.span)),
            ("workdir", keys.workdir.as_ref().map(|one| one.span)),
            ("network", keys.network.as_ref().map(|one| one.span)),
        ];
        self.without_process(keys);
        for (key, place) in given {
            let Some(place) = place else { continue };
            let message = format!("`{key}` goes with `command`, and this check has none");
            let wrong = Diagnostic::error(Code::MissingValue, place, message);
            self.diagnostics
                .push(wrong.help(format!("add `command`, or remove `{key}`")));
        }
    }

    /// Reports a time for something that runs where nothing does.
    fn without_process(&mut self, keys: &ImageCheck) {
        let Some(timeout) = &keys.timeout else { return };
        let runs = keys.imports.is_some() || keys.libraries.is_some();
        let unread = ["imports", "libraries"];
        if runs || unread.iter().any(|key| keys.unread.contains(key)) {
            return;
        }
        let message = "`timeout` is for what a check runs, and this one runs nothing";
        let wrong = Diagnostic::error(Code::MissingValue, timeout.span, message);
        self.diagnostics
            .push(wrong.help("add `command`, `imports` or `libraries`, or remove `timeout`"));
    }

    fn expects_nothing(&mut self, place: Span) {
        let nothing = Diagnostic::error(Code::MissingValue, place, "nothing is expected here");
        self.diagnostics
            .push(nothing.help("add `contains`, `matches` or `does_not_match`"));
    }

    /// What is expected of a text; reports regular expressions that are none.
    fn texts(&mut self, given: [Option<&Spanned<OneOrMore<Text>>>; 3]) -> Vec<Spanned<TextTest>> {
        const KINDS: [fn(String) -> TextTest; 3] = [
            TextTest::Contains,
            TextTest::Matches,
            TextTest::DoesNotMatch,
        ];
        let mut tests = Vec::new();
        for (kind, given) in KINDS.into_iter().zip(given) {
            for text in given.iter().flat_map(|given| &given.value.0) {
                let test = kind(text.value.to_string());
                if !matches!(test, TextTest::Contains(_)) {
                    let wrong = expression::problem(text.value.as_str());
                    self.diagnostics.extend(wrong.map(|(message, help)| {
                        Diagnostic::error(Code::InvalidValue, text.span, message).help(help)
                    }));
                }
                tests.push(Spanned::new(test, text.span));
            }
        }
        tests
    }
}

/// How long what a check runs may take.
fn timeout(keys: &ImageCheck) -> Timeout {
    let given = keys.timeout.as_ref();
    given.map_or_else(Timeout::default, |given| Timeout {
        limit: given.value,
        place: Some(given.span),
    })
}

/// What needs no more than it says.
fn of_image(keys: &ImageCheck) -> Vec<Spanned<Expected>> {
    let imports = list(keys.imports.as_ref());
    let import =
        |one: &Spanned<PythonModule>| one.as_ref().map(|one| Expected::Import(one.to_string()));
    let mut expected: Vec<_> = imports.map(import).collect();
    let libraries = list(keys.libraries.as_ref());
    let library =
        |one: &Spanned<Library>| one.as_ref().map(|one| Expected::Library(one.to_string()));
    expected.extend(libraries.map(library));
    for (name, value) in table(keys.env.as_ref()) {
        let variable = Expected::Variable(name.value.to_string(), value.value.to_string());
        expected.push(Spanned::new(variable, name.span.to(value.span)));
    }
    expected.extend(keys.user.iter().flat_map(|user| who(&user.value)));
    let size = keys.size.as_ref();
    expected.extend(size.map(|size| {
        let size = size.as_ref();
        size.map(|size| Expected::Size(size.bytes, size.text.clone()))
    }));
    expected
}

/// What is expected of who a process is.
fn who(user: &ExpectedUser) -> Vec<Spanned<Expected>> {
    let mut all = Vec::new();
    let name = user.name.as_ref();
    all.extend(name.map(|one| one.as_ref().map(|name| UserTest::Name(name.to_string()))));
    let uid = user.uid.as_ref();
    all.extend(uid.map(|one| one.as_ref().map(|id| UserTest::Uid(id.0))));
    let gid = user.gid.as_ref();
    all.extend(gid.map(|one| one.as_ref().map(|id| UserTest::Gid(id.0))));
    let groups = user.groups.iter().flat_map(|groups| &groups.value.0);
    all.extend(groups.map(|one| one.as_ref().map(|name| UserTest::Group(name.to_string()))));
    all.into_iter().map(|one| one.map(Expected::User)).collect()
}

/// What runs, unless it is nothing.
fn program(command: &Command) -> Option<ExtraCommand> {
    match command {
        Command::Program(words) => {
            let words: Vec<String> = words.iter().map(|word| word.value.to_string()).collect();
            let is_program = words.first().is_some_and(|program| !program.is_empty());
            is_program.then_some(ExtraCommand::Program(words))
        }
        Command::Script(script) => {
            let is_script = !script.as_str().trim().is_empty();
            is_script.then(|| ExtraCommand::Script(script.to_string()))
        }
    }
}

/// The entries of a table; none without it.
fn table<K, V>(
    table: Option<&Spanned<crate::spec::Table<K, V>>>,
) -> impl Iterator<Item = &(Spanned<K>, Spanned<V>)> {
    table.into_iter().flat_map(|table| &table.value.0)
}

/// The items of a list; none without it.
fn list<T>(list: Option<&Spanned<Vec<Spanned<T>>>>) -> impl Iterator<Item = &Spanned<T>> {
    list.into_iter().flat_map(|list| &list.value)
}
