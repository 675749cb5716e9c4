//! The options that limit memory and processor time of processes.

use std::collections::BTreeMap;

use buildkit_llb::Resources;

use super::error::OptionError;
use super::filled;

/// Reads all of them.
pub(super) fn parse(
    options: &BTreeMap<String, String>,
    errors: &mut Vec<OptionError>,
) -> Resources {
    let mut read = Reader { options, errors };
    Resources {
        memory: read.number("memory", "--memory 4g"),
        memory_swap: read.number_or_unlimited("memswap", "--memory-swap 8g"),
        cpu_shares: read.number("cpushares", "--cpu-shares 512"),
        cpu_period: read.number("cpuperiod", "--cpu-period 100000"),
        cpu_quota: read.number("cpuquota", "--cpu-quota 200000"),
        cpuset_cpus: read.set("cpusetcpus", "--cpuset-cpus 0-3"),
        cpuset_mems: read.set("cpusetmems", "--cpuset-mems 0,1"),
    }
}

struct Reader<'a> {
    options: &'a BTreeMap<String, String>,
    errors: &'a mut Vec<OptionError>,
}

impl Reader<'_> {
    fn number(&mut self, option: &'static str, example: &'static str) -> i64 {
        let parse = |text: &str| text.parse().ok().filter(|number| *number > 0);
        self.read(option, "> 0", example, parse)
    }

    fn number_or_unlimited(&mut self, option: &'static str, example: &'static str) -> i64 {
        let is_limit = |number: &i64| *number > 0 || *number == -1;
        let parse = |text: &str| text.parse().ok().filter(is_limit);
        self.read(option, "-1 or > 0", example, parse)
    }

    fn set(&mut self, option: &'static str, example: &'static str) -> String {
        let rule = "numbers and ranges of numbers, as in `0-3,5`";
        let parse = |text: &str| is_set(text).then(|| text.to_owned());
        self.read(option, rule, example, parse)
    }

    fn read<T: Default>(
        &mut self,
        option: &'static str,
        rule: &'static str,
        example: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> T {
        let Some(value) = filled(self.options, option) else {
            return T::default();
        };
        parse(&value).unwrap_or_else(|| {
            self.errors.push(OptionError::Resource {
                option,
                value,
                rule,
                example,
            });
            T::default()
        })
    }
}

/// Whether the text is what the kernel calls a list: `0-3,5`.
fn is_set(text: &str) -> bool {
    let number = |text: &str| -> Option<u32> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    text.split(',').all(|part| match part.split_once('-') {
        None => number(part).is_some(),
        Some((first, last)) => number(first)
            .zip(number(last))
            .is_some_and(|(first, last)| first <= last),
    })
}
