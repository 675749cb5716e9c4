//! The wheel of TensorRT-LLM, where it is no package of an index: of a named
//! build context, of an image, or built from its repository.

use crate::check::{Git, Trtllm, TrtllmInstall};
use crate::plan::action::{Action, EnvChange, GitTree, Mount, NamedTree, SecretVariable, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::{apt, repository, uv};
use crate::plan::script::trtllm as scripts;
use crate::plan::{Base, ImageSource, Stage, Step};

/// Where a step finds it.
pub(in crate::plan) const FOLDER: &str = "/run/trtllm";
/// Where images of TensorRT-LLM have it.
const IN_IMAGE: &str = "/app/tensorrt_llm";
/// Where the repository is bound, and where the wheel is left.
const SOURCES: &str = "/run/sources";
const OUTPUT: &str = "/opt/wheels";

/// Makes the wheel available to a step; nothing when an index has it.
pub(in crate::plan) fn mount(builder: &mut Builder<'_>, trtllm: &Trtllm) -> Option<Mount> {
    let (tree, source) = match &trtllm.install {
        TrtllmInstall::Index { .. } => return None,
        TrtllmInstall::WheelDir(name) => {
            let tree = Tree::NamedContext(NamedTree::new(&name.value, name.span));
            (tree, "/")
        }
        TrtllmInstall::Image(image) => (Tree::Image(ImageSource::of(image)), IN_IMAGE),
        TrtllmInstall::Git(git) => (Tree::Stage(built(builder, trtllm, git)), "/"),
    };
    Some(Mount::Bind {
        tree,
        source: source.to_owned(),
        target: FOLDER.to_owned(),
        scratch: false,
    })
}

/// The stage that builds it: on the image whose `PyTorch` it is linked with. Its name
/// is not that of the build context that people give.
fn built(builder: &mut Builder<'_>, trtllm: &Trtllm, git: &Git) -> String {
    builder.stage("trtllm_build", |builder| {
        let resolved = builder.resolved;
        let base = &resolved.images.base;
        let architectures = &trtllm.cuda_architectures;
        let script = scripts::build_wheel(&architectures.value, resolved.max_jobs, OUTPUT);
        let mut run = uv::run(resolved, script.args, None);
        SOURCES.clone_into(&mut run.cwd);
        run.output = Some(OUTPUT.to_owned());
        run.mounts.push(script.mount);
        run.mounts.push(Mount::Bind {
            tree: Tree::Git(GitTree {
                // Large files are fetched by what is in it.
                keep_git: true,
                ..repository::git(git)
            }),
            source: "/".to_owned(),
            target: SOURCES.to_owned(),
            scratch: true,
        });
        run.env.extend([
            EnvChange::set("DEBIAN_FRONTEND", "noninteractive"),
            EnvChange::set("ENV", "/etc/shinit_v2"),
            EnvChange::set("MAX_JOBS", resolved.max_jobs.to_string()),
            EnvChange::set("PIP_CONSTRAINT", ""),
            EnvChange::set("PIP_RETRIES", resolved.transfer.retries.to_string()),
            EnvChange::set("PIP_DEFAULT_TIMEOUT", resolved.transfer.timeout.to_string()),
        ]);
        // The build installs what it needs with pip.
        let index = &resolved.python_index;
        match &index.url_secret {
            Some(id) => run.secrets.push(SecretVariable {
                id: id.value.clone(),
                name: "PIP_INDEX_URL".to_owned(),
                optional: false,
                place: id.span,
            }),
            None => run
                .env
                .push(EnvChange::set("PIP_INDEX_URL", &index.url.value)),
        }
        let build = Step {
            title: format!("build the wheel of TensorRT-LLM {}", git.reference.value),
            component: Some("trtllm".to_owned()),
            places: vec![git.reference.span, git.url.span, architectures.span],
            action: Action::Run(run),
        };
        let tools = apt::install(
            resolved,
            base,
            "install tools",
            &resolved.packages.framework,
        );
        Stage {
            name: "trtllm_build".to_owned(),
            base: Base::of(base),
            steps: tools.into_iter().chain([build]).collect(),
        }
    })
}
