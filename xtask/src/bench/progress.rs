//! What a build's plain progress says about its steps.

use std::collections::BTreeMap;

/// The steps of a build that were not found in the cache, by their names. Loads
/// of images and files are no steps: they look at their source every time.
pub(super) fn steps_that_ran(progress: &str) -> Vec<&str> {
    let mut steps = BTreeMap::new();
    for line in progress.lines() {
        let Some((number, text)) = line.strip_prefix('#').and_then(|line| line.split_once(' '))
        else {
            continue;
        };
        if is_step(text) {
            steps.insert(number, text);
        } else if text == "CACHED" {
            steps.remove(number);
        }
    }
    steps.into_values().collect()
}

/// Whether this is a name such as `[runtime 2/3] install Dynamo`.
fn is_step(name: &str) -> bool {
    let Some((head, _)) = name.strip_prefix('[').and_then(|name| name.split_once(']')) else {
        return false;
    };
    let place = head.rsplit(' ').next().unwrap_or_default();
    let is_number = |text: &str| text.parse::<usize>().is_ok();
    place
        .split_once('/')
        .is_some_and(|(index, count)| is_number(index) && is_number(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_steps_that_are_not_cached_ran() {
        let progress = "\
            #0 building with \"default\" instance using docker driver\n\
            #1 [internal] load build definition from dynamo.yaml\n\
            #1 DONE 0.0s\n\
            #2 [context nvidia/dynamo-frontend:1] load metadata for host:1/a/b:dev\n\
            #2 DONE 0.0s\n\
            #3 [runtime 1/3] make the environment /opt/venv\n\
            #3 CACHED\n\
            #4 [2/2] COPY f /\n\
            #4 DONE 0.1s\n";
        assert_eq!(steps_that_ran(progress), ["[2/2] COPY f /"]);
    }
}
