//! Who owns what a file action makes.

use buildkit_proto::pb;

/// A user or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRef {
    /// By number.
    Id(u32),
    /// By a name that is looked up in the tree the chain starts with.
    Name(String),
}

/// A user, a group, or both; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: Option<UserRef>,
    /// The group.
    pub group: Option<UserRef>,
}

impl Owner {
    /// By numbers.
    pub fn ids(uid: u32, gid: u32) -> Self {
        Self {
            user: Some(UserRef::Id(uid)),
            group: Some(UserRef::Id(gid)),
        }
    }

    /// By names, which the tree the chain starts with must know.
    pub fn names(user: impl Into<String>, group: impl Into<String>) -> Self {
        let name = |name| Some(UserRef::Name(name));
        Self {
            user: name(user.into()),
            group: name(group.into()),
        }
    }

    /// `user` or `user:group`, where each is a number or a name; `root` is 0.
    pub fn parse(text: &str) -> Self {
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (text, None),
        };
        Self {
            user: Some(UserRef::parse(user)),
            group: group.map(UserRef::parse),
        }
    }

    /// `base` is the input that names are looked up in, -1 if there is none.
    pub(super) fn to_pb(&self, base: i64) -> pb::ChownOpt {
        let reference = |user: &Option<UserRef>| user.as_ref().map(|user| user.to_pb(base));
        pb::ChownOpt {
            user: reference(&self.user),
            group: reference(&self.group),
        }
    }
}

impl UserRef {
    fn parse(text: &str) -> Self {
        match text {
            "root" => Self::Id(0),
            text => text
                .parse()
                .map_or_else(|_| Self::Name(text.to_owned()), Self::Id),
        }
    }

    fn to_pb(&self, base: i64) -> pb::UserOpt {
        let user = match self {
            Self::Id(id) => pb::user_opt::User::ById(*id),
            Self::Name(name) => pb::user_opt::User::ByName(pb::NamedUserOpt {
                name: name.clone(),
                input: base,
            }),
        };
        pb::UserOpt { user: Some(user) }
    }
}
