//! Native components and features: which of them the image has.

use std::collections::{BTreeMap, BTreeSet};

use super::defaults::Defaults;
use super::inside;
use super::resolved::Resolved;
use super::source::Git;
use crate::catalog::Needs;
use crate::diagnostic::{Code, Diagnostic, Spanned, listed};
use crate::spec::{Component, Feature, Flag, GitComponent, Keys, Switch};

/// What a component is built with, besides compilers.
const REQUIRES: &[(Component, Component)] = &[(Component::Nixl, Component::Ucx)];

impl Defaults<'_> {
    /// The components that are wanted, those of the catalog and of the spec.
    pub(super) fn components(&mut self, keys: &Keys) -> BTreeMap<Component, Git> {
        let mut wanted = BTreeMap::new();
        let mut off = BTreeMap::new();
        for component in Component::ALL.iter().copied() {
            let given = given(keys, component);
            let on_by_default = self.needs.components.contains(&component);
            let possible = on_by_default || self.needs.optional_components.contains(&component);
            let details = match given.map(|given| &given.value) {
                Some(Switch::Off) => {
                    off.insert(component, given.map(|given| given.span));
                    continue;
                }
                Some(Switch::On(_)) if !possible => {
                    self.impossible(component, given);
                    continue;
                }
                Some(Switch::On(details)) => Some(details),
                None if on_by_default => None,
                None => continue,
            };
            let Some(pin) = self.release.common.content.components.get(&component) else {
                continue;
            };
            let instead = self.needs.pins.get(&component);
            let instead = instead.map(|pin| pin.spanned(self.file, Clone::clone));
            wanted.insert(
                component,
                self.git(
                    pin,
                    self.files.common,
                    instead,
                    details,
                    &format!("components.{component}"),
                ),
            );
        }
        for (component, needed) in REQUIRES {
            let (Some(_), None) = (wanted.get(component), wanted.get(needed)) else {
                continue;
            };
            let left_out = off.get(needed).copied().flatten();
            let place = left_out.or(given(keys, *component).map(|given| given.span));
            let message = format!("`{component}` is built with `{needed}`, which is left out");
            let place = place.unwrap_or(self.chosen_at);
            let mut missing = Diagnostic::error(Code::MissingComponent, place, message);
            let wanted_at = given(keys, *component).map(|given| given.span);
            if let Some(wanted_at) = wanted_at.filter(|wanted_at| *wanted_at != place) {
                missing = missing.label(wanted_at, "asked for here");
            }
            self.diagnostics.push(missing.help(match left_out {
                Some(_) => format!(
                    "leave `{component}` out too with `components: {{{component}: false}}`, \
                     or remove `{needed}: false`"
                ),
                None => format!("add `components: {{{needed}: true}}`"),
            }));
        }
        wanted
    }

    fn impossible(&mut self, component: Component, given: Option<&Spanned<Switch<GitComponent>>>) {
        let place = given.map_or(self.chosen_at, |given| given.span);
        let needs = self.needs;
        let has = listed(needs.components.iter().chain(&needs.optional_components));
        let wrong = self.unsupported(place, &format!("the component `{component}`"), |needs| {
            let mut all = needs.components.iter().chain(&needs.optional_components);
            all.any(|one| *one == component)
        });
        self.diagnostics.push(if has.is_empty() {
            wrong.help("for this framework and device no native component is built")
        } else {
            wrong.help(format!("this image can have {has}"))
        });
    }

    /// The features that the image has.
    pub(super) fn features(&mut self, keys: &Keys) -> BTreeSet<Feature> {
        let mut wanted = BTreeSet::new();
        for feature in Feature::ALL.iter().copied() {
            let given = flag(keys, feature);
            let default = self.needs.features.get(&feature);
            match (given, default) {
                (
                    Some(Spanned {
                        value: true, span, ..
                    }),
                    None,
                ) => {
                    let has = listed(self.needs.features.keys());
                    let what = format!("the feature `{feature}`");
                    let has_it = |needs: &Needs| needs.features.contains_key(&feature);
                    let wrong = self.unsupported(span, &what, has_it);
                    self.diagnostics
                        .push(wrong.help(format!("this image can have {has}")));
                }
                (Some(given), _) if given.value => {
                    wanted.insert(feature);
                }
                (None, Some(default)) if default.value => {
                    wanted.insert(feature);
                }
                _ => {}
            }
        }
        wanted
    }

    /// ModelExpress, when the image has it.
    pub(super) fn modelexpress(&self, keys: &Keys, features: &BTreeSet<Feature>) -> Option<Git> {
        features.contains(&Feature::Modelexpress).then(|| {
            let given = inside(&keys.features, |features| &features.modelexpress);
            let details = given.and_then(|given| match &given.value {
                Switch::On(details) => Some(details),
                Switch::Off => None,
            });
            let pin = &self.release.common.content.modelexpress;
            self.git(
                pin,
                self.files.common,
                None,
                details,
                "features.modelexpress",
            )
        })
    }
}

/// Whether a key of `components` can be `false`, so that the image has no such
/// component.
pub fn can_be_left_out(key: &str, resolved: &Resolved) -> bool {
    let Some(name) = key.strip_prefix("components.") else {
        return false;
    };
    let Some(component) = Component::from_word(name) else {
        return resolved.downloads.iter().any(|one| one.name == name);
    };
    let has = |one: &Component| resolved.components.contains_key(one);
    let needed = REQUIRES
        .iter()
        .any(|(one, needed)| *needed == component && has(one));
    // The block manager moves its blocks with NIXL.
    let is_for_kvbm = component == Component::Nixl && resolved.has(Feature::Kvbm);
    has(&component) && !needed && !is_for_kvbm
}

fn given(keys: &Keys, component: Component) -> Option<&Spanned<Switch<GitComponent>>> {
    inside(&keys.components, |components| match component {
        Component::Gdrcopy => &components.gdrcopy,
        Component::Ucx => &components.ucx,
        Component::Libfabric => &components.libfabric,
        Component::AwsSdkCpp => &components.aws_sdk_cpp,
        Component::Nixl => &components.nixl,
    })
}

fn flag(keys: &Keys, feature: Feature) -> Option<Spanned<bool>> {
    let plain = |flag: &Spanned<Flag>| flag.as_ref().map(|flag| flag.0);
    let features = &keys.features;
    match feature {
        Feature::Kvbm => inside(features, |all| &all.kvbm).map(plain),
        Feature::GpuMemoryService => inside(features, |all| &all.gpu_memory_service).map(plain),
        Feature::MediaFfmpeg => inside(features, |all| &all.media_ffmpeg).map(plain),
        Feature::Modelexpress => inside(features, |all| &all.modelexpress)
            .map(|given| given.as_ref().map(|given| matches!(given, Switch::On(_)))),
    }
}
