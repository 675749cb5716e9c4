//! The serde pieces that the image config types share.
//!
//! Config documents come from many producers, Go ones above all, which write
//! `null` for an empty list or map. All of that is read as "empty" here.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::{Map, Value};

/// Members that no typed field claims, kept so that they survive a round trip.
pub(super) type Extra = BTreeMap<String, Value>;

/// Reads `null` as the type's default.
pub(super) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a text map whose values may be `null`, which Go reads as empty text.
pub(super) fn text_map<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    let map = Option::<BTreeMap<String, Option<String>>>::deserialize(deserializer)?;
    Ok(map
        .unwrap_or_default()
        .into_iter()
        .map(|(key, value)| (key, value.unwrap_or_default()))
        .collect())
}

/// The set that the format writes as an object of empty objects.
pub(super) mod key_set {
    use super::{
        BTreeMap, BTreeSet, Deserialize, Deserializer, Map, SerializeMap, Serializer, Value,
    };

    /// Reads the keys; the values never carry anything.
    pub(in crate::image) fn deserialize<'de, D>(
        deserializer: D,
    ) -> Result<BTreeSet<String>, D::Error>
    where
        D: Deserializer<'de>,
    {
        let map = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?;
        Ok(map.unwrap_or_default().into_keys().collect())
    }

    /// Writes each key with an empty object.
    pub(in crate::image) fn serialize<S>(
        set: &BTreeSet<String>,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        let mut map = serializer.serialize_map(Some(set.len()))?;
        for key in set {
            map.serialize_entry(key, &Map::new())?;
        }
        map.end()
    }
}

/// Whether a member equals its type's default and can be left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
