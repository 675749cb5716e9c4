//! A small HTTP server for what a build fetches: requests go in, responses come
//! out. One request per connection and nothing of HTTP that is not needed. Knows
//! nothing of what is served.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_mins(1);
/// The longest head of a request.
const LONGEST_HEAD: u64 = 16 << 10;
/// The longest body of a request.
const LONGEST_BODY: u64 = 1 << 20;
/// The byte that a TLS client begins with.
const TLS_HANDSHAKE: u8 = 22;

/// What a client asks.
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What it is answered.
pub(crate) struct Response {
    status: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A server at work. Ends with the value that stands for it.
pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers at a free port of an address of this machine.
    pub(crate) fn at<A>(address: IpAddr, answer: A) -> Self
    where
        A: Fn(&Request) -> Response + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((address, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (asked, ended) = (Arc::<Mutex<Vec<String>>>::default(), Arc::default());
        let (log, end) = (asked.clone(), Arc::<AtomicBool>::clone(&ended));
        let answer = Arc::new(answer);
        let thread = std::thread::spawn(move || {
            for client in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let (log, answer) = (log.clone(), answer.clone());
                // Clients come several at a time, and some answers take a while.
                std::thread::spawn(move || {
                    // A client that goes away is its own business.
                    let Ok(Some((client, request))) = client.and_then(read) else {
                        return;
                    };
                    log.lock().expect("no panic").push(request.target.clone());
                    let _ = write(&client, &request, &answer(&request));
                });
            }
        });
        Self {
            address,
            asked,
            ended,
            thread: Some(thread),
        }
    }

    /// What stands in front of the paths.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The paths that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The thread waits for a client; this is the last one.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Request {
    /// The target without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// What follows the question mark.
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// A header by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(one, _)| one == name)?;
        Some(value)
    }
}

impl Response {
    pub(crate) fn of(status: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: status.into(),
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::of("200 OK", body)
    }

    pub(crate) fn not_found() -> Self {
        Self::of("404 Not Found", [])
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// The request of a client, unless it wants TLS: an engine tries that first with
/// a registry, and asks again without when it is answered in HTTP.
fn read(client: TcpStream) -> std::io::Result<Option<(TcpStream, Request)>> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut first = [0];
    client.peek(&mut first)?;
    if first == [TLS_HANDSHAKE] {
        (&client).write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n")?;
        // To its end: closing over what is unread resets the connection, and the
        // client may never see the answer.
        client.shutdown(Shutdown::Write)?;
        std::io::copy(&mut (&client).take(LONGEST_HEAD), &mut std::io::sink())?;
        return Ok(None);
    }
    let mut input = BufReader::new((&client).take(LONGEST_HEAD));
    let mut line = String::new();
    input.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next(), words.next());
    let mut headers = Vec::new();
    loop {
        line.clear();
        input.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request {
        method: method.unwrap_or_default(),
        target: target.unwrap_or_default(),
        headers,
        body: Vec::new(),
    };
    let length: u64 = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    input.get_mut().set_limit(LONGEST_BODY);
    input.take(length).read_to_end(&mut request.body)?;
    Ok(Some((client, request)))
}

fn write(mut client: &TcpStream, request: &Request, response: &Response) -> std::io::Result<()> {
    let Response {
        status,
        headers,
        body,
    } = response;
    let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    let length = body.len();
    write!(
        head,
        "Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    client.write_all(&head)?;
    if request.method != "HEAD" {
        client.write_all(body)?;
    }
    Ok(())
}
