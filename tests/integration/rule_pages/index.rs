//! The list of all rules, `docs/rules/README.md`.

use dynamo_frontend::diagnostic::Code;

use super::page::Page;

const HEAD: &str = "\
# Rules

Every finding names its rule, as in `error[UnknownKey]: …`. Each rule has a page here: what it finds, why that matters, a spec that
breaks it with what is printed, and one that does not. `dynamo-frontend explain UnknownKey` shows the page in a terminal.

An **error** ends the build. A **warning** does not, unless the spec says so; a **note** never does. Warnings and notes can be skipped
among the first lines of a spec:

```yaml
# syntax=nvidia/dynamo-frontend:1
# check=skip=UnverifiedSource,WithoutEffect;error=true
```

`skip=all` skips every warning, and `error=true` ends a build that has warnings left. `experimental=RULE` switches on a rule that
is off by default, and `experimental=all` every such rule. The key `check` of the spec says the same, with lists:

```yaml
check:
  skip: [UnverifiedSource, WithoutEffect]
  error: true
  experimental: [ImageWithoutDigest]
```

One place counts: the build argument `BUILDKIT_DOCKERFILE_CHECK`, or else the line, or else the key.

| rule | severity | finds |
|---|---|---|
";

const FOR_AUTHORS: &str = "
## How a page is made

For those who add a rule. A page is `docs/rules/RULE.md`, named after the rule in `src/diagnostic/code.rs`; the program does not compile
without it, and `dynamo-frontend explain` shows it. Write this much, then run `cargo xtask rules`, which fills in the rest:

````markdown
# RULE

What the rule finds and why that matters to somebody who builds an image. Two to five short sentences.

## Bad

```yaml
framework: dynamo
```

```console
$ dynamo-frontend check
```

## Good

```yaml
framework: dynamo
```

## How to fix

What to do, and how to find the right value.

## Related

- [OtherRule](OtherRule.md): how it differs
````

- The sections are these four, in this order. More than one spec may stand in `Bad` and in `Good`.
- What is printed is never written by hand: the `console` block below a spec holds the command, and `cargo xtask rules` puts the answer
  there. The command may have arguments, such as `$ dynamo-frontend check --build-arg NIXL_REFF=0.9.0`; it runs for `linux/amd64`.
- A bad spec breaks the rule of its page and no other. A good spec leaves nothing to mend. Notes about the catalog are left aside.
- The heading, the sentence of the rule and the line on its severity come from the code and from what the bad specs print.
- Rules that only a build can find have a command `$ docker buildx build …`. `tests/integration/rule_pages/daemon.rs` plays its daemon and
  names those rules.
";

/// The index, with one line per rule in the order of their names.
pub(super) fn text(pages: &[(Code, Page)]) -> String {
    let mut rows: Vec<String> = pages
        .iter()
        .map(|(code, page)| {
            let mut severity = page.severities().join(", ");
            if code.is_experimental() {
                severity.push_str(", off by default");
            }
            format!(
                "| [`{code}`]({code}.md) | {severity} | {} |\n",
                code.summary()
            )
        })
        .collect();
    rows.sort();
    format!("{HEAD}{}{FOR_AUTHORS}", rows.concat())
}
