//! What a build is given besides its spec: named contexts, secrets, agents of SSH.
//!
//! Owns how they are read and written as buildx has them, so that whoever writes a
//! build in another form knows what they are. Pure: no file is looked for.

use std::collections::BTreeMap;

use thiserror::Error;

use super::csv;

/// What contexts begin with that are no folder of this machine, besides URLs.
const REMOTE: [&str; 3] = ["git@", "github.com/", "target:"];

/// What a context begins with that is a folder of images.
const OCI_LAYOUT: &str = "oci-layout://";

/// What a build is given besides its spec.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Named contexts; the last of a name counts, as in buildx.
    pub contexts: BTreeMap<String, String>,
    /// Secrets by their ids.
    pub secrets: BTreeMap<String, SecretSource>,
    /// Agents of SSH, as buildx takes them.
    pub ssh: Vec<String>,
}

/// Where the value of a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// Where its id says: in a variable of that name, or else in a file.
    Id,
    /// In a file.
    File(String),
    /// In a variable.
    Variable(String),
}

/// A text that is no named context, or no secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongInput {
    /// It has no name or no place.
    #[error(
        "`--build-context {0}` is no name with a place\n\
         help: write `--build-context NAME=PLACE`"
    )]
    Context(String),
    /// It has no id, or what no secret has. Only the names in it are said: the rest may
    /// be what nobody else is to read.
    #[error(
        "`--secret {0}` is no secret\n\
         help: write `--secret id=NAME,src=FILE`, or `--secret id=NAME,env=VARIABLE`"
    )]
    Secret(String),
}

impl Inputs {
    /// Reads what options of `docker buildx build` say.
    pub fn read(
        contexts: &[String],
        secrets: &[String],
        ssh: &[String],
    ) -> Result<Self, WrongInput> {
        let context = |text: &String| match text.split_once('=') {
            Some((name, place)) if !name.is_empty() && !place.is_empty() => {
                Ok((name.to_owned(), place.to_owned()))
            }
            _ => Err(WrongInput::Context(text.clone())),
        };
        let wrong = |text: &String| WrongInput::Secret(without_values(text));
        let secret = |text: &String| secret(text).ok_or_else(|| wrong(text));
        Ok(Self {
            contexts: contexts.iter().map(context).collect::<Result<_, _>>()?,
            secrets: secrets.iter().map(secret).collect::<Result<_, _>>()?,
            ssh: ssh.to_vec(),
        })
    }

    /// The same, with another path for every folder and file of this machine.
    pub fn moved<E>(&self, path: impl Fn(&str) -> Result<String, E>) -> Result<Self, E> {
        let mut moved = self.clone();
        for place in moved.contexts.values_mut() {
            if let Some(layout) = place.strip_prefix(OCI_LAYOUT) {
                *place = format!("{OCI_LAYOUT}{}", path(layout)?);
            } else if is_folder(place) {
                *place = path(place)?;
            }
        }
        for source in moved.secrets.values_mut() {
            if let SecretSource::File(file) = source {
                *file = path(file)?;
            }
        }
        for agent in &mut moved.ssh {
            if let Some((id, place)) = agent.split_once('=') {
                let keys: Result<Vec<String>, E> = place.split(',').map(&path).collect();
                *agent = format!("{id}={}", keys?.join(","));
            }
        }
        Ok(moved)
    }

    /// The secrets, as buildx takes them.
    pub fn secret_options(&self) -> impl Iterator<Item = String> {
        let all = self.secrets.iter();
        all.map(|(id, source)| {
            let fields = [Some(format!("id={id}")), source.option()];
            csv::line(fields.into_iter().flatten())
        })
    }

    /// The arguments of `docker buildx build`.
    pub fn arguments(&self) -> Vec<String> {
        let contexts = self.contexts.iter();
        let contexts = contexts.map(|(name, place)| format!("{name}={place}"));
        let contexts = contexts.map(|one| ["--build-context".to_owned(), one]);
        let secrets = self.secret_options();
        let secrets = secrets.map(|one| ["--secret".to_owned(), one]);
        let agents = self.ssh.iter().map(|one| ["--ssh".to_owned(), one.clone()]);
        contexts.chain(secrets).chain(agents).flatten().collect()
    }
}

impl SecretSource {
    fn option(&self) -> Option<String> {
        match self {
            Self::Id => None,
            Self::File(path) => Some(format!("src={path}")),
            Self::Variable(name) => Some(format!("env={name}")),
        }
    }
}

/// Whether a named context is a folder of this machine.
fn is_folder(place: &str) -> bool {
    !place.contains("://") && !REMOTE.iter().any(|begin| place.starts_with(begin))
}

/// A text of fields such as `id=…,src=…`, without what they say.
fn without_values(text: &str) -> String {
    let fields = text.split(',').map(|field| match field.split_once('=') {
        Some((name, _)) => format!("{name}=…"),
        None => "…".to_owned(),
    });
    fields.collect::<Vec<_>>().join(",")
}

/// Reads `id=token,src=file`, a line of CSV.
fn secret(text: &str) -> Option<(String, SecretSource)> {
    let (mut id, mut file, mut variable, mut kind) = (None, None, None, None);
    for field in csv::fields(text)? {
        let (key, value) = field.split_once('=')?;
        let place = match key.to_ascii_lowercase().as_str() {
            "id" => &mut id,
            "src" | "source" => &mut file,
            "env" => &mut variable,
            "type" => &mut kind,
            _ => return None,
        };
        *place = Some(value.to_owned()).filter(|value| !value.is_empty());
    }
    if kind.as_deref() == Some("env") && variable.is_none() {
        variable = file.take();
    }
    let source = match (variable, file) {
        (Some(name), _) => SecretSource::Variable(name),
        (None, Some(path)) => SecretSource::File(path),
        (None, None) => SecretSource::Id,
    };
    Some((id?, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(contexts: &[&str], secrets: &[&str]) -> Result<Inputs, WrongInput> {
        let owned = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        Inputs::read(&owned(contexts), &owned(secrets), &[])
    }

    #[test]
    fn a_secret_is_read_as_buildx_reads_it() {
        for (given, written) in [
            ("id=a", "id=a"),
            ("id=a,src=b", "id=a,src=b"),
            ("source=b,ID=a,type=file", "id=a,src=b"),
            ("id=a,env=B", "id=a,env=B"),
            ("id=a,type=env,src=B", "id=a,env=B"),
            ("id=a,\"src=b,\"\"c\"", "id=a,\"src=b,\"\"c\""),
        ] {
            let inputs = read(&[], &[given]).expect("a secret");
            assert_eq!(inputs.arguments(), ["--secret", written]);
        }
        for wrong in ["", "a", "src=a", "id=", "id=a,b", "id=a,mode=1"] {
            assert!(read(&[], &[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_of_this_machine_is_moved_and_nothing_else() {
        let contexts = [
            "a=../a",
            "b=/b",
            "c=docker-image://c",
            "d=https://d.example/d.git",
            "e=git@e.example:e.git",
            "f=oci-layout://f:1",
        ];
        let secrets = ["id=a,src=a", "id=b,env=b"];
        let agents = ["default", "own=a.sock,b.pem"];
        let owned = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        let inputs = Inputs::read(&owned(&contexts), &owned(&secrets), &owned(&agents));
        let inputs = inputs.expect("inputs");
        let moved = inputs.moved(|path| Ok::<_, ()>(format!("<{path}>")));
        let moved = moved.expect("no failure").arguments().join(" ");
        assert_eq!(
            moved,
            "--build-context a=<../a> --build-context b=</b> --build-context c=docker-image://c \
             --build-context d=https://d.example/d.git --build-context e=git@e.example:e.git \
             --build-context f=oci-layout://<f:1> --secret id=a,src=<a> --secret id=b,env=b \
             --ssh default --ssh own=<a.sock>,<b.pem>"
        );
    }

    #[test]
    fn what_may_be_secret_is_not_said_again() {
        for (given, said) in [
            ("TOKEN=hunter2", "TOKEN=…"),
            ("id=a,value=hunter2", "id=…,value=…"),
            ("hunter2", "…"),
        ] {
            let wrong = read(&[], &[given]).expect_err("no secret").to_string();
            assert!(
                wrong.starts_with(&format!("`--secret {said}` is")),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_named_context_has_a_name_and_a_place() {
        let inputs = read(&["a=b=c", "a=d"], &[]).expect("contexts");
        assert_eq!(inputs.contexts["a"], "d");
        for wrong in ["", "a", "a=", "=a"] {
            assert!(read(&[wrong], &[]).is_err(), "{wrong}");
        }
    }
}
