//! A port that a container listens on.
//!
//! Owns its text form, `8000/tcp`. Listing a port publishes nothing.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A port with its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// The number, never 0.
    number: u16,
    /// The protocol.
    protocol: Protocol,
}

/// A protocol that has ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP, where none is said.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

/// A text that is no port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PortError {
    /// The part before the slash.
    #[error("a port is a number from 1 to 65535")]
    Number,
    /// The part after the slash.
    #[error("the protocol of a port is `tcp`, `udp` or `sctp`")]
    Protocol,
}

impl FromStr for Port {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        let (number, protocol) = match text.split_once('/') {
            None => (text, Protocol::default()),
            Some((number, protocol)) => (number, protocol.parse()?),
        };
        // Numbers in Rust may have a sign.
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = Some(number).filter(|_| digits);
        match number.and_then(|number| number.parse().ok()) {
            None | Some(0) => Err(PortError::Number),
            Some(number) => Ok(Self { number, protocol }),
        }
    }
}

impl FromStr for Protocol {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        match text.to_ascii_lowercase().as_str() {
            "tcp" => Ok(Self::Tcp),
            "udp" => Ok(Self::Udp),
            "sctp" => Ok(Self::Sctp),
            _ => Err(PortError::Protocol),
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.protocol)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_written_with_its_protocol() {
        for (text, written) in [
            ("8000", "8000/tcp"),
            ("53/udp", "53/udp"),
            ("1/SCTP", "1/sctp"),
            ("065535/tcp", "65535/tcp"),
        ] {
            let port: Port = text.parse().expect(text);
            assert_eq!(port.to_string(), written);
        }
    }

    #[test]
    fn what_is_no_port_is_refused_with_what_is_wrong() {
        for text in ["", "0", "65536", "-1", "+1", "80-90", "http", "/tcp"] {
            assert_eq!(text.parse::<Port>(), Err(PortError::Number), "{text}");
        }
        for text in ["80/", "80/icmp", "80/tcp/udp"] {
            assert_eq!(text.parse::<Port>(), Err(PortError::Protocol), "{text}");
        }
    }
}
