//! A script as a tree.

use std::collections::BTreeMap;
use tree_sitter::{Node, Parser, Tree};

/// Reads a text with the grammar.
pub(crate) fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).expect("the grammar fits the parser");
    parser.parse(text, None).expect("no time limit is set")
}

/// The node and everything in it.
pub(crate) fn all<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let (mut found, mut left) = (Vec::new(), vec![node]);
    while let Some(node) = left.pop() {
        found.push(node);
        left.extend(children(node).into_iter().rev());
    }
    found
}

/// The nodes of this kind.
pub(crate) fn of_kind<'t>(node: Node<'t>, kind: &str) -> Vec<Node<'t>> {
    all(node).into_iter().filter(|node| node.kind() == kind).collect()
}

pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

/// The statements of the whole script, or of a block.
pub(crate) fn statements(node: Node<'_>) -> Vec<Node<'_>> {
    let mut node = node;
    while let Some(inner) = children(node)
        .into_iter()
        .find(|child| matches!(child.kind(), "statement_list" | "script_block" | "script_block_body"))
    {
        node = inner;
        if node.kind() == "statement_list" {
            return children(node)
                .into_iter()
                .filter(|child| child.is_named() && !matches!(child.kind(), "empty_statement" | "comment"))
                .collect();
        }
    }
    Vec::new()
}

/// The functions by name.
pub(crate) fn functions<'t>(root: Node<'t>, text: &'t str) -> BTreeMap<&'t str, Node<'t>> {
    let name = |node: Node<'t>| of_kind(node, "function_name").first().map(|name| &text[name.byte_range()]);
    of_kind(root, "function_statement").into_iter().filter_map(|node| Some((name(node)?, node))).collect()
}

/// The name a command calls; nothing for `& $block`.
pub(crate) fn called<'t>(command: Node<'_>, text: &'t str) -> Option<&'t str> {
    children(command).into_iter().find(|child| child.kind() == "command_name").map(|name| &text[name.byte_range()])
}
