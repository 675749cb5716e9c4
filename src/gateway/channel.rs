//! One HTTP/2 connection over one stream.
//!
//! Owns the connection's limits. It must not know what is said over it.

use std::io;

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

/// The largest message in either direction; the daemon's own limit.
pub(super) const MESSAGE_LIMIT: usize = 16 << 20;

/// The stream is given out once: there is no second connection to a daemon that
/// closed the first.
pub(super) async fn open_channel<I>(io: I) -> Result<Channel, tonic::transport::Error>
where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut once = Some(TokioIo::new(io));
    let connector = service_fn(move |_| {
        let stream = once.take();
        async move { stream.ok_or_else(|| io::Error::other("BuildKit closed the connection")) }
    });
    Endpoint::from_static("http://localhost")
        // An error's details travel as a header and hold whole files.
        .http2_max_header_list_size(u32::try_from(MESSAGE_LIMIT).unwrap_or(u32::MAX))
        .connect_with_connector(connector)
        .await
}
