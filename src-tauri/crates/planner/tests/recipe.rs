//! Steps on machines that words name: the words are read as in the chat, and say nothing but where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use std::collections::BTreeSet;
use uuid::Uuid;
use wheelhouse_planner::{Files, Planner, StepsOn};
use wheelhouse_protocol::action::{Action, LocalFile, Name};
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Group, GroupSpec, Os, Snapshot, Target, TargetSpec};
use wheelhouse_protocol::plan::{Plan, Strategy};
use wheelhouse_protocol::reading::{Disposition, Intent, Risk};
use wheelhouse_protocol::{GroupId, PlanId, Problem, TargetId};

struct NoFiles;

impl Files for NoFiles {
    fn pin(&self, _: &str) -> Result<LocalFile, String> {
        Err("there is no such file".to_owned())
    }
}

/// Web servers 1 to `webs`, one database, and everything.
fn planner(webs: u128) -> Planner {
    let group = |n, name: &str, everything| Group {
        id: GroupId(Uuid::from_u128(n)),
        spec: GroupSpec { name: name.into(), aliases: Vec::new(), parent: None, everything },
    };
    let target = |n: u128, name: String, group: u128| Target {
        id: TargetId(Uuid::from_u128(100 + n)),
        spec: TargetSpec {
            name,
            addresses: vec![format!("10.0.0.{n}")],
            os: Os::Linux,
            groups: vec![GroupId(Uuid::from_u128(group))],
            connections: vec![Connection::of(ConnectionKind::Ssh)],
            ..TargetSpec::default()
        },
        facts: None,
        last_contact: None,
        last_failure: String::new(),
    };
    let mut targets: Vec<Target> = (1..=webs).map(|n| target(n, format!("web-{n:02}"), 1)).collect();
    targets.push(target(99, "db-01".to_owned(), 2));
    let groups =
        vec![group(1, "web servers", false), group(2, "database servers", false), group(5, "all servers", true)];
    Planner::new(&Snapshot { targets, groups, services: std::collections::BTreeMap::new() }, "").unwrap()
}

fn plan(planner: &Planner, steps: &[Action], targets: &str, risk: Risk) -> Result<Plan, Problem> {
    let wanted = StepsOn { request: "run recipe x", steps, targets, risk };
    let made = planner.plan_steps(&wanted, PlanId(Uuid::from_u128(1)), Strategy::default(), &NoFiles);
    made.map(|(plan, reading)| {
        let disposition = if plan.needs_approval() { Disposition::Confirm } else { Disposition::Plan };
        assert_eq!((reading.intent, reading.disposition), (Intent::RunRecipe, disposition));
        assert!(reading.reasons.iter().all(|r| !r.contains("show")), "nobody said so: {:?}", reading.reasons);
        plan
    })
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.targets.iter().map(|t| t.name.as_str()).collect()
}

#[test]
fn the_words_are_read_against_the_inventory_of_now() {
    let restart = [Action::ServiceRestart { service: Name::plain("nginx") }];
    let words = "web servers except web-02";
    let before = plan(&planner(3), &restart, words, Risk::Medium).unwrap();
    assert_eq!(names(&before), ["web-01", "web-03"]);
    let after = plan(&planner(4), &restart, words, Risk::Medium).unwrap();
    assert_eq!(names(&after), ["web-01", "web-03", "web-04"], "a machine that joined the group is in");
    assert_eq!(after.compute_hash(), after.hash);
    assert!(after.targets.iter().all(|t| t.address.starts_with("10.0.0.") && t.port == 22 && !t.why.is_empty()));
    assert!(after.steps[0].scripts.values().all(|s| s.run.contains("nginx")), "scripts are rendered now");
    assert!(plan(&planner(4), &restart, "mail servers", Risk::Medium).is_err());
}

#[test]
fn words_that_say_more_than_where_are_refused() {
    let planner = planner(3);
    for words in [
        "", "  ", "web-01; reboot", "web-01 && reboot", "web-01 and restart nginx on db-01",
        "web-01, then reboot db-01", "web-01 and restart nginx on web-01", "web-01, then show uptime of web-01",
        "web-01\nreboot web-02", "$(reboot)", "the servers", "web-99",
    ] {
        let refused = planner.machines(words);
        assert!(refused.is_err(), "{words:?} came to {refused:?}");
    }
    assert_eq!(planner.machines("web-0[1-2] and db-01").unwrap().resolved, ["web-01", "web-02", "db-01"]);
}

#[test]
fn risk_is_the_worst_of_what_it_was_what_it_does_and_where() {
    let planner = planner(12);
    let restart = Action::ServiceRestart { service: Name::plain("nginx") };
    let risk = |steps: &[Action], targets: &str, least| plan(&planner, steps, targets, least).unwrap().risk;
    assert_eq!(risk(&[Action::Uptime], "all servers", Risk::Low), Risk::Low, "it reads only");
    assert_eq!(risk(std::slice::from_ref(&restart), "web-01", Risk::Medium), Risk::Medium);
    assert_eq!(risk(std::slice::from_ref(&restart), "web-01", Risk::High), Risk::High, "never less than it was");
    assert_eq!(risk(std::slice::from_ref(&restart), "web servers", Risk::Medium), Risk::High, "twelve machines");
    let shadow = [Action::ReadFile { path: "/etc/shadow".to_owned(), lines: 5 }];
    assert_eq!(risk(&shadow, "web-01", Risk::Low), Risk::Medium, "what not everybody may see needs an approval");
    assert_eq!(risk(&[Action::Uptime], "web-01", Risk::High), Risk::High, "never less than it was");
    assert_eq!(risk(&[Action::Reboot], "web-01", Risk::Medium), Risk::High);
    assert_eq!(risk(&[restart.clone(), restart.clone()], "web-01", Risk::Medium), Risk::High, "several steps");
    let everything = plan(&planner, &[restart], "all servers", Risk::Medium).unwrap();
    assert_eq!(everything.risk, Risk::Critical);
    assert_eq!(everything.confirm_by_typing.as_deref(), Some("all servers"));
}

#[test]
fn a_request_gives_back_its_own_words() {
    let planner = planner(4);
    for (request, words) in [
        ("restart nginx on web servers except web-03", "web servers except web-03"),
        ("check disk usage of db-01", "db-01"),
        ("on web servers: stop nginx; start nginx", "web servers"),
        ("copy /srv/on x.conf to /etc/x.conf on database servers", "database servers"),
        ("restart nginx on web servers and db-01", "web servers and db-01"),
    ] {
        let reading = planner.reading(request);
        let machines: BTreeSet<String> = reading.targets.resolved.iter().cloned().collect();
        assert!(!machines.is_empty(), "{request}: {}", reading.sentence);
        assert_eq!(planner.target_words(request, &reading.targets, &machines), words, "{request}");
    }
    // Left out by hand on the card.
    let reading = planner.reading("restart nginx on web servers");
    let fewer: BTreeSet<String> = ["web-01", "web-02", "web-04"].map(str::to_owned).into();
    let words = planner.target_words("restart nginx on web servers", &reading.targets, &fewer);
    assert_eq!(words, "web servers except web-03");
}

#[test]
fn a_service_goes_by_its_names() {
    let planner = planner(1);
    let apache = planner.name_of("apache");
    assert!(apache.asked == "apache" && apache.candidates.iter().any(|c| c == "httpd"), "{apache:?}");
    assert_eq!(planner.name_of("no-such.service").candidates, ["no-such.service"]);
}
