//! A model in the form of Hugging Face that nobody has trained: a config and a
//! tokenizer of numbered words, enough to prepare a prompt and to say an answer.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

/// Words that have a meaning of their own. They are the last, which the mocker never
/// says.
const SPECIAL: [&str; 5] = ["<unknown>", "<end>", "<user>", "<assistant>", "<system>"];
/// The one that ends an answer.
const END: usize = 1;
/// How many words there are. The mocker says some of the first two thousand.
const WORDS: usize = 3000;
/// A conversation as a prompt.
const TEMPLATE: &str = "{% for message in messages %}<{{ message.role }}> {{ message.content }} <end>\
    {% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

/// The number of a special word.
const fn special_id(index: usize) -> usize {
    WORDS - SPECIAL.len() + index
}

/// Whether this is a word that the model can say.
pub(crate) fn is_word(text: &str) -> bool {
    let number = text
        .strip_prefix('w')
        .and_then(|number| number.parse().ok());
    number.is_some_and(|number: usize| number < WORDS)
}

/// Writes the model into a folder that is not there yet.
pub(crate) fn write(folder: &Path) {
    fs::create_dir(folder).expect("a folder");
    let write = |name: &str, content: &Value| {
        let text = serde_json::to_string_pretty(content).expect("JSON");
        fs::write(folder.join(name), text).expect("a written file");
    };
    write("config.json", &config());
    let generation = json!({"eos_token_id": special_id(END)});
    write("generation_config.json", &generation);
    write("tokenizer_config.json", &tokenizer_config());
    write("tokenizer.json", &tokenizer());
}

fn config() -> Value {
    json!({
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": WORDS,
        "max_position_embeddings": 2048,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "eos_token_id": special_id(END),
        "torch_dtype": "float32",
    })
}

fn tokenizer_config() -> Value {
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": SPECIAL[0],
        "eos_token": SPECIAL[END],
        "model_max_length": 2048,
        "chat_template": TEMPLATE,
    })
}

/// A word is what stands between spaces.
fn tokenizer() -> Value {
    let plain = (0..special_id(0)).map(|id| format!("w{id}"));
    let words = plain.chain(SPECIAL.map(str::to_owned));
    let vocabulary: Map<String, Value> =
        words.zip(0..).map(|(word, id)| (word, json!(id))).collect();
    let special = |(index, content)| {
        json!({
            "id": special_id(index), "content": content, "special": true, "single_word": false,
            "lstrip": false, "rstrip": false, "normalized": false,
        })
    };
    json!({
        "version": "1.0",
        "added_tokens": SPECIAL.iter().enumerate().map(special).collect::<Vec<_>>(),
        "pre_tokenizer": {"type": "Whitespace"},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": false},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": SPECIAL[0]},
    })
}
