//! Steps that the user adds to stages: the section `extend`.
//!
//! Owns their form. Which keys of a step go together, and which stages a build
//! has, is told by `check`.

use super::choice::choice;
use super::collection::{Table, Whole, only_entry};
use super::decode::{Decode, Scalar, located, mapping, no_value, unknown_key, wrong_type};
use super::node::{Entry, Node, NodeKind, abbreviate};
use super::scalar::{
    AptPackage, CacheId, ContextName, ContextPath, DnfPackage, EnvName, FileMode, Flag, ImageName,
    ImagePath, Requirement, SecretId, StepName, Text, TreePath,
};
use super::sections::List;
use super::shape::{Field, Shape, Word};
use super::vocabulary::Target;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned, listed, nearest};

choice! {
    /// A stage that can be extended: one that leaves a root filesystem.
    pub enum ExtendedStage {
        /// The image that serves, and so every image that stands on it.
        Runtime = "runtime",
        /// The development image, and so `local-dev`.
        Dev = "dev",
        /// The development image of one person.
        LocalDev = "local-dev",
        /// The image with the tests.
        Test = "test",
        /// The HTTP frontend.
        Frontend = "frontend",
        /// The image of the engine, before Dynamo is added.
        Framework = "framework",
        /// The compilers that native components and wheels are built with, and so `wheel_builder`.
        BuildTools = "build_tools",
        /// The image to compile in by hand. What is compiled for an image stands on `build_tools`.
        WheelBuilder = "wheel_builder",
        /// The base image with uv, NATS, etcd and Rust.
        DynamoBase = "dynamo_base",
        /// The endpoint picker.
        Epp = "epp",
        /// The compilers that the endpoint picker is built with.
        EppBuilder = "epp_builder",
        /// The image that builds the documentation.
        Docs = "docs",
    }
}

impl ExtendedStage {
    /// The target that has the stage whatever the rest of the spec says.
    pub fn target(self) -> Target {
        match self {
            Self::Runtime => Target::Runtime,
            Self::Dev => Target::Dev,
            Self::LocalDev => Target::LocalDev,
            Self::Test => Target::Test,
            Self::Frontend => Target::Frontend,
            Self::Framework => Target::Framework,
            Self::BuildTools | Self::WheelBuilder => Target::WheelBuilder,
            Self::DynamoBase => Target::DynamoBase,
            Self::Epp | Self::EppBuilder => Target::Epp,
            Self::Docs => Target::Docs,
        }
    }
}

choice! {
    /// Who runs a step, or owns files.
    pub enum Account {
        /// The account of the image, whatever its name.
        Dynamo = "dynamo" | "account",
        /// Root.
        Root = "root",
    }
    "0" => "write `root`",
    "0:0" => "write `root`",
    "root:root" => "write `root`"
    else "write `dynamo` for the account of the image, whatever its name and its ids: the key `user` of the spec says these"
}

choice! {
    /// The network of one step.
    pub enum ExtendNetwork {
        /// As all steps that have one.
        Default = "default",
        /// None.
        None = "none",
    }
}

choice! {
    /// Who may use a cache at once.
    pub enum CacheSharing {
        /// Everybody.
        Shared = "shared",
        /// One at a time: whoever comes meanwhile gets another cache.
        Private = "private",
        /// One at a time: whoever comes meanwhile waits.
        Locked = "locked",
    }
}

mapping! {
    /// A step. It has exactly one of `packages`, `copy` and `run`.
    pub struct ExtendStep {
        /// Runs a program, as a list of arguments, or a script for bash, as a text.
        run: Command,
        /// Installs packages.
        packages: ExtendPackages,
        /// Copies files.
        copy: Whole<ExtendCopy>,
        /// What it is called in the progress and in the history of the image.
        name: StepName,
        /// Variables of `run` alone.
        env: Table<EnvName, Text>,
        /// Where `run` begins; where the image of the stage does unless given.
        workdir: ImagePath,
        /// Who runs it; whoever the image of the stage runs as unless given.
        user: Account,
        /// Whether `run` has a network.
        network: ExtendNetwork,
        /// Folders of `run` that outlive the build and are not in the image.
        caches: List<Whole<ExtendCache>>,
        /// Secrets that `run` alone sees.
        secrets: List<Whole<ExtendSecret>>,
    }
}

mapping! {
    /// Packages that a step installs.
    pub struct ExtendPackages {
        /// Debian packages.
        apt: List<AptPackage>,
        /// Packages of AlmaLinux, on which some stages that compile stand.
        dnf: List<DnfPackage>,
        /// Python requirements.
        pip: List<Requirement>,
        /// Requirement files in the build context.
        requirements: List<ContextPath>,
    }
}

mapping! {
    /// Files that a step copies.
    pub struct ExtendCopy {
        /// Where they are: `context` (default), `{stage: NAME}`, `{image: NAME}` or `{context: NAME}`.
        from: CopySource,
        /// Files and folders. All there is unless given; of the build context they must be named.
        paths: List<TreePath>,
        /// Where they go: a folder that they are put into when it ends in a slash, otherwise what the one path becomes.
        #[needed = "/opt/tools/"]
        to: ImagePath,
        /// Who owns them; root unless given.
        owner: Account,
        /// Their permission bits, instead of those they have.
        mode: FileMode,
    }
}

mapping! {
    /// A cache.
    pub struct ExtendCache {
        /// The folder.
        #[needed = "/root/.cache/ccache"]
        target: ImagePath,
        /// Who may use it at once; `shared` unless given.
        sharing: CacheSharing,
        /// Its identity: steps with the same one share what is in it. The folder unless given.
        id: CacheId,
    }
}

mapping! {
    /// A secret of the client. A file `/run/secrets/ID` unless `env` or `target` says otherwise.
    pub struct ExtendSecret {
        /// Its name, as in `--secret id=NAME`.
        #[needed = "hf_token"]
        id: SecretId,
        /// The variable that holds it.
        env: EnvName,
        /// The file that holds it.
        target: ImagePath,
        /// Whether the build ends when the client does not have it; `true` unless given.
        required: Flag,
    }
}

/// Steps by the stage that they are added to, in the order written.
#[derive(Debug, Clone, Default)]
pub struct Extend(pub Vec<(Spanned<ExtendedStage>, Spanned<List<ExtendStep>>)>);

impl Extend {
    /// Every step with the stage that it is added to.
    pub fn steps(&self) -> impl Iterator<Item = (ExtendedStage, &ExtendStep)> {
        let stages = self.0.iter();
        stages.flat_map(|(stage, steps)| {
            let steps = steps.value.iter();
            steps.map(|step| (stage.value, &step.value))
        })
    }

    const COUNT: usize = ExtendedStage::SHAPE.len();
    const FIELDS: [Field; Self::COUNT] = {
        let mut fields = [Field::new("", "", <List<ExtendStep> as Decode>::shape); Self::COUNT];
        let mut at = 0;
        while at < Self::COUNT {
            fields[at].name = ExtendedStage::SHAPE[at].word;
            fields[at].doc = ExtendedStage::SHAPE[at].doc;
            at += 1;
        }
        fields
    };
}

impl Decode for Extend {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let NodeKind::Mapping(entries) = &node.kind else {
            let wrong = wrong_type(node, "a mapping of stages");
            diagnostics.push(wrong.help("write the steps below a stage: `runtime: [{run: […]}]`"));
            return None;
        };
        let mut all = Vec::new();
        for entry in entries {
            let stages = ExtendedStage::ALL.iter().copied();
            let stage = stages.clone().find(|stage| stage.word() == entry.key);
            let Some(stage) = stage else {
                diagnostics.push(unknown_stage(entry));
                continue;
            };
            if matches!(entry.value.kind, NodeKind::Null) {
                diagnostics.push(no_value(entry).help("give it steps, or remove it"));
                continue;
            }
            if let Some(steps) = List::<ExtendStep>::decode(&entry.value, diagnostics) {
                let stage = Spanned::new(stage, entry.key_span);
                all.push((stage, entry.value.spanned(steps)));
            }
        }
        Some(Self(all))
    }

    fn shape() -> Shape {
        Shape::Mapping(&Self::FIELDS)
    }
}

/// A key of `extend` that is no stage to extend.
fn unknown_stage(entry: &Entry) -> Diagnostic {
    let message = format!("there is no stage `{}` to extend", abbreviate(&entry.key));
    let unknown = Diagnostic::error(Code::UnknownStage, entry.key_span, message);
    let words = ExtendedStage::WORDS.iter().copied();
    if let Some(near) = nearest(&entry.key, words) {
        return unknown.did_you_mean(entry.key_span, near);
    }
    match entry.key.as_str() {
        "wheels" => unknown.help("its image is files alone, on which no step can run"),
        "base" => unknown.help("write `dynamo_base`"),
        _ => {
            let all = listed(ExtendedStage::WORDS);
            let known = format!("those that can be extended are {all}");
            unknown
                .help(known)
                .help("components are built on `build_tools`")
        }
    }
}

/// What a step runs.
#[derive(Debug, Clone)]
pub enum Command {
    /// A program with its arguments.
    Program(List<Text>),
    /// A script for bash.
    Script(Text),
}

impl Decode for Command {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            NodeKind::Sequence(_) => Decode::decode(node, diagnostics).map(Self::Program),
            NodeKind::Scalar { .. } => Text::decode(node, diagnostics).map(Self::Script),
            NodeKind::Null | NodeKind::Mapping(_) => {
                let wrong = wrong_type(node, "a list of arguments, or a script as text");
                diagnostics.push(wrong.help("write `[PROGRAM, ARGUMENT]`, or `|` and a script"));
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::ScalarOrList(Text::GRAMMAR, Text::shape)
    }
}

/// Where files are copied from.
#[derive(Debug, Clone)]
pub enum CopySource {
    /// The build context.
    Context,
    /// What a stage leaves.
    Stage(Spanned<ExtendedStage>),
    /// An image.
    Image(Spanned<ImageName>),
    /// A named build context.
    NamedContext(Spanned<ContextName>),
}

impl CopySource {
    const WAYS: &'static str = "`context`, `stage`, `image`";
    const WORDS: &'static [Word] = &[Word {
        word: "context",
        doc: " The build context.",
        aliases: &[],
    }];
    const FIELDS: &'static [Field] = &[
        Field::new(
            "stage",
            " A stage of the build, with its own steps of `extend`.",
            ExtendedStage::shape,
        ),
        Field::new("image", " An image.", ImageName::shape),
        Field::new(
            "context",
            " A build context, as in `--build-context NAME=DIR`.",
            ContextName::shape,
        ),
    ];
}

impl Decode for CopySource {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar { text, .. } if text == "context" => return Some(Self::Context),
            NodeKind::Mapping(_) => {}
            _ => {
                diagnostics.push(unclear_source(node));
                return None;
            }
        }
        let entry = only_entry(node, Self::WAYS, Self::FIELDS, diagnostics)?;
        let value = &entry.value;
        match entry.key.as_str() {
            "stage" => ExtendedStage::decode(value, diagnostics)
                .map(|stage| Self::Stage(value.spanned(stage))),
            "image" => {
                ImageName::decode(value, diagnostics).map(|name| Self::Image(value.spanned(name)))
            }
            "context" => ContextName::decode(value, diagnostics)
                .map(|name| Self::NamedContext(value.spanned(name))),
            _ => {
                diagnostics.push(unknown_key(entry, Self::FIELDS));
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::WordOrOneOf(Self::WORDS, Self::FIELDS)
    }
}

/// A text in the place of a source, which may be the name of any of them.
fn unclear_source(node: &Node) -> Diagnostic {
    let wrong = wrong_type(node, &format!("one of {}", CopySource::WAYS));
    let NodeKind::Scalar { text, .. } = &node.kind else {
        return wrong.help("write `context`, or `{image: NAME}`");
    };
    let way = if ExtendedStage::WORDS.contains(&text.as_str()) {
        "stage"
    } else if text.contains([':', '/', '@']) {
        "image"
    } else {
        "context"
    };
    located(wrong, node).help(format!("write `{{{way}: {}}}`", abbreviate(text)))
}
