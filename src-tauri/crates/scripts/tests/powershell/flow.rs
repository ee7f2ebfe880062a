//! Whoever changes something says on every way to the end whether anything is different now.

use crate::actions::{every_action, script};
use crate::tree::{called, children, functions, of_kind, parse, statements};
use tree_sitter::Node;
use wheelhouse_protocol::action::Action;

/// These end a way: the first two say it, the third is a failure.
const SAID: &[&str] = &["Write-WhChanged", "Write-WhUnchanged", "Stop-WhStep"];

/// These say it themselves on every way, which is looked at whenever one of them is called.
const HANDED_OVER: &[&str] = &["Copy-WhSentFile", "Undo-WhFileCopy"];

/// Whether a statement is one of those that say it, hands over to a function that does, or ends only in such.
fn says(statement: Node<'_>, text: &str) -> bool {
    match statement.kind() {
        "pipeline" => of_kind(statement, "command")
            .first()
            .and_then(|command| called(*command, text))
            .is_some_and(|name| SAID.contains(&name) || HANDED_OVER.contains(&name)),
        "if_statement" => {
            let blocks = blocks(statement);
            let otherwise = children(statement).iter().any(|child| child.kind() == "else_clause");
            otherwise && blocks.into_iter().all(|block| ends_said(block, text))
        }
        _ => false,
    }
}

/// The blocks of a statement with several ways: its own, and those of what comes after `elseif` and `else`.
fn blocks(statement: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    for child in children(statement) {
        match child.kind() {
            "statement_block" => found.push(child),
            "elseif_clauses" | "elseif_clause" | "else_clause" => found.extend(blocks(child)),
            _ => {}
        }
    }
    found
}

/// Whether the last thing that the block does says it.
fn ends_said(block: Node<'_>, text: &str) -> bool {
    let statements = statements(block);
    match statements.last() {
        Some(last) if text[last.byte_range()].trim() == "return" => {
            statements.len() > 1 && says(statements[statements.len() - 2], text)
        }
        Some(last) => says(*last, text),
        None => false,
    }
}

/// What is wrong with the way a script ends.
fn silent_ends(script: &str) -> Vec<String> {
    let tree = parse(script);
    let functions = functions(tree.root_node(), script);
    let top = statements(tree.root_node());
    let step = of_kind(*top.last().expect("a step"), "script_block_expression");
    let name = of_kind(step[0], "command").first().and_then(|command| called(*command, script)).expect("a function");
    let mut names = vec![name];
    names.extend(HANDED_OVER.iter().filter(|other| **other != name && calls(functions[name], script, other)));
    let mut found = Vec::new();
    for name in names {
        let function = functions[name];
        if !ends_said(function, script) {
            found.push(format!("{name} ends without a word"));
        }
        for end in of_kind(function, "flow_control_statement") {
            let before = end.prev_named_sibling();
            if script[end.byte_range()].trim() == "return" && !before.is_some_and(|before| says(before, script)) {
                found.push(format!("{name} returns without a word at line {}", end.start_position().row + 1));
            }
        }
    }
    found
}

fn calls(function: Node<'_>, script: &str, name: &str) -> bool {
    of_kind(function, "command").into_iter().any(|command| called(command, script) == Some(name))
}

#[test]
fn every_way_says_changed_or_unchanged() {
    let mut looked = 0;
    for action in
        every_action().into_iter().filter(|action| action.mutates() && !matches!(action, Action::RunCommand { .. }))
    {
        let script = script(&action);
        for text in [Some(script.run), script.rollback].into_iter().flatten() {
            assert_eq!(silent_ends(&text), Vec::<String>::new(), "{action:?}");
            looked += 1;
        }
    }
    assert!(looked > 30, "{looked}");
}

#[test]
fn a_way_that_says_nothing_is_found() {
    let run = script(&every_action().remove(1)).run;
    for (from, to) in [
        ("    Write-WhUnchanged -Text ('{0} was running already' -f (Get-WhServiceTitle))\n    return", "    return"),
        ("  Write-WhChanged -Text ('{0} was started: {1}' -f (Get-WhServiceTitle), (Get-WhServiceState))\n", ""),
    ] {
        let silent = run.replacen(from, to, 1);
        assert_ne!(silent, run, "the fault is in it");
        assert_eq!(silent_ends(&silent).len(), 1, "{:?}", silent_ends(&silent));
    }
    let action = every_action().into_iter().find(|action| matches!(action, Action::ProgramReplace { .. }));
    let replace = script(&action.expect("there is one"));
    let handed = "  Copy-WhSentFile -Destination $program\n";
    let (run, undo) = (replace.run, replace.rollback.expect("it has one"));
    for (text, from) in [
        (&run, handed),
        (&run, "  Write-WhChanged -Text ('{0} has the new content' -f $wh.Destination)\n"),
        (&undo, "  Write-WhChanged -Text ('{0} has its old content again' -f $wh.Destination)\n"),
    ] {
        let silent = text.replacen(from, "", 1);
        assert_ne!(silent, *text, "the fault is in it");
        assert_eq!(silent_ends(&silent).len(), 1, "{from}: {:?}", silent_ends(&silent));
    }
}
