//! Whether another machine is reached.

use crate::machine::{Machine, Outcome};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;
use wheelhouse_protocol::action::Action;

fn reach(machine: &Machine, address: &str, port: Option<u16>) -> Outcome {
    machine.act(&Action::Reach { address: address.into(), port })
}

#[test]
fn a_port_is_open_or_not() {
    let machine = Machine::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let outcome = reach(&machine, "127.0.0.1", Some(port));
    assert!(outcome.assert_ok().detail().ends_with(&format!("reaches 127.0.0.1 port {port}")), "{outcome:#?}");
    drop(listener);
    reach(&machine, "127.0.0.1", Some(port)).assert_failed(&["nothing listens at port", "refused"]);
    reach(&machine, "no-such-host.invalid", Some(80)).assert_failed(&["no-such-host.invalid"]);
}

#[test]
fn a_port_that_never_answers_has_an_end() {
    let machine = Machine::new();
    // A queue that is full takes nobody in: whoever comes next hears nothing.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        waiting.push(stream);
        if waiting.len() > 10_000 {
            return crate::machine::elsewhere("a queue of connections that has an end");
        }
    }
    let outcome = reach(&machine, "127.0.0.1", Some(address.port()));
    outcome.assert_failed(&["no answer within ten seconds"]);
    assert!(outcome.took < Duration::from_secs(30), "{:?}", outcome.took);
}

#[test]
fn ping_is_asked_once() {
    let machine = Machine::new();
    machine.install(
        "ping",
        "#!/bin/sh\n[ \"$1 $2 $3 $4\" = '-c 1 -W 5' ] && [ $# -eq 5 ] || { echo \"ping $*\" >>\"$FAKE/complaints\"; exit 64; }\n\
         case $5 in\n\
         near) echo '64 bytes from near (10.0.0.2): icmp_seq=1 ttl=64 time=0.42 ms' ;;\n\
         far) echo '1 packets transmitted, 0 received, 100% packet loss'; exit 1 ;;\n\
         *) echo \"ping: $5: Name or service not known\" >&2; exit 2 ;;\n\
         esac\n",
    );
    machine.install("uname", "#!/bin/sh\necho Linux\n");
    let outcome = reach(&machine, "near", None);
    assert!(outcome.assert_ok().detail().ends_with("reaches near (0.42 ms)"), "{outcome:#?}");
    reach(&machine, "far", None).assert_failed(&["does not reach far"]);
    reach(&machine, "nobody", None).assert_failed(&["does not know the name nobody"]);
    let machine = machine.without("ping");
    reach(&machine, "near", None).assert_failed(&["there is no ping", "give a port"]);
}
