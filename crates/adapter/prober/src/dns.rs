//! A name resolves: one question to one resolver over UDP, and over TCP where the answer does not fit.

use std::net::{IpAddr, SocketAddr};

use seaworthy_client::resolve;
use seaworthy_probe::{Code, Outcome, Reason};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, Question, RCODE, TYPE};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;

use crate::net::{connect, fail, host_and_port, word};
use crate::template::unable;

/// Where a resolver listens.
const PORT: u16 = 53;

/// Largest answer over UDP that is read, in bytes: nothing larger was asked for, and Ethernet carries no more.
const UDP_BYTES_MAX: usize = 4_096;

/// Where the machine says whom it asks.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// What is asked.
pub(crate) struct Ask<'a> {
    pub(crate) name: &'a str,
    pub(crate) record: &'a str,
    pub(crate) resolver: Option<&'a str>,
    pub(crate) expect: Option<&'a str>,
}

/// Asks, and holds the answer against what is expected.
///
/// # Errors
/// When the name does not resolve to it, the resolver does not answer, or the question cannot be asked.
pub(crate) async fn look_up(ask: &Ask<'_>) -> Result<(), Outcome> {
    let kind = kind(ask.record)?;
    let id = id();
    let question = question(id, ask.name, kind)?;
    let resolver = resolver(ask.resolver).await?;
    let mut answer = over_udp(resolver, &question, id).await?;
    if parse(&answer)?.has_flags(PacketFlag::TRUNCATION) {
        answer = over_tcp(resolver, &question).await?;
    }
    judge(&parse(&answer)?, id, kind, ask.expect)
}

fn kind(record: &str) -> Result<TYPE, Outcome> {
    Ok(match record {
        "A" => TYPE::A,
        "AAAA" => TYPE::AAAA,
        "CNAME" => TYPE::CNAME,
        "MX" => TYPE::MX,
        "NS" => TYPE::NS,
        "TXT" => TYPE::TXT,
        other => return Err(unable(format!("\"{other}\" is no record that is asked for here"))),
    })
}

/// A number that nobody who does not see the question can guess.
fn id() -> u16 {
    let mut bytes = [0; 2];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    u16::from_le_bytes(bytes)
}

fn question(id: u16, name: &str, kind: TYPE) -> Result<Vec<u8>, Outcome> {
    let name = Name::new(name.trim_end_matches('.')).map_err(|_| unable("it is no name that can be asked for"))?;
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(name, kind.into(), QCLASS::CLASS(CLASS::IN), false));
    packet.build_bytes_vec().map_err(|_| unable("it is no name that can be asked for"))
}

async fn resolver(named: Option<&str>) -> Result<SocketAddr, Outcome> {
    let Some(named) = named else {
        let text = tokio::fs::read_to_string(RESOLV_CONF).await.unwrap_or_default();
        let own = nameserver(&text).ok_or_else(|| unable(format!("{RESOLV_CONF} names no resolver")))?;
        return Ok(SocketAddr::new(own, PORT));
    };
    let (host, port) = host_and_port(named).unwrap_or((named, PORT));
    let found = resolve(host, port).await.ok().and_then(|found| found.first().copied());
    found.ok_or_else(|| unable("the resolver's own name does not resolve"))
}

/// Returns the first resolver that a machine names.
fn nameserver(text: &str) -> Option<IpAddr> {
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    named.filter_map(|address| address.trim().parse().ok()).next()
}

async fn over_udp(resolver: SocketAddr, question: &[u8], id: u16) -> Result<Vec<u8>, Outcome> {
    let any: SocketAddr = if resolver.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
    let own = |error| Outcome::CannotSee(Reason::new(Code::Offline, format!("no socket here ({})", word(&error))));
    let socket = UdpSocket::bind(any).await.map_err(own)?;
    let broken = |error| fail(Code::Connection, format!("the resolver does not answer ({})", word(&error)));
    socket.connect(resolver).await.map_err(own)?;
    socket.send(question).await.map_err(broken)?;
    let mut buffer = vec![0; UDP_BYTES_MAX];
    loop {
        let length = socket.recv(&mut buffer).await.map_err(broken)?;
        // An answer to another question is late, or somebody guesses: neither ends the wait.
        if buffer[..length].starts_with(&id.to_be_bytes()) {
            buffer.truncate(length);
            return Ok(buffer);
        }
    }
}

async fn over_tcp(resolver: SocketAddr, question: &[u8]) -> Result<Vec<u8>, Outcome> {
    let mut stream = connect(&resolver.ip().to_string(), resolver.port()).await?;
    let broken = |error| fail(Code::Connection, format!("the resolver broke off ({})", word(&error)));
    let length = u16::try_from(question.len()).expect("a name has 255 bytes at most");
    stream.write_all(&[&length.to_be_bytes()[..], question].concat()).await.map_err(broken)?;
    let mut answer = vec![0; usize::from(stream.read_u16().await.map_err(broken)?)];
    stream.read_exact(&mut answer).await.map_err(broken)?;
    Ok(answer)
}

fn parse(answer: &[u8]) -> Result<Packet<'_>, Outcome> {
    Packet::parse(answer).map_err(|_| fail(Code::Protocol, "the resolver's answer cannot be read"))
}

fn judge(answer: &Packet<'_>, id: u16, kind: TYPE, expect: Option<&str>) -> Result<(), Outcome> {
    if answer.id() != id || !answer.has_flags(PacketFlag::RESPONSE) {
        return Err(fail(Code::Protocol, "the resolver answers another question"));
    }
    match answer.rcode() {
        RCODE::NoError => {}
        RCODE::NameError => return Err(fail(Code::Name, "there is no such name")),
        RCODE::ServerFailure => return Err(fail(Code::Name, "the resolver cannot find it out")),
        RCODE::Refused => return Err(fail(Code::Name, "the resolver refuses to say")),
        _ => return Err(fail(Code::Protocol, "the resolver does not understand the question")),
    }
    let values: Vec<String> = answer.answers.iter().filter_map(|record| value(&record.rdata, kind)).collect();
    match expect {
        _ if values.is_empty() => Err(fail(Code::Name, "the name has no such record")),
        Some(expected) if !values.iter().any(|value| same(kind, value, expected)) => {
            Err(fail(Code::Name, "the name does not resolve to what is expected"))
        }
        _ => Ok(()),
    }
}

fn value(data: &RData<'_>, wanted: TYPE) -> Option<String> {
    match (wanted, data) {
        (TYPE::A, RData::A(a)) => Some(std::net::Ipv4Addr::from(a.address).to_string()),
        (TYPE::AAAA, RData::AAAA(a)) => Some(std::net::Ipv6Addr::from(a.address).to_string()),
        (TYPE::CNAME, RData::CNAME(name)) => Some(name.0.to_string()),
        (TYPE::NS, RData::NS(name)) => Some(name.0.to_string()),
        (TYPE::MX, RData::MX(mail)) => Some(mail.exchange.to_string()),
        (TYPE::TXT, RData::TXT(text)) => String::try_from(text.clone()).ok(),
        _ => None,
    }
}

/// Texts are equal as they are, names but for case and the dot behind them, addresses however they are written.
fn same(kind: TYPE, found: &str, expected: &str) -> bool {
    match kind {
        TYPE::TXT => found == expected,
        TYPE::A | TYPE::AAAA => found.parse::<IpAddr>().ok() == expected.parse::<IpAddr>().ok(),
        _ => found.trim_end_matches('.').eq_ignore_ascii_case(expected.trim_end_matches('.')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_however_they_are_written() {
        for (kind, found, expected, want) in [
            (TYPE::A, "192.0.2.1", "192.0.2.1", true),
            (TYPE::A, "192.0.2.1", "192.0.2.10", false),
            (TYPE::AAAA, "2001:db8::1", "2001:DB8:0:0::1", true),
            (TYPE::CNAME, "Shop.example", "shop.example.", true),
            (TYPE::MX, "mail.example", "mail.exampl", false),
            (TYPE::TXT, "v=1 A", "v=1 a", false),
        ] {
            assert_eq!(same(kind, found, expected), want, "{found} {expected}");
        }
    }

    #[test]
    fn a_machine_names_its_resolver() {
        for (text, want) in [
            ("# nameserver 1.1.1.1\nsearch x\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n", Some("192.0.2.53")),
            ("nameserver\t2001:db8::53", Some("2001:db8::53")),
            ("nameserver here\n", None),
            ("", None),
        ] {
            assert_eq!(nameserver(text), want.map(|address| address.parse().unwrap()), "{text:?}");
        }
    }
}
