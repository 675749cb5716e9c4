//! What would make a step run again: how BuildKit decides that, said about the
//! inputs of one step.

use crate::plan::{
    Action, Base, ContextTree, GitTree, ImageSource, Mount, Origin, Stage, Step, Tree, title,
};

/// Sentences without a beginning: "it runs again when …".
pub(super) fn again(stage: &Stage, number: usize, step: &Step) -> Vec<String> {
    let mut all = vec![own(&step.action).to_owned()];
    // What is linked stands on nothing.
    if !matches!(step.action, Action::Link(_)) {
        all.extend(below(stage, number));
    }
    for reason in step.action.trees().filter_map(tree) {
        if !all.contains(&reason) {
            all.push(reason);
        }
    }
    all.push(format!(
        "a build asks for it: `--no-cache`, `--no-cache-filter {}`",
        stage.name
    ));
    all
}

fn own(action: &Action) -> &'static str {
    match action {
        Action::Run(run) if run.mounts.iter().any(is_kept) || !run.secrets.is_empty() => {
            "its command, variables, user or scripts change; what is in caches and secrets does not count"
        }
        Action::Run(_) => "its command, variables, user or scripts change",
        Action::Files(_) => "a path, a permission or a content changes",
        Action::Link(_) => "a path or an owner changes",
        Action::Copy(_) => "a path, an owner or a permission changes",
    }
}

fn is_kept(mount: &Mount) -> bool {
    matches!(mount, Mount::Cache(_) | Mount::Secret { .. })
}

fn below(stage: &Stage, number: usize) -> Option<String> {
    if number > 1 && !stage.checks_image() {
        return Some(format!("`{}/{}` runs again", stage.name, number - 1));
    }
    match &stage.base {
        Base::Image(image) => another(image),
        Base::Stage(name) => Some(format!("the last step of `{name}` runs again")),
        Base::NamedContext(context) => Some(changed(&context.name)),
        Base::Scratch => None,
    }
}

/// An image by its digest is always the same.
fn another(image: &ImageSource) -> Option<String> {
    let name = image.reference.familiar();
    let moves = image.reference.digest().is_none();
    moves.then(|| format!("`{name}` is another image than before"))
}

fn changed(context: &str) -> String {
    format!("the build context `{context}` changes")
}

fn tree(tree: &Tree) -> Option<String> {
    match tree {
        Tree::Image(image) => another(image),
        Tree::Stage(name) => Some(format!("`{name}` leaves other files")),
        Tree::Context(ContextTree { origin, paths, .. }) => match origin {
            Origin::Context => Some(format!(
                "a file changes in the build context: {}",
                paths.join(", ")
            )),
            Origin::Git(git) => moved(git),
            Origin::NamedContext(context) => Some(changed(&context.name)),
        },
        Tree::Git(git) => moved(git),
        Tree::Archive { url, checksum, .. } | Tree::Download { url, checksum, .. } => {
            let url = title::public_url(url);
            let moves = checksum.is_none();
            moves.then(|| format!("`{url}` is another file than before"))
        }
        Tree::NamedContext(context) => Some(changed(&context.name)),
        Tree::Literal { .. } => None,
    }
}

fn moved(git: &GitTree) -> Option<String> {
    (!git.is_pinned()).then(|| format!("`{git}` is at another commit"))
}
