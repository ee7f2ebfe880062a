//! Whatever a value holds, a shell gives it back unchanged.

use crate::machine::{any_text, bash_under_test, find, shell_output};
use proptest::prelude::*;
use std::ffi::OsString;
use wheelhouse_scripts::bash::quote;

/// Every POSIX shell that is here.
fn shells() -> Vec<(OsString, Vec<&'static str>)> {
    let mut shells = vec![(bash_under_test().into_os_string(), vec!["-s"])];
    for name in ["sh", "dash", "ksh", "mksh", "zsh"] {
        shells.extend(find(name).map(|path| (path.into_os_string(), vec!["-s"])));
    }
    shells.extend(find("busybox").map(|path| (path.into_os_string(), vec!["sh", "-s"])));
    assert!(shells.len() >= 2, "a quoted value must mean the same to more than one shell");
    shells
}

fn check(values: &[String]) -> Result<(), TestCaseError> {
    let mut text = String::from("printf '%s\\0'");
    for value in values {
        text.push(' ');
        text.push_str(&quote(value).expect("no NUL"));
    }
    // As an assignment, which is how values enter our scripts.
    text.push('\n');
    for value in values {
        text.push_str(&format!("x={}\nprintf '%s\\0' \"$x\"\n", quote(value).expect("no NUL")));
    }
    for (shell, args) in shells() {
        for locale in ["C", "C.UTF-8"] {
            let output = shell_output(&shell, &args, locale, &text);
            let seen: Vec<&[u8]> = output.strip_suffix(b"\0").unwrap_or(&output).split(|b| *b == 0).collect();
            let wanted: Vec<&[u8]> = values.iter().chain(values).map(|value| value.as_bytes()).collect();
            prop_assert_eq!(seen, wanted, "{:?} in locale {}", shell, locale);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_text_survives_every_shell(values in proptest::collection::vec(any_text(), 1..60)) {
        check(&values)?;
    }
}

#[test]
fn every_character_of_the_first_planes_that_shells_know_survives() {
    // All of ASCII and Latin-1, with the bytes 0x80–0xff that dash and bash use inside as marks.
    let values: Vec<String> = ('\u{1}'..='\u{17f}').map(|c| format!("{c}a{c}'{c}")).collect();
    check(&values).expect("they survive");
    // The bytes of every UTF-8 lead and tail.
    let values: Vec<String> =
        (0x80u32..0x11_0000).step_by(257).filter_map(char::from_u32).map(|c| format!("{c}")).collect();
    for values in values.chunks(500) {
        check(values).expect("they survive");
    }
}
