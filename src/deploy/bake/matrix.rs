//! What a matrix is made of: a spec with some of its keys set to each of several
//! values.

use std::collections::BTreeMap;
use std::fmt;

use crate::catalog::{self, CatalogError};
use crate::spec::{CudaVersion, Device, Framework, Scalar, Target};

/// The values of each axis; none leaves the key as the spec has it.
#[derive(Debug, Clone, Default)]
pub struct Axes {
    /// Frameworks.
    pub frameworks: Vec<Framework>,
    /// Targets.
    pub targets: Vec<Target>,
    /// Devices.
    pub devices: Vec<Device>,
    /// CUDA releases, for the device that has them.
    pub cuda: Vec<CudaVersion>,
    /// Without the EFA layer, with it, or both.
    pub efa: Vec<bool>,
}

/// A value of each axis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combination {
    framework: Option<Framework>,
    /// What is built, if the matrix says so.
    pub target: Option<Target>,
    device: Option<Device>,
    cuda: Option<CudaVersion>,
    efa: Option<bool>,
}

impl Axes {
    /// Every combination, in the order of the axes.
    pub fn combinations(&self) -> Vec<Combination> {
        let mut all = vec![Combination::default()];
        vary(&mut all, &self.frameworks, |one, framework| {
            one.framework = Some(*framework);
        });
        vary(&mut all, &self.targets, |one, target| {
            one.target = Some(*target);
        });
        vary(&mut all, &self.devices, |one, device| {
            one.device = Some(*device);
        });
        let mut varied = Vec::new();
        for one in all {
            let mut some = vec![one];
            // Other devices have no release, and are built once.
            if some[0].device.is_none_or(|device| device == Device::Cuda) {
                vary(&mut some, &self.cuda, |one, cuda| {
                    one.cuda = Some(cuda.clone());
                });
            }
            varied.append(&mut some);
        }
        vary(&mut varied, &self.efa, |one, efa| one.efa = Some(*efa));
        varied
    }
}

/// Replaces every combination by one for each value, if there are any.
fn vary<T>(all: &mut Vec<Combination>, values: &[T], set: impl Fn(&mut Combination, &T)) {
    if values.is_empty() {
        return;
    }
    let with = |one: &Combination, value| {
        let mut one = one.clone();
        set(&mut one, value);
        one
    };
    *all = all
        .iter()
        .flat_map(|one| values.iter().map(move |value| (one, value)))
        .map(|(one, value)| with(one, value))
        .collect();
}

impl Combination {
    /// The build arguments that choose it; the target is none.
    pub fn build_args(&self) -> BTreeMap<String, String> {
        let keys = [
            ("framework", self.framework.map(|one| one.to_string())),
            ("device", self.device.map(|one| one.to_string())),
            ("cuda", self.cuda.as_ref().map(ToString::to_string)),
            ("efa", self.efa.map(|one| one.to_string())),
        ];
        keys.into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect()
    }
}

/// What the matrix says of it: `vllm, runtime, cuda 13.0`.
impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            self.framework.map(|one| one.to_string()),
            self.target.map(|one| one.to_string()),
            self.device.map(|one| one.to_string()),
            self.cuda.as_ref().map(|one| format!("CUDA {one}")),
            self.efa.filter(|one| *one).map(|_| "EFA".to_owned()),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        match words.as_slice() {
            [] => f.write_str("the spec as it is"),
            words => f.write_str(&words.join(", ")),
        }
    }
}

/// Every CUDA release that some framework has, oldest first.
pub fn cuda_releases() -> Result<Vec<CudaVersion>, CatalogError> {
    let mut all = Vec::new();
    for name in catalog::releases() {
        let files = catalog::release(name)?.frameworks.values();
        let rows = files.flat_map(|file| &file.content.combinations);
        let known = rows.flat_map(|row| row.cuda.iter().map(|cuda| cuda.value.as_str()));
        all.extend(known.filter_map(|one| CudaVersion::parse(one).ok()));
    }
    let numbers = |one: &CudaVersion| {
        let number = |text: &str| text.parse::<u32>().unwrap_or_default();
        let (major, minor) = one.as_str().split_once('.').unwrap_or_default();
        (number(major), number(minor))
    };
    all.sort_by_key(numbers);
    all.dedup();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(axes: &Axes) -> Vec<String> {
        let all = axes.combinations();
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_axis_without_values_is_left_to_the_spec() {
        let alone = Axes::default().combinations();
        assert_eq!(alone, [Combination::default()]);
        assert!(alone[0].build_args().is_empty());
        assert_eq!(alone[0].to_string(), "the spec as it is");
    }

    #[test]
    fn cuda_releases_are_those_of_cuda_and_other_devices_are_there_once() {
        let axes = Axes {
            frameworks: vec![Framework::Vllm],
            devices: vec![Device::Cuda, Device::Cpu],
            cuda: ["12.9", "13.0"]
                .map(|one| CudaVersion::parse(one).expect("a release"))
                .into(),
            ..Axes::default()
        };
        let wanted = [
            "vllm, cuda, CUDA 12.9",
            "vllm, cuda, CUDA 13.0",
            "vllm, cpu",
        ];
        assert_eq!(told(&axes), wanted);
    }

    #[test]
    fn every_value_meets_every_other_in_the_order_given() {
        let axes = Axes {
            targets: vec![Target::Runtime, Target::Dev],
            frameworks: vec![Framework::Sglang, Framework::Vllm],
            efa: vec![false, true],
            ..Axes::default()
        };
        let wanted = [
            "sglang, runtime",
            "sglang, runtime, EFA",
            "sglang, dev",
            "sglang, dev, EFA",
            "vllm, runtime",
            "vllm, runtime, EFA",
            "vllm, dev",
            "vllm, dev, EFA",
        ];
        assert_eq!(told(&axes), wanted);
        let last = axes.combinations().pop().expect("a combination");
        let arguments: Vec<_> = last.build_args().into_iter().collect();
        let wanted = [("efa", "true"), ("framework", "vllm")];
        assert_eq!(arguments, wanted.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn the_catalog_says_which_cuda_releases_there_are() {
        let all = cuda_releases().expect("the catalog reads");
        let all: Vec<&str> = all.iter().map(CudaVersion::as_str).collect();
        assert_eq!(all, ["12.9", "13.0", "13.1"]);
    }
}
