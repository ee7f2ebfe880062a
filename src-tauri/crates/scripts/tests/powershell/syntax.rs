//! Every script is well-formed and keeps to the rules.

use crate::actions::{VARIANTS, every_action, every_text, script, variant};
use crate::check::{TOKEN, problems};
use std::collections::BTreeSet;
use wheelhouse_protocol::action::Action;
use wheelhouse_scripts::powershell::prelude;

#[test]
fn every_action_has_scripts() {
    let variants: BTreeSet<&str> = every_action().iter().map(variant).collect();
    assert_eq!(variants.len(), VARIANTS, "the list of actions lacks some: {variants:?}");
    for action in every_action() {
        assert_eq!(script(&action), script(&action), "an approval is bound to these bytes");
    }
}

#[test]
fn nothing_is_wrong_with_any_script() {
    let mut seen = BTreeSet::new();
    for (name, text) in every_text() {
        // Many differ in their values only, which another test looks at.
        let code: String = text.lines().filter(|line| !line.starts_with("$wh_")).collect();
        if seen.insert(code) {
            assert_eq!(problems(&text), Vec::<String>::new(), "{name}");
        }
    }
    assert!(seen.len() > 40, "only {} different scripts were looked at", seen.len());
}

/// The checks themselves: each finds the fault that it is there for.
#[test]
fn the_checks_find_what_they_are_for() {
    let whole = script(&Action::Uptime).run;
    assert_eq!(problems(&whole), Vec::<String>::new());
    for (from, to, word) in [
        ("function Get-WhUptime {", "function Get-WhUptime {{", "does not parse"),
        ("$up.Days, ", "$up.Days, (", "does not parse"),
        ("Get-CimInstance -ClassName", "gcim -ClassName", "calls gcim"),
        ("  $up = ", "  Write-Host -Object 'x'\n  $up = ", "calls Write-Host"),
        ("  $up = ", "  Invoke-Expression -Command 'x'\n  $up = ", "calls Invoke-Expression"),
        ("  $up = ", "  Get-WhNothing\n  $up = ", "calls Get-WhNothing"),
        ("  $up = ", "  & $wh.Token\n  $up = ", "calls what a value names"),
        ("  $up = ", "  Write-WhInfo -Txt 'x'\n  $up = ", "has no parameter Txt"),
        ("  $up = ", "  Write-WhInfo 'x'\n  $up = ", "without its parameter's name"),
        ("  $up = ", "  $host = 1\n  $up = ", "writes to $host"),
        ("  $up = ", "  Write-WhInfo -Text $nothing\n  $up = ", "reads $nothing"),
        ("  $up = ", "  Write-WhInfo -Text $wh_asked\n  $up = ", "reads $wh_asked"),
        ("  $up = ", "  $wh.Nothing = 1\n  $up = ", "$wh has no Nothing"),
        ("  $up = ", "  $x = \"a $system\"\n  $up = ", "something to expand"),
    ] {
        let broken = whole.replacen(from, to, 1);
        assert_ne!(broken, whole, "the fault is in it: {to}");
        let found = problems(&broken);
        assert!(found.iter().any(|problem| problem.contains(word)), "{to:?}: {found:?}");
    }
}

#[test]
fn what_is_fixed_is_plain_ascii() {
    // A file without a byte order mark is read in the machine's code page.
    let plain = |text: &str| text.chars().all(|c| c == '\n' || (' '..='~').contains(&c));
    assert!(plain(&prelude(TOKEN)), "the prelude");
    for (name, text) in every_text() {
        assert!(plain(&text), "{name}");
    }
}

#[test]
fn the_prelude_has_the_token_or_nothing_runs() {
    assert!(prelude(TOKEN).contains(&format!("Token = '{TOKEN}'")) && !prelude(TOKEN).contains("@TOKEN@"));
    for token in ["", "short", "x'; Stop-Computer; 'xxxxxxxx", &"x".repeat(129)] {
        let text = prelude(token);
        assert!(text.ends_with("exit 78\n") && !text.contains("function"), "{token:?}: {text}");
        assert!(token.is_empty() || !text.contains(&format!("'{token}'")), "the token is not repeated");
    }
}
