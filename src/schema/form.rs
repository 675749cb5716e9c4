//! What each form of value is in JSON Schema.
//!
//! Takes everything that the decoder takes. What YAML hides from an editor makes
//! it take a little more: a plain `13` is the number that `13.0` is.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::document::{Others, Schema, Type};
use crate::spec::{Field, Grammar, Numbers, Shape, Word};

/// What is said of keys besides what their types say, by dotted path.
pub(super) struct Form {
    /// Every text there is for a key.
    pub(super) known: Vec<(&'static str, Vec<String>)>,
    /// What a key is when it is not given.
    pub(super) defaults: BTreeMap<String, String>,
}

impl Form {
    /// The schema of the value at a path.
    pub(super) fn schema(&self, path: &str, shape: Shape) -> Schema {
        let known = self.known.iter().find(|(known, _)| *known == path);
        match shape {
            Shape::Scalar(_) if known.is_some() => {
                closed(known.map_or(&[][..], |(_, texts)| texts))
            }
            Shape::Scalar(grammar) => scalar(grammar),
            Shape::Choice(words) => choice(words),
            Shape::Mapping(fields) => self.mapping(path, fields),
            Shape::Table(grammar, value) => table(grammar, self.schema(path, value())),
            Shape::List(item) => Schema {
                items: Some(Box::new(self.schema(path, item()))),
                ..Schema::of(Type::Array)
            },
            Shape::ScalarOrList(grammar, item) => {
                Schema::any(vec![scalar(grammar), self.schema(path, Shape::List(item))])
            }
            Shape::Switch(on) => {
                Schema::any(vec![Schema::of(Type::Boolean), self.schema(path, on())])
            }
            Shape::WordOrOneOf(words, fields) => {
                let one_of = Schema {
                    min_properties: Some(1),
                    max_properties: Some(1),
                    ..self.mapping(path, fields)
                };
                if words.is_empty() {
                    return one_of;
                }
                Schema::any(words.iter().map(word).chain([one_of]).collect())
            }
        }
    }

    fn mapping(&self, path: &str, fields: &[Field]) -> Schema {
        let needed = fields.iter().filter(|field| field.needed.is_some());
        let mut properties: Vec<_> = fields.iter().map(|field| self.field(path, field)).collect();
        say_once(path, &mut properties);
        Schema {
            properties,
            additional_properties: Some(Others::Allowed(false)),
            required: needed.map(|field| field.name).collect(),
            ..Schema::of(Type::Object)
        }
    }

    fn field(&self, path: &str, field: &Field) -> (&'static str, Schema) {
        let path = match path {
            "" => field.name.to_owned(),
            path => format!("{path}.{}", field.name),
        };
        let shape = (field.shape)();
        let schema = Schema {
            description: Some(field.doc.trim().to_owned()),
            default: self.defaults.get(&path).map(|text| value(text, shape)),
            ..self.schema(&path, shape)
        };
        (field.name, schema)
    }
}

/// Lets lists of the same mappings refer to the first of them. Only where the way
/// to it is plain: from the root, from key to key.
fn say_once(path: &str, properties: &mut [(&'static str, Schema)]) {
    let mut said: Vec<(Value, String)> = Vec::new();
    let keys = path.split('.').filter(|key| !key.is_empty());
    let here: String = keys.map(|key| format!("/properties/{key}")).collect();
    for (name, schema) in properties {
        let Some(items) = schema.items.as_mut().filter(|one| one.is_mapping()) else {
            continue;
        };
        let text = serde_json::to_value(&*items).unwrap_or_default();
        match said.iter().find(|(known, _)| *known == text) {
            Some((_, place)) => {
                **items = Schema {
                    same_as: Some(place.clone()),
                    ..Schema::default()
                };
            }
            None => said.push((text, format!("#{here}/properties/{name}/items"))),
        }
    }
}

/// A text as the value that people write.
fn value(text: &str, shape: Shape) -> Value {
    let parsed = match shape {
        Shape::Scalar(Grammar {
            numbers: Numbers::Whole(..),
            ..
        }) => text.parse().ok().map(Value::Number),
        Shape::Scalar(Grammar { truth: true, .. }) => text.parse().ok().map(Value::Bool),
        _ => None,
    };
    parsed.unwrap_or_else(|| text.into())
}

/// The schema of a scalar.
pub(super) fn scalar(grammar: Grammar) -> Schema {
    let mut schema = if grammar.any_case {
        Schema::text(any_case(grammar.pattern))
    } else {
        Schema::text(grammar.pattern)
    };
    schema.pattern_error_message = Some(grammar.problem).filter(|text| !text.is_empty());
    schema.not = grammar
        .refused
        .map(|pattern| Box::new(Schema::text(pattern)));
    schema.examples = grammar
        .examples
        .iter()
        .map(|text| value(text, Shape::Scalar(grammar)))
        .collect();
    match grammar.numbers {
        Numbers::None => {}
        Numbers::Whole(least, most) => {
            // First, for editors that write what the first type says.
            schema.types.insert(0, Type::Integer);
            schema.minimum = Some(least.into());
            schema.maximum = Some(most.into());
        }
        Numbers::Unsigned => {
            schema.types.push(Type::Number);
            schema.minimum = Some(0.into());
        }
        Numbers::All => schema.types.push(Type::Number),
    }
    if grammar.truth {
        let at = if grammar.numbers == Numbers::None {
            0
        } else {
            schema.types.len()
        };
        schema.types.insert(at, Type::Boolean);
    }
    schema
}

/// A scalar that is one of these texts. Those that YAML reads as numbers are
/// numbers between the least and the greatest: an editor that was given them
/// one by one would write `13` for `13.0`.
fn closed(texts: &[String]) -> Schema {
    let listed = Schema {
        words: texts.to_vec(),
        ..Schema::of(Type::String)
    };
    let mut numbers: Vec<f64> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    numbers.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (numbers.first(), numbers.last()) else {
        return listed;
    };
    let range = Schema {
        minimum: Number::from_f64(*least),
        maximum: Number::from_f64(*most),
        ..Schema::of(Type::Number)
    };
    Schema::any(vec![listed, range])
}

/// One of these words as they are spelt here, which editors offer, or in any
/// other way.
fn choice(words: &[Word]) -> Schema {
    let spellings = words
        .iter()
        .flat_map(|one| [one.word].into_iter().chain(one.aliases.iter().copied()));
    let spellings: Vec<String> = spellings.map(any_case).collect();
    let any = Schema::text(format!("^({})$", spellings.join("|")));
    Schema::any(words.iter().map(word).chain([any]).collect())
}

fn word(one: &Word) -> Schema {
    Schema {
        only: Some(one.word.to_owned()),
        description: Some(one.doc.trim().to_owned()),
        ..Schema::default()
    }
}

/// The pattern of a word, or of a pattern of words, in any case. There are no
/// flags that all dialects have.
fn any_case(word: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphabetic() {
            format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase())
        } else {
            c.to_string()
        }
    };
    word.chars().map(letter).collect()
}

fn table(keys: Grammar, value: Schema) -> Schema {
    // Keys are text to JSON, whatever they look like.
    let names = scalar(Grammar {
        numbers: Numbers::None,
        examples: &[],
        ..keys
    });
    let offered = keys.examples.iter();
    Schema {
        properties: offered.map(|key| (*key, value.clone())).collect(),
        property_names: Some(Box::new(names)),
        additional_properties: Some(Others::Like(Box::new(value))),
        ..Schema::of(Type::Object)
    }
}
