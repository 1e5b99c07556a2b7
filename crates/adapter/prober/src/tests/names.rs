//! Questions to a resolver of our own that answers, lies and truncates.

use std::net::SocketAddr;

use seaworthy_contract::catalogue::Target;
use simple_dns::rdata::{A, CNAME, MX, RData, TXT};
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::tried;

/// Answers a question by its name.
fn answer(question: &[u8], over_tcp: bool) -> Vec<u8> {
    let asked = Packet::parse(question).unwrap();
    let name = asked.questions[0].qname.to_string();
    let mut reply = Packet::new_reply(asked.id());
    reply.questions.clone_from(&asked.questions);
    let mut push = |data| {
        let owner = Name::new("shop.example").unwrap();
        reply.answers.push(ResourceRecord::new(owner, CLASS::IN, 60, data));
    };
    match name.as_str() {
        "shop.example" => {
            push(RData::CNAME(CNAME(Name::new("edge.example").unwrap())));
            push(RData::A(A { address: 0xc000_0201 }));
            push(RData::MX(MX { preference: 10, exchange: Name::new("mail.example").unwrap() }));
            push(RData::TXT(TXT::new().with_string("v=1 all").unwrap()));
        }
        "large.example" if over_tcp => push(RData::A(A { address: 0xc000_0202 })),
        "large.example" => reply.set_flags(PacketFlag::TRUNCATION),
        "broken.example" => *reply.rcode_mut() = RCODE::ServerFailure,
        "empty.example" => {}
        _ => *reply.rcode_mut() = RCODE::NameError,
    }
    reply.build_bytes_vec().unwrap()
}

async fn resolver() -> SocketAddr {
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        loop {
            let (length, from) = udp.recv_from(&mut buffer).await.unwrap();
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.contains("silent") {
                continue;
            }
            let mut reply = answer(&buffer[..length], false);
            // Somebody guesses first: it is not waited for, and not believed.
            let mut guessed = reply.clone();
            guessed[0] ^= 1;
            udp.send_to(&guessed, from).await.unwrap();
            if text.contains("garbage") {
                reply.truncate(7);
            }
            udp.send_to(&reply, from).await.unwrap();
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let mut question = vec![0; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut question).await.unwrap();
            let reply = answer(&question, true);
            stream.write_u16(u16::try_from(reply.len()).unwrap()).await.unwrap();
            stream.write_all(&reply).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn names_resolve_to_what_is_expected_or_it_is_said() {
    let resolver = resolver().await;
    let other = "fail name: the name does not resolve to what is expected";
    for (name, record, expect, want) in [
        ("shop.example", "A", None, "pass"),
        ("shop.example.", "A", Some("192.0.2.1"), "pass"),
        ("shop.example", "A", Some("192.0.2.9"), other),
        ("shop.example", "CNAME", Some("EDGE.example."), "pass"),
        ("shop.example", "MX", Some("mail.example"), "pass"),
        ("shop.example", "TXT", Some("v=1 all"), "pass"),
        ("shop.example", "TXT", Some("v=1"), other),
        ("shop.example", "AAAA", None, "fail name: the name has no such record"),
        ("large.example", "A", Some("192.0.2.2"), "pass"),
        ("empty.example", "A", None, "fail name: the name has no such record"),
        ("gone.example", "A", None, "fail name: there is no such name"),
        ("broken.example", "A", None, "fail name: the resolver cannot find it out"),
        ("garbage.example", "A", None, "fail protocol: the resolver's answer cannot be read"),
        ("shop.example", "SRV", None, "cannot see unable: \"SRV\" is no record that is asked for here"),
    ] {
        let (name, record) = (name.to_owned(), record.to_owned());
        let (at, expect) = (Some(resolver.to_string()), expect.map(str::to_owned));
        let target = Target::Dns { name: name.clone(), record: record.clone(), resolver: at, expect };
        assert_eq!(tried(target, 20_000).await, want, "{name} {record}");
    }
    let silent = Target::Dns {
        name: "silent.example".to_owned(),
        record: "A".to_owned(),
        resolver: Some(resolver.to_string()),
        expect: None,
    };
    assert_eq!(tried(silent, 150).await, "fail timeout: no answer in time");
}
