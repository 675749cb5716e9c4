//! Which framework, device, CUDA release, target, source, architecture and EFA
//! go together.
//!
//! The matrix is the catalog's; this finds the row, or says which value has
//! none and what the legal ones are.

mod legal;

use legal::Key;

use crate::catalog::{Combination, Needs, Release};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{Architecture, CudaVersion, Device, Framework, Scalar, Target};

/// What the spec chose, defaults filled in. What it chose and could not be read
/// is unknown, and nothing is said of it here.
pub(super) struct Choice {
    pub(super) framework: Option<Spanned<Framework>>,
    pub(super) target: Option<Spanned<Target>>,
    pub(super) device: Option<Spanned<Device>>,
    /// The CUDA release, if one is given.
    pub(super) cuda: Option<Spanned<CudaVersion>>,
    /// Where the EFA layer is asked for, if it is.
    pub(super) efa: Option<Span>,
    /// The word for where Dynamo comes from.
    pub(super) source: Option<Spanned<&'static str>>,
    pub(super) architecture: Architecture,
}

/// A combination that the matrix has.
pub(super) struct Found {
    /// What the framework needs there.
    pub(super) needs: Needs,
    /// What it needs on the other architectures.
    pub(super) elsewhere: Vec<(Architecture, Needs)>,
    /// The CUDA release, given or by default.
    pub(super) cuda: Option<Spanned<CudaVersion>>,
}

/// The combination, if the matrix has it; reports every value that it has no
/// row for.
pub(super) fn find(
    choice: &Choice,
    release: &Release,
    diagnostics: &mut Diagnostics,
) -> Option<Found> {
    let framework = choice.framework.as_ref()?;
    let Some(file) = release.frameworks.get(&framework.value) else {
        let message = format!("`{}` cannot be built by this version", framework.value);
        let mut refusal = Diagnostic::error(Code::UnsupportedCombination, framework.span, message);
        for (name, file) in &release.frameworks {
            for row in &file.content.combinations {
                refusal = refusal.help(legal::told(*name, row));
            }
        }
        diagnostics.push(refusal);
        return None;
    };
    let mut rows = Rows {
        left: file.content.combinations.iter().collect(),
        all: &file.content.combinations,
        so_far: format!("`{}`", framework.value),
        whole: true,
        code: Code::UnsupportedCombination,
        choice,
        diagnostics,
    };
    rows.narrow(
        Key::Device,
        choice.device.as_ref(),
        |row| vec![row.device.value.to_string()],
        |row, device| row.device.value == *device,
        |so_far, device| format!("{so_far} cannot be built for the device `{device}`"),
        |so_far, device| format!("{so_far} for `{device}`"),
    );
    let cuda = rows.cuda();
    rows.narrow(
        Key::Target,
        choice.target.as_ref(),
        |row| row.targets.iter().map(ToString::to_string).collect(),
        |row, target| row.targets.contains(target),
        |so_far, target| format!("{so_far} has no target `{target}`"),
        |so_far, target| format!("{so_far} with the target `{target}`"),
    );
    rows.narrow(
        Key::Source,
        choice.source.as_ref(),
        |row| row.sources.clone(),
        |row, source| row.sources.iter().any(|known| known == source),
        |so_far, source| format!("{so_far} cannot take Dynamo from `{source}`"),
        |so_far, source| format!("{so_far} and Dynamo from `{source}`"),
    );
    let device = choice.device.as_ref();
    let place = device.map_or(framework.span, |device| device.span);
    rows.code = Code::UnsupportedPlatform;
    rows.narrow(
        Key::Platform,
        Some(&Spanned::new(choice.architecture, place)),
        |row| {
            row.architectures
                .iter()
                .map(|one| format!("--platform {}", one.platform()))
                .collect()
        },
        |row, architecture| row.architectures.contains(architecture),
        |so_far, architecture| format!("{so_far} does not exist for {architecture}"),
        |so_far, _| so_far.to_owned(),
    );
    rows.code = Code::UnsupportedCombination;
    if let (Some(efa), Some(target)) = (choice.efa, &choice.target) {
        rows.narrow(
            Key::Efa,
            Some(&Spanned::new(target.value, efa)),
            |row| {
                let targets = row.efa.iter();
                targets.map(|target| format!("target: {target}")).collect()
            },
            |row, target| row.efa.contains(target),
            |so_far, _| format!("{so_far} has no EFA layer"),
            |so_far, _| format!("{so_far} with EFA"),
        );
    }
    let whole = rows.whole;
    let needs = file.content.devices.get(&device?.value).filter(|_| whole)?;
    let on = |architecture| {
        let cuda = cuda.as_ref().map(|cuda| cuda.value.as_str());
        needs.on(cuda, architecture)
    };
    let others = Architecture::ALL.iter().copied();
    let others = others.filter(|one| *one != choice.architecture);
    Some(Found {
        needs: on(choice.architecture),
        elsewhere: others.map(|one| (one, on(one))).collect(),
        cuda,
    })
}

/// The rows of the matrix that are left, after some values have been looked at.
struct Rows<'r, 'd> {
    left: Vec<&'r Combination>,
    /// Every row of the framework.
    all: &'r [Combination],
    /// The values that the rows have in common, in the words of a message.
    so_far: String,
    /// Whether every value was known and had a row.
    whole: bool,
    /// The rule that the next value without a row breaks.
    code: Code,
    choice: &'d Choice,
    diagnostics: &'d mut Diagnostics,
}

impl Rows<'_, '_> {
    /// Keeps the rows that have the value. When none has, that is reported, and
    /// the others are looked at as if it had not been given.
    fn narrow<T>(
        &mut self,
        key: Key,
        value: Option<&Spanned<T>>,
        all: impl Fn(&Combination) -> Vec<String>,
        has: impl Fn(&Combination, &T) -> bool,
        lacks: impl Fn(&str, &T) -> String,
        with: impl Fn(&str, &T) -> String,
    ) {
        let Some(Spanned { value, span, .. }) = value else {
            self.whole = false;
            return;
        };
        let left: Vec<_> = self
            .left
            .iter()
            .copied()
            .filter(|row| has(row, value))
            .collect();
        if left.is_empty() {
            let message = lacks(&self.so_far, value);
            let allowed: Vec<String> = self.left.iter().flat_map(|row| all(row)).collect();
            self.refuse(key, *span, message, allowed);
            return;
        }
        self.left = left;
        self.so_far = with(&self.so_far, value);
    }

    /// Looks at the CUDA release: the one given, or the default of the rows.
    fn cuda(&mut self) -> Option<Spanned<CudaVersion>> {
        let known: Vec<&str> = self
            .left
            .iter()
            .flat_map(|row| row.cuda.iter().map(|cuda| cuda.value.as_str()))
            .collect();
        let device = self.choice.device.as_ref()?;
        match (&self.choice.cuda, known.first()) {
            // The device was refused, and with it whatever it would have had.
            _ if device.value != self.left.first()?.device.value => None,
            (None, None) => None,
            (None, Some(default)) => {
                let version = CudaVersion::parse(default).ok()?;
                Some(Spanned::new(version, device.span))
            }
            (Some(given), None) => {
                let message = format!("the device `{}` has no CUDA release", device.value);
                self.refuse(Key::Cuda, given.span, message, Vec::new());
                None
            }
            (Some(given), Some(_)) => {
                let given = given.clone();
                self.narrow(
                    Key::Cuda,
                    Some(&given),
                    |row| row.cuda.iter().map(|one| one.value.clone()).collect(),
                    |row, cuda| row.cuda.iter().any(|one| one.value == cuda.as_str()),
                    |so_far, cuda| format!("{so_far} cannot be built with CUDA {cuda}"),
                    |so_far, cuda| format!("{so_far} with CUDA {cuda}"),
                );
                Some(given)
            }
        }
    }

    /// Reports a value that no row has; `allowed` are those of the rows that
    /// have all values before it.
    fn refuse(&mut self, key: Key, at: Span, message: String, mut allowed: Vec<String>) {
        self.whole = false;
        allowed.sort_unstable();
        allowed.dedup();
        let refusal = Diagnostic::error(self.code, at, message);
        let refusal = legal::help(refusal, key, &allowed, self.choice, self.all);
        self.diagnostics.push(refusal);
    }
}
