//! Whatever the text: no panic, no cycle, nothing too deep, and time that grows with its length.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{alone, fixture};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use wheelhouse_inventory::{MAX_REMARKS, check_name, merge, parse, recognise};
use wheelhouse_protocol::inventory::ImportFormat::{AnsibleIni, AnsibleYaml, Csv, Json, SshConfig};
use wheelhouse_protocol::inventory::{ImportFormat, MAX_GROUP_DEPTH, Snapshot};

const ALL: [ImportFormat; 5] = [AnsibleIni, AnsibleYaml, SshConfig, Csv, Json];

const FIXTURES: [(ImportFormat, &str); 7] = [
    (AnsibleIni, "ansible/data_centre.ini"),
    (AnsibleIni, "ansible/precedence.ini"),
    (AnsibleIni, "ansible/windows.ini"),
    (AnsibleYaml, "ansible/site.yml"),
    (SshConfig, "ssh/config"),
    (Csv, "csv/machines.csv"),
    (Json, "json/example.json"),
];

/// Reads a text as every format and holds what must hold of any answer against it.
fn hold(text: &str) -> Result<(), TestCaseError> {
    recognise("x.txt", text);
    for format in ALL {
        let Ok(imported) = parse(format, text) else { continue };
        prop_assert!(imported.remarks.len() <= MAX_REMARKS + 1);
        for remark in &imported.remarks {
            prop_assert!(
                !remark.message.contains(['\n', '\r', '\0', '\u{1b}']),
                "a remark is one clean line: {:?}",
                remark
            );
        }
        for target in &imported.targets {
            prop_assert_eq!(check_name("it", &target.name), Ok(()));
            prop_assert!(target.groups.iter().all(|g| imported.groups.iter().any(|known| known.name == *g)));
        }
        for group in &imported.groups {
            prop_assert_eq!(check_name("it", &group.name), Ok(()));
            let parent = |g: &&wheelhouse_inventory::ImportedGroup| {
                imported.groups.iter().find(|p| Some(&p.name) == g.parent.as_ref())
            };
            prop_assert!(std::iter::successors(Some(group), parent).take(9).count() <= MAX_GROUP_DEPTH);
        }
        let mut n = 0_u128;
        let first = merge(
            &imported,
            &Snapshot::default(),
            &mut || {
                n += 1;
                uuid::Uuid::from_u128(n)
            },
            None,
        );
        let snapshot = alone(&imported);
        prop_assert_eq!(first.targets.len(), snapshot.targets.len(), "everything is new");
        let mut n = 0_u128;
        let second = merge(
            &imported,
            &snapshot,
            &mut || {
                n += 1;
                uuid::Uuid::from_u128(n)
            },
            None,
        );
        prop_assert!(
            second.targets.is_empty() && second.groups.is_empty(),
            "the second time nothing changes: {:?}",
            second
        );
    }
    Ok(())
}

/// A fixture with pieces cut out, doubled, or replaced by what breaks parsers.
fn mutated() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\0", "\"", "'", "[", "]", ":", "{", "}", "{{ x }}", ",", ";", "\t", "\n", "\r", "\r\n", "#", "=", "*",
            "&a ", "*a", "<<: *a", "!vault |", "---", "- ", "\u{feff}", "\u{2028}", "\\", "$(x)", "`x`",
            "[1:99999999]", "[0:", "Host ", "Match ", "[a:children]\n", "null", "\"hosts\":", "😀", "ä",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ];
    let change = (any::<prop::sample::Index>(), 0..12_usize, piece);
    (prop::sample::select(FIXTURES.to_vec()), prop::collection::vec(change, 1..8)).prop_map(|((_, path), changes)| {
        let mut text: Vec<char> = fixture(path).chars().collect();
        for (at, cut, piece) in changes {
            let at = at.index(text.len().max(1)).min(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, piece.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        hold(&text)?;
    }

    #[test]
    fn any_lines_are_survived(text in "([a-c]|\\[[a-c](:children|:vars)?\\]|[a-c]=[a-c]|Host [a-c*]|[a-c],[a-c\"]|  [a-c]:|\\{|\\}|\"hosts\"|:|\\[|\\]|\n){0,40}") {
        hold(&text)?;
    }

    #[test]
    fn mutated_fixtures_are_survived(text in mutated()) {
        hold(&text)?;
    }
}

#[test]
fn fixtures_are_recognised() {
    for (format, path) in FIXTURES {
        let text = fixture(path);
        assert_eq!(recognise("", &text), Some(format), "{path} by its text");
        assert_eq!(recognise(path, &text), Some(format), "{path} by its name");
        hold(&text).unwrap();
    }
}

#[test]
fn time_grows_with_the_length() {
    const MIB: usize = 1024 * 1024;
    let filled = |bytes: usize, head: &str, tail: &str, line: &dyn Fn(usize) -> String| {
        let mut text = String::from(head);
        for n in 0.. {
            let line = line(n);
            if text.len() + line.len() > bytes {
                break;
            }
            text.push_str(&line);
        }
        text + tail
    };
    let ip = |n: usize| format!("10.{}.{}.{}", n >> 16, n >> 8 & 255, n & 255);
    let pad = "x".repeat(30);
    for (what, format, text) in [
        (
            "hosts in INI",
            AnsibleIni,
            filled(5 * MIB, "[web]\n", "", &|n| format!("web{n} ansible_host={} note={pad}\n", ip(n))),
        ),
        (
            "groups in INI",
            AnsibleIni,
            filled(MIB, "", "", &|n| format!("[g{}]\nh{}\n[top:children]\ng{0}\n# {pad}\n", n % 9_000, n % 50_000)),
        ),
        ("refused lines", AnsibleIni, filled(MIB, "", "", &|n| format!("web;{n}\n"))),
        ("open quotes", Csv, filled(MIB, "name,notes\n", "", &|n| format!("web{},\"{pad}\n", n % 90_000))),
        (
            "quotes of every kind",
            Csv,
            filled(MIB, "name,notes\n", "", &|n| {
                format!("web{},\"\"\"{}{pad}\n", n % 90_000, if n % 3 == 0 { "\"" } else { "" })
            }),
        ),
        (
            "lines of a table",
            Csv,
            filled(5 * MIB, "name,address,groups\n", "", &|n| format!("web{n},{},\"web;prod\"{pad}\n", ip(n))),
        ),
        (
            "hosts in YAML",
            AnsibleYaml,
            filled(5 * MIB, "all:\n  hosts:\n", "", &|n| {
                format!("    web{n}:\n      ansible_host: {}\n      note: {pad}\n", ip(n))
            }),
        ),
        (
            "hosts in JSON",
            Json,
            filled(5 * MIB, "{\"hosts\": [\n", "\"last\"]}", &|n| {
                format!("{{\"host\": \"web{n}\", \"ip\": \"{}\", \"notes\": \"{pad}\"}},\n", ip(n))
            }),
        ),
        (
            "blocks for ssh",
            SshConfig,
            filled(5 * MIB, "", "Host *\n  Port 22\n", &|n| format!("Host web{n}\n  HostName {}\n  # {pad}\n", ip(n))),
        ),
        ("patterns for ssh", SshConfig, filled(MIB, "", "", &|n| format!("Host *{n}*a*b*c*\n  User u{n}\n"))),
        ("one long line", AnsibleIni, filled(MIB, "web1", "\n", &|n| format!(" v{n}=x"))),
        ("one long name", AnsibleIni, filled(MIB, "", "\n", &|_| "x".to_owned())),
        ("brackets", AnsibleYaml, filled(MIB, "a: ", "", &|_| "[".to_owned())),
        ("brackets in JSON", Json, filled(MIB, "{\"hosts\": ", "", &|_| "[".to_owned())),
    ] {
        let begun = Instant::now();
        let outcome = parse(format, &text).map(|i| i.targets.len());
        let taken = begun.elapsed();
        // Seconds in an unoptimised build on a busy machine; what is quadratic would take hours.
        assert!(taken < Duration::from_secs(180), "{what}: {taken:?}, {outcome:?}");
        eprintln!("{what}: {} bytes, {taken:?}, {outcome:?}", text.len());
    }
}
