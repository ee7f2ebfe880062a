//! `wh plan --batch`: many requests read against one inventory, one line each.

use super::plan::planner_of;
use crate::outcome::Outcome;
use jiff::Zoned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use wheelhouse_planner::Context;
use wheelhouse_protocol::reading::{Disposition, Intent, Question, Reading, Risk, StepReading, TargetReading};
use wheelhouse_protocol::{Problem, ProblemCode};

/// One line that comes in.
#[derive(Debug, Deserialize)]
struct Case {
    #[serde(default)]
    id: Value,
    utterance: String,
    /// Earlier turns of the conversation, oldest first.
    #[serde(default)]
    context: Vec<Value>,
}

/// One line that goes out.
#[derive(Debug, Serialize)]
struct Read {
    id: Value,
    intent: Intent,
    disposition: Disposition,
    risk: Risk,
    targets: TargetReading,
    os: Option<String>,
    slots: BTreeMap<String, Value>,
    steps: Vec<StepReading>,
    questions: Vec<Question>,
    reasons: Vec<String>,
    /// The summary, the question, the refusal or the answer, in one sentence.
    sentence: String,
}

/// What goes out for a line that is no case.
#[derive(Debug, Serialize)]
struct Unread {
    line: usize,
    problem: Problem,
}

/// Reads every line of `cases` (“-”: standard input) against the inventory in `file`. A line that is no case becomes a line with
/// its problem, and the exit code says so at the end.
pub(crate) fn read(cases: &Path, file: &Path) -> Result<Outcome, Problem> {
    let refuse = |e: io::Error| {
        Problem::new(ProblemCode::InvalidInput, "Those cases cannot be read", format!("{}: {e}.", cases.display()))
    };
    let planner = planner_of(file)?;
    let input: Box<dyn BufRead> = if cases == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(cases).map_err(refuse)?))
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let now = Zoned::now().datetime();
    let mut outcome = Outcome::Done;
    for (number, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(refuse)?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let written = match serde_json::from_slice::<Case>(&line) {
            Ok(case) => {
                let reading = planner.read_in(&case.utterance, &Context::from_json(&case.context, Some(now))).reading;
                write_line(&mut out, &shown(case.id, reading))
            }
            Err(e) => {
                outcome = Outcome::Refused;
                let detail = format!("Line {}: {e}. It must be {{\"id\": …, \"utterance\": \"…\"}}.", number + 1);
                write_line(&mut out, &Unread { line: number + 1, problem: Problem::invalid("batch", detail) })
            }
        };
        if gone(written)? {
            return Ok(outcome);
        }
    }
    gone(out.flush())?;
    Ok(outcome)
}

fn shown(id: Value, reading: Reading) -> Read {
    let Reading { intent, disposition, risk, targets, os, slots, steps, questions, reasons, sentence, .. } = reading;
    Read { id, intent, disposition, risk, targets, os, slots, steps, questions, reasons, sentence }
}

fn write_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Whether the reader of our output has gone: `wh plan … | head` is no failure.
fn gone(written: io::Result<()>) -> Result<bool, Problem> {
    match written {
        Ok(()) => Ok(false),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(true),
        Err(e) => Err(Problem::new(ProblemCode::Internal, "The readings cannot be written", e.to_string())),
    }
}
