//! What may stand at a key, in words and as an example.

use super::DefaultValue;
use crate::spec::{Field, Grammar, Numbers, Shape};

/// What may stand there. `known` is every text there is, where that is known.
pub(super) fn takes(shape: Shape, known: Option<&[String]>) -> String {
    if let Some(known) = known {
        return one_of(known);
    }
    match shape {
        Shape::Scalar(grammar) => scalar(grammar),
        Shape::Choice(words) => {
            let words: Vec<&str> = words.iter().map(|one| one.word).collect();
            one_of(&words)
        }
        Shape::Mapping(_) => "a mapping".to_owned(),
        Shape::Table(key, value) => {
            format!("a mapping: {} to {}", key.what, takes(value(), None))
        }
        Shape::List(item) => format!("a list, each item {}", takes(item(), None)),
        Shape::ScalarOrList(grammar, item) => {
            let list = takes(Shape::List(item), None);
            format!("{}, or {list}", scalar(grammar))
        }
        Shape::Switch(on) => format!("`true`, `false`, or {}", takes(on(), None)),
        Shape::WordOrOneOf(words, fields) => {
            let words: Vec<String> = words.iter().map(|one| format!("`{}`", one.word)).collect();
            let mapping = format!("a mapping with {}", one_of(&names(fields)));
            words
                .into_iter()
                .chain([mapping])
                .collect::<Vec<_>>()
                .join(", or ")
        }
    }
}

/// The words of a fixed set, with what each stands for.
pub(super) fn words(shape: Shape) -> Vec<(String, String)> {
    let (Shape::Choice(words) | Shape::WordOrOneOf(words, _)) = shape else {
        return Vec::new();
    };
    let pair = |word: &str, about: &str| (word.to_owned(), about.trim().to_owned());
    words.iter().map(|one| pair(one.word, one.doc)).collect()
}

/// A spec that sets the key, in one line; none for what is not a single value, or
/// one of the items of a list.
/// `beside` is all keys of its mapping, some of which it makes no sense without.
pub(super) fn example(
    path: &str,
    field: &Field,
    beside: &[Field],
    defaults: &[DefaultValue],
) -> Option<String> {
    if path.contains("[]") || path.contains('*') {
        return None;
    }
    let default = defaults.first().map(|one| one.value.as_str());
    let mut keys = path.rsplit('.');
    let own = format!("{}: {}", keys.next()?, value(field, default)?);
    let needed = beside
        .iter()
        .filter(|one| one.needed.is_some() && one.name != field.name);
    let needed = needed.filter_map(|one| Some(format!("{}: {}", one.name, value(one, None)?)));
    let inner: Vec<String> = [own].into_iter().chain(needed).collect();
    Some(keys.fold(inner.join(", "), |inner, key| format!("{key}: {{{inner}}}")))
}

/// A value for a key.
fn value(field: &Field, default: Option<&str>) -> Option<String> {
    Some(match (field.shape)() {
        Shape::Scalar(grammar) => {
            let flag = grammar.truth && grammar.numbers == Numbers::None;
            let known = field.needed.or(default);
            let example = known.or(grammar.examples.first().copied());
            written(example.or(flag.then_some("true"))?, grammar)
        }
        Shape::Choice(words) | Shape::WordOrOneOf(words, _) => words.first()?.word.to_owned(),
        Shape::List(item) => match item() {
            Shape::Scalar(grammar) => format!("[{}]", written(grammar.examples.first()?, grammar)),
            _ => return None,
        },
        Shape::Switch(_) => "false".to_owned(),
        Shape::Table(key, value) => match value() {
            Shape::Scalar(grammar) => {
                let any = grammar.truth.then_some(&"value");
                let value = grammar.examples.first().or(any)?;
                format!("{{{}: {}}}", key.examples.first()?, written(value, grammar))
            }
            _ => return None,
        },
        Shape::Mapping(_) | Shape::ScalarOrList(..) => return None,
    })
}

fn names(fields: &[Field]) -> Vec<&str> {
    fields.iter().map(|field| field.name).collect()
}

fn one_of<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|one| format!("`{}`", one.as_ref()))
        .collect();
    match &words[..] {
        [one] => one.clone(),
        all => format!("one of {}", all.join(", ")),
    }
}

/// What is wrong with other texts says the most about those that are right.
fn scalar(grammar: Grammar) -> String {
    let told = grammar.problem.strip_prefix("is not ");
    let told = told.unwrap_or(grammar.what);
    match grammar.numbers {
        Numbers::Whole(least, most)
            if most < u32::MAX - 1 && !told.ends_with(&most.to_string()) =>
        {
            format!("{told} ({least}-{most})")
        }
        _ => told.to_owned(),
    }
}

/// A text as it is safely written in a spec: what YAML would read as a number
/// with a fraction, or as something else than text, is quoted.
fn written(text: &str, grammar: Grammar) -> String {
    let whole = matches!(grammar.numbers, Numbers::Whole(..));
    let is_number = text.parse::<f64>().is_ok() && !whole;
    let is_marked = text.contains([':', '#', '{', '}', '[', ']', ',', ';', '*', '&', '!', '|']);
    if is_number || is_marked {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}
