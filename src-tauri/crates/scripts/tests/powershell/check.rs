//! What a script must keep to, as far as its text shows it: what an analyzer would find, and what strict mode would stop at.

use crate::tree::{all, called, children, functions, of_kind, parse};
use std::collections::{BTreeMap, BTreeSet};
use tree_sitter::Node;
use wheelhouse_scripts::powershell::prelude;

pub(crate) const TOKEN: &str = "T0kenT0kenT0ken42";

/// The cmdlets that scripts may use: all are in Windows PowerShell 5.1, and none asks or writes to a console.
const CMDLETS: &[&str] = &[
    "Add-LocalGroupMember", "Disable-LocalUser", "ForEach-Object", "Get-ChildItem", "Get-CimInstance", "Get-Command",
    "Get-Date", "Get-Process", "Get-Service", "Get-Variable", "Get-WinEvent", "Measure-Object", "New-LocalUser",
    "New-Object", "Remove-LocalUser", "Select-Object", "Set-Service", "Set-StrictMode", "Sort-Object", "Start-Sleep",
    "Stop-Process", "Test-Path", "Where-Object",
];

/// What PowerShell itself sets, in lower case. It may be read and never written.
const AUTOMATIC: &[&str] = &[
    "$_", "$args", "$error", "$event", "$false", "$foreach", "$home", "$host", "$input", "$lastexitcode", "$matches",
    "$null", "$pid", "$profile", "$psitem", "$pwd", "$sender", "$shellid", "$switch", "$this", "$true",
];

/// Everything that is wrong with a script that follows the prelude.
pub(crate) fn problems(script: &str) -> Vec<String> {
    let text = prelude(TOKEN) + script;
    let tree = parse(&text);
    let root = tree.root_node();
    let mut found = Vec::new();
    for node in all(root) {
        if node.is_error() || node.is_missing() {
            found.push(format!(
                "does not parse at line {}: {}",
                node.start_position().row + 1,
                &text[node.byte_range()]
            ));
        }
    }
    let functions = functions(root, &text);
    let outside: Vec<Node<'_>> =
        all(root).into_iter().filter(|node| !functions.values().any(|f| inside(*node, *f))).collect();
    let mut reached: Vec<Node<'_>> = outside.clone();
    let mut seen = BTreeSet::new();
    let mut next = 0;
    while next < reached.len() {
        let node = reached[next];
        next += 1;
        if node.kind() != "command" {
            continue;
        }
        found.extend(command(node, &text, &functions));
        if let Some((name, function)) = called(node, &text).and_then(|name| functions.get_key_value(name))
            && seen.insert(*name)
        {
            reached.extend(all(*function));
        }
    }
    let values = assigned(&outside, &text);
    found.extend(variables(&outside, &text, &values));
    for name in seen {
        let nodes = all(functions[name]);
        let mut known = assigned(&nodes, &text);
        known.extend(values.iter().cloned());
        found.extend(variables(&nodes, &text, &known).into_iter().map(|problem| format!("{name}: {problem}")));
    }
    found.extend(shared_state(&text));
    found
}

fn inside(node: Node<'_>, outer: Node<'_>) -> bool {
    outer.start_byte() <= node.start_byte() && node.end_byte() <= outer.end_byte()
}

/// The command is a cmdlet that is allowed or a function that is there, and gets its arguments by names that it has.
fn command(node: Node<'_>, text: &str, functions: &BTreeMap<&str, Node<'_>>) -> Vec<String> {
    let line = &text[node.byte_range()];
    let Some(name) = called(node, text) else {
        return if ["& $Step", "& $wh.CleanUp"].contains(&line.trim()) {
            vec![]
        } else {
            vec![format!("calls what a value names: {line}")]
        };
    };
    let mut found = Vec::new();
    let elements: Vec<Node<'_>> = of_kind(node, "command_elements")
        .first()
        .map(|elements| children(*elements).into_iter().filter(|e| e.kind() != "command_argument_sep").collect())
        .unwrap_or_default();
    if elements.first().is_some_and(|first| first.kind() != "command_parameter") {
        found.push(format!("an argument without its parameter's name: {line}"));
    }
    let Some(function) = functions.get(name) else {
        if !CMDLETS.contains(&name) {
            found.push(format!("calls {name}, which is no function of it and no allowed cmdlet"));
        }
        return found;
    };
    let has: Vec<String> = of_kind(*function, "script_parameter")
        .into_iter()
        .filter_map(|parameter| of_kind(parameter, "variable").first().map(|v| text[v.byte_range()][1..].to_owned()))
        .collect();
    for parameter in elements.iter().filter(|e| e.kind() == "command_parameter") {
        let parameter = text[parameter.byte_range()].trim_start_matches('-').trim_end_matches(':');
        if !has.iter().any(|name| name == parameter) {
            found.push(format!("{name} has no parameter {parameter}"));
        }
    }
    found
}

/// The variables that are written in these nodes, in lower case.
fn assigned(nodes: &[Node<'_>], text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for node in nodes {
        let written = match node.kind() {
            "left_assignment_expression" | "script_parameter" => {
                of_kind(*node, "variable").into_iter().take(1).collect()
            }
            "foreach_statement" => children(*node).into_iter().filter(|child| child.kind() == "variable").collect(),
            _ => Vec::new(),
        };
        names.extend(written.into_iter().map(|variable| text[variable.byte_range()].to_lowercase()));
    }
    names
}

/// Every variable that is read has been written somewhere before or is PowerShell's own, which is never written.
fn variables(nodes: &[Node<'_>], text: &str, known: &BTreeSet<String>) -> Vec<String> {
    let mut found: Vec<String> = known
        .iter()
        .filter(|name| *name != "$null" && AUTOMATIC.contains(&name.as_str()))
        .map(|name| format!("writes to {name}"))
        .collect();
    for node in nodes.iter().filter(|node| node.kind() == "variable") {
        let name = text[node.byte_range()].to_lowercase();
        let environment = name.starts_with("$env:") || name.starts_with("${env:");
        if !environment && !AUTOMATIC.contains(&name.as_str()) && !known.contains(&name) {
            found.push(format!("reads {name}, which is never set, at line {}", node.start_position().row + 1));
        }
    }
    for node in nodes.iter().filter(|node| node.kind() == "expandable_string_literal") {
        if text[node.byte_range()].contains('$') {
            found.push(format!("a string with something to expand: {}", &text[node.byte_range()]));
        }
    }
    found
}

/// Strict mode stops at a key that the table of what functions share does not have.
fn shared_state(text: &str) -> Vec<String> {
    let table = text.lines().find(|line| line.starts_with("$wh = @{")).expect("the prelude makes the table");
    let has = |key: &str| table.contains(&format!(" {key} = "));
    text.split("$wh.")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default())
        .filter(|key| !has(key))
        .map(|key| format!("$wh has no {key}"))
        .collect()
}
