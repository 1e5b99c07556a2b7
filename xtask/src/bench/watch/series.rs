//! Counters of services as Prometheus sees them: their past as files for `promtool`, their present as a page to scrape.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::shell::Outcome;

/// Requests of a service in a second.
const REQUESTS: u64 = 100;

/// One request of so many fails: half of the budget of 99.9%.
const FAILS_ONE_IN: u64 = 2_000;

/// The metric.
pub(super) const METRIC: &str = "http_requests_total";

/// Counters that begin at an instant, in seconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Counters {
    pub(super) services: u64,
    pub(super) begin: u64,
}

/// Now, in seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Counters {
    /// Good and bad requests of any service until an instant.
    fn at(self, second: u64) -> [(&'static str, u64); 2] {
        let all = second.saturating_sub(self.begin) * REQUESTS;
        let bad = all / FAILS_ONE_IN;
        [("200", all - bad), ("500", bad)]
    }

    /// Everything between two instants in OpenMetrics, a sample each `every` seconds.
    pub(super) fn past(self, from: u64, to: u64, every: u64) -> String {
        let mut text = format!("# TYPE {} counter\n", METRIC.trim_end_matches("_total"));
        for service in 0..self.services {
            for code in 0..2 {
                for second in (from..to).step_by(usize::try_from(every).unwrap_or(usize::MAX)) {
                    let (code, value) = self.at(second)[code];
                    // Writing to a string cannot fail.
                    let _ok = writeln!(text, "{METRIC}{{service=\"s{service}\",code=\"{code}\"}} {value} {second}");
                }
            }
        }
        text.push_str("# EOF\n");
        text
    }

    /// Serves what they are now to everybody who asks, until this process ends.
    ///
    /// # Errors
    /// When no port can be had.
    pub(super) fn serve(self) -> Outcome<SocketAddr> {
        let failed = |error| format!("could not listen: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut asked = [0; 4_096];
                let answer = || -> std::io::Result<()> {
                    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
                    // One read: a scrape's request is one packet, and what it asks for does not matter.
                    let _length = stream.read(&mut asked)?;
                    let page = self.page();
                    let head = "HTTP/1.0 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\n";
                    write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len())
                };
                // Whoever went away asks again in a minute; Prometheus counts failed scrapes.
                let mut answer = answer;
                drop(answer());
            }
        });
        Ok(address)
    }

    fn page(self) -> String {
        let mut text = format!("# TYPE {METRIC} counter\n");
        let values = self.at(now());
        for service in 0..self.services {
            for (code, value) in values {
                let _ok = writeln!(text, "{METRIC}{{service=\"s{service}\",code=\"{code}\"}} {value}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Counters;

    #[test]
    fn the_past_is_open_metrics() {
        let counters = Counters { services: 1, begin: 100 };
        let expected = "# TYPE http_requests counter\n\
            http_requests_total{service=\"s0\",code=\"200\"} 0 100\n\
            http_requests_total{service=\"s0\",code=\"200\"} 1999 120\n\
            http_requests_total{service=\"s0\",code=\"500\"} 0 100\n\
            http_requests_total{service=\"s0\",code=\"500\"} 1 120\n\
            # EOF\n";
        assert_eq!(counters.past(100, 140, 20), expected);
    }
}
