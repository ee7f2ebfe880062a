//! Tables with a header line: comma-, semicolon- or tab-separated values.

mod columns;
mod records;

use crate::InventoryError;
use crate::draft::Draft;
use crate::forest::Forest;
use crate::imported::{Imported, ImportedConnection};
use crate::names::{is_ip, key, listed, shown};
use columns::{Column, Header};
pub(crate) use records::is_formula;
use records::{Record, Records};
use wheelhouse_protocol::inventory::{ConnectionKind, ImportFormat, Os};

/// Reads a table.
pub(crate) fn parse(text: &str) -> Result<Imported, InventoryError> {
    let (skipped_lines, text, separator) = records::separator(text);
    let mut draft = Draft::default();
    let mut records = Records::new(text, separator, skipped_lines);
    let header = loop {
        match records.next(&mut draft) {
            Some(record) if record.is_blank() => {}
            Some(record) => break Header::read(&record, &mut draft)?,
            None => return Err(no_header()),
        }
    };
    while let Some(record) = records.next(&mut draft) {
        if !record.is_blank() {
            row(&mut draft, &header, &record)?;
        }
    }
    let forest = Forest::plant(&mut draft)?;
    draft.finish(&forest)
}

/// The first line names no column that is known: either there is no header, or it is another table.
///
/// The line is not shown: without a header it is data, with a password perhaps.
fn no_header() -> InventoryError {
    InventoryError::Shape {
        format: ImportFormat::Csv,
        reason: "its first line is no header with a column for the names or addresses of targets".to_owned(),
        hint: format!("Begin the table with a line of column names. Recognised are: {}.", columns::recognised()),
    }
}

/// How many columns the first line of a text names, if it is a header that is recognised; otherwise 0.
pub(crate) fn columns_named(text: &str) -> usize {
    let (skipped, text, separator) = records::separator(text);
    let mut draft = Draft::default();
    let first = Records::new(text.lines().next().unwrap_or_default(), separator, skipped).next(&mut draft);
    first.and_then(|record| Header::read(&record, &mut draft).ok()).map_or(0, |header| header.named())
}

/// Reads one line of data.
fn row(draft: &mut Draft, header: &Header, record: &Record) -> Result<(), InventoryError> {
    let line = record.line;
    let surplus = record.cells.iter().skip(header.width()).filter(|c| !c.trim().is_empty()).count();
    if surplus > 0 {
        draft.remarks.warning(
            line,
            format!(
                "Cells beyond the last column are left out ({surplus}). Is a cell with the separator in it missing its quotes?"
            ),
        );
    } else if record.cells.len() < header.width() {
        draft.remarks.note(
            line,
            format!(
                "This line has {} cells of {}: the missing ones are taken as empty.",
                record.cells.len(),
                header.width()
            ),
        );
    }
    let cell = |column: Column| header.cell(record, column);
    let addresses: Vec<(&str, Option<&str>)> =
        header.cells(record, Column::Address).flat_map(words).map(split_port).collect();
    let Some(name) = cell(Column::Name).or_else(|| addresses.first().map(|(address, _)| *address)) else {
        draft.remarks.error(line, "This line is left out: it has neither a name nor an address.");
        return Ok(());
    };
    let known = draft.targets.len();
    let Some(target) = draft.target(name, line)? else { return Ok(()) };
    if target < known {
        let first = draft.targets[target].line;
        draft.remarks.warning(
            line,
            format!("{} is in line {first} already: this line only adds what was not said there.", shown(name)),
        );
    }
    // An address that is but the name says nothing.
    if addresses.len() != 1 || key(addresses[0].0) != key(name) {
        for (address, _) in &addresses {
            draft.add_address(target, address, line);
        }
    }
    for group in cell(Column::Groups).into_iter().flat_map(words) {
        if group.contains(',') {
            draft.remarks.note(
                line,
                format!("{} is taken as one group's name: groups are separated by “;” or “|”.", shown(group)),
            );
        }
        draft.add_to_group(target, group, line)?;
    }
    for tag in cell(Column::Tags).into_iter().flat_map(words) {
        draft.add_tag(target, tag, line);
    }
    for (column, set) in [
        (Column::System, Draft::set_system as fn(&mut Draft, usize, &str, usize)),
        (Column::Environment, Draft::set_environment),
        (Column::Maintenance, Draft::set_maintenance),
        (Column::Notes, Draft::set_notes),
    ] {
        if let Some(text) = cell(column) {
            set(draft, target, text, line);
        }
    }
    if let Some(name) = cell(Column::Credential) {
        *draft.credentials.entry(name.to_owned()).or_default() += 1;
    }
    let connections = connections(draft, target, header, record, addresses.iter().find_map(|(_, port)| *port));
    let described = &mut draft.targets[target];
    if described.connections.iter().all(ImportedConnection::is_bare) && !connections.is_empty() {
        described.connections = connections;
    }
    Ok(())
}

/// An address and the port behind its colon, if there is one.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.split_once(':') {
        Some((host, port)) if !is_ip(text) && !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

/// The ways to reach a line's target: one, or several with as many ports and users, separated by `;`.
fn connections(
    draft: &mut Draft,
    target: usize,
    header: &Header,
    record: &Record,
    port_of_address: Option<&str>,
) -> Vec<ImportedConnection> {
    let line = record.line;
    let kinds: Vec<&str> = header.cell(record, Column::Connection).map(|c| words(c).collect()).unwrap_or_default();
    // Positions count in these two, so that an empty place stays one.
    let places = |column| -> Vec<&str> {
        let cell = header.cell(record, column);
        cell.map(|c| if kinds.len() > 1 { c.split(';').map(str::trim).collect() } else { vec![c] }).unwrap_or_default()
    };
    let (mut ports, users) = (places(Column::Port), places(Column::User));
    if ports.is_empty() {
        ports.extend(port_of_address);
    }
    let mut out: Vec<ImportedConnection> = Vec::new();
    for n in 0..kinds.len().max(1) {
        let kind = kinds.get(n).map(|text| ConnectionKind::parse(text).or_else(|| protocol(text)).ok_or(*text));
        if let Some(Err(text)) = kind {
            let what = format!("The connection {}", shown(text));
            draft.left_out(line, &what, target, "it is ssh, winrm, winrm-https, telnet or local");
            continue;
        }
        let port = ports.get(n).filter(|p| !p.is_empty()).and_then(|text| draft.port(target, text, line));
        let user = users.get(n).filter(|u| !u.is_empty()).and_then(|text| draft.user(target, text, line));
        // Without a connection column the port tells the protocol, then the system; otherwise it is SSH.
        let assumed = kind.is_none();
        let kind = kind.and_then(Result::ok).unwrap_or(match port {
            Some(5985) => ConnectionKind::Winrm,
            Some(5986) => ConnectionKind::WinrmHttps,
            Some(23) => ConnectionKind::Telnet,
            None if draft.targets[target].os == Os::Windows => ConnectionKind::WinrmHttps,
            _ => ConnectionKind::Ssh,
        });
        if assumed && port.is_none() && user.is_none() && header.has(Column::Connection) {
            continue;
        }
        if out.iter().all(|c| c.kind != kind) {
            out.push(ImportedConnection { kind, port, user, assumed });
        }
    }
    out
}

/// What people write for a protocol besides its name.
fn protocol(text: &str) -> Option<ConnectionKind> {
    Some(match key(text).as_str() {
        "https" | "winrms" | "wsman-https" => ConnectionKind::WinrmHttps,
        "http" | "wsman" | "powershell" => ConnectionKind::Winrm,
        "sftp" | "ssh2" => ConnectionKind::Ssh,
        _ => return None,
    })
}

/// The words of a cell that may hold several.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|', '\n']).map(str::trim).filter(|word| !word.is_empty())
}

/// Says which columns are not read.
fn tell_columns(draft: &mut Draft, line: usize, unknown: &[String], secret: &[String]) {
    if !secret.is_empty() {
        let names = listed(secret.iter().map(String::as_str));
        draft.remarks.warning(
            line,
            format!("Secrets are not read ({names}): add them to the vault and choose them for the targets. Delete the file when that is done."),
        );
    }
    if !unknown.is_empty() {
        let names = listed(unknown.iter().map(String::as_str));
        draft.remarks.note(
            line,
            format!("These columns are not known and left out: {names}. Recognised are: {}.", columns::recognised()),
        );
    }
}
