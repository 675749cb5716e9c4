//! Which GPUs each backend of a deployment gets.

use super::file::{DeviceCount, GpuReservation};
use super::text::texts;
use super::wish::Refusal;
use crate::deploy::Gpus;

/// What each backend reserves. Backends that share GPUs would be out of memory, so
/// each gets its own, by number.
pub(super) fn reservations(gpus: &Gpus, replicas: u32) -> Result<Vec<GpuReservation>, Refusal> {
    let one = replicas == 1;
    let all = match gpus {
        Gpus::None | Gpus::Count(0) => Vec::new(),
        Gpus::All if one => vec![GpuReservation::count(DeviceCount::All("all"))],
        Gpus::Count(count) if one => vec![GpuReservation::count(DeviceCount::Number(u32::from(
            *count,
        )))],
        Gpus::Devices(devices) if one => vec![GpuReservation::devices(texts(devices))],
        Gpus::All => {
            return Err(Refusal::new(
                format!("each of {replicas} backends would get all GPUs"),
                "say how many one backend gets, such as `--gpus 1`",
            ));
        }
        Gpus::Count(count) => {
            let ids: Vec<String> = (0..replicas * u32::from(*count))
                .map(|id| id.to_string())
                .collect();
            let share = |ids: &[String]| GpuReservation::devices(texts(ids));
            ids.chunks(usize::from(*count)).map(share).collect()
        }
        Gpus::Devices(devices) => {
            let replicas = replicas as usize;
            if devices.len() % replicas != 0 {
                return Err(Refusal::new(
                    format!(
                        "{} GPUs cannot be shared out evenly to {replicas} backends",
                        devices.len()
                    ),
                    "name as many GPUs for each of them",
                ));
            }
            let share = |ids: &[String]| GpuReservation::devices(texts(ids));
            devices
                .chunks(devices.len() / replicas)
                .map(share)
                .collect()
        }
        Gpus::Other(text) => {
            return Err(Refusal::new(
                format!("`--gpus {text}` cannot be said in a Compose file"),
                "give `all`, `none`, a number, or `device=0,1`",
            ));
        }
    };
    Ok(all)
}
