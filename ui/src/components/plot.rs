//! A plot of live series: one time axis, one axis of values per unit, painted on a canvas when the next
//! picture is due and never otherwise.

use crate::pure::scale::{bounds, tick_text, time_ticks, value_ticks};
use crate::pure::series::{clip, pieces};
use crate::web;
use leptos::html;
use leptos::prelude::*;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_canvas::CanvasBackend;
use std::rc::Rc;
use web_sys::HtmlCanvasElement;
use wheelhouse_protocol::telemetry::Point;

/// Room for the figures left of the lines, for the times below them, and around [CSS pixels].
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 24.0;
const GAP: f64 = 18.0;
/// The size of figures [CSS pixels].
const TYPE: f64 = 11.0;
/// The most often it is painted while time passes [ms].
const AT_MOST: f64 = 50.0;
/// And the least often.
const AT_LEAST: f64 = 250.0;
/// How often it is looked whether the theme has changed [ms].
const LOOK: f64 = 1000.0;

/// One line.
pub(crate) struct Line {
    /// Its place among the colours, from 0.
    pub(crate) colour: usize,
    pub(crate) points: Vec<Point>,
}

/// Lines that share an axis.
pub(crate) struct Band {
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
}

/// What is to be seen.
pub(crate) struct Picture {
    /// From and to [ms since 1970].
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) bands: Vec<Band>,
    /// What is said where there is no line.
    pub(crate) nothing: &'static str,
}

/// The plot. `stale` says that something else than time changed it, `follows` whether time does.
/// `cursor` is the moment the pointer is at.
pub(crate) fn plot(
    label: impl Into<Signal<String>>,
    picture: impl Fn(f64) -> Picture + 'static,
    stale: RwSignal<bool>,
    follows: Signal<bool>,
    span_seconds: Signal<f64>,
    cursor: RwSignal<Option<f64>>,
) -> AnyView {
    let label = label.into();
    let node = NodeRef::<html::Canvas>::new();
    let bounds_seen = StoredValue::new((0.0, 1.0, 1.0));
    let last = StoredValue::new(0.0);
    let theme = StoredValue::new((0.0, String::new()));
    let picture = Rc::new(picture);
    let step: Rc<dyn Fn() -> bool> = Rc::new(move || {
        // Gone with the screen: the loop ends.
        let Some(before) = last.try_get_value() else { return false };
        let Some(canvas) = node.get_untracked() else { return true };
        let now = js_sys::Date::now();
        let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
        let ratio = web::window().map_or(1.0, |w| w.device_pixel_ratio()).max(1.0);
        let (wide, high) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
        let resized = canvas.width() != wide || canvas.height() != high;
        let pixel = span_seconds.get_untracked() * 1000.0 / (width - LEFT - RIGHT).max(1.0);
        let moved = follows.get_untracked() && now - before >= pixel.clamp(AT_MOST, AT_LEAST);
        if now - theme.with_value(|t| t.0) > LOOK {
            let ground = web::token("--surface");
            if theme.with_value(|t| t.1 != ground) {
                stale.set(true);
            }
            theme.set_value((now, ground));
        }
        if width < LEFT + RIGHT + 40.0 || !(resized || moved || stale.get_untracked()) {
            return true;
        }
        if resized {
            canvas.set_width(wide);
            canvas.set_height(high);
        }
        let seen = picture(width - LEFT - RIGHT);
        bounds_seen.set_value((seen.from, seen.to, width));
        last.set_value(now);
        stale.set(false);
        let paint = Paint { width, height, ratio, colours: Colours::read() };
        // A picture that could not be painted is painted again when the next one is due.
        paint.paint(canvas, &seen, cursor.get_untracked());
        true
    });
    request_animation_frame(move || turn(step));
    let at = move |event: &web_sys::PointerEvent| {
        let (from, to, width) = bounds_seen.try_get_value()?;
        let share = (f64::from(event.offset_x()) - LEFT) / (width - LEFT - RIGHT).max(1.0);
        (0.0..=1.0).contains(&share).then_some(from + share * (to - from))
    };
    view! {
        <div class="plot">
            <canvas
                node_ref=node
                role="img"
                aria-label=move || label.get()
                data-test="plot"
                on:pointermove=move |event| cursor.set(at(&event))
                on:pointerleave=move |_| cursor.set(None)
            ></canvas>
        </div>
    }
    .into_any()
}

fn turn(step: Rc<dyn Fn() -> bool>) {
    if step() {
        request_animation_frame(move || turn(step));
    }
}

/// The theme's colours.
struct Colours {
    ground: RGBColor,
    grid: RGBColor,
    axis: RGBColor,
    text: RGBColor,
    font: String,
}

impl Colours {
    fn read() -> Self {
        Self {
            ground: colour("--surface"),
            grid: colour("--plot-grid"),
            axis: colour("--plot-axis"),
            text: colour("--text-soft"),
            font: web::token("--font"),
        }
    }
}

fn colour(token: &str) -> RGBColor {
    let text = web::token(token);
    let digits = u32::from_str_radix(text.trim_start_matches('#'), 16).unwrap_or(0x80_80_80);
    RGBColor((digits >> 16) as u8, (digits >> 8) as u8, digits as u8)
}

type Area = DrawingArea<CanvasBackend, Shift>;

struct Paint {
    width: f64,
    height: f64,
    ratio: f64,
    colours: Colours,
}

impl Paint {
    fn px(&self, css: f64) -> i32 {
        (css * self.ratio).round() as i32
    }

    fn paint(&self, canvas: HtmlCanvasElement, seen: &Picture, cursor: Option<f64>) -> Option<()> {
        let area = CanvasBackend::with_canvas_object(canvas)?.into_drawing_area();
        area.fill(&self.colours.ground).ok()?;
        let (left, right) = (LEFT, self.width - RIGHT);
        let (top, bottom) = (TOP, self.height - BOTTOM);
        let across = |t: f64| left + (t - seen.from) / (seen.to - seen.from) * (right - left);
        self.times(&area, seen, &across, top, bottom)?;
        let n = seen.bands.len().max(1) as f64;
        let high = ((bottom - top) - GAP * (n - 1.0)) / n;
        let mut any = false;
        for (i, band) in seen.bands.iter().enumerate() {
            let from = top + i as f64 * (high + GAP);
            any |= self.band(&area, seen, band, (left, right), (from, from + high))?;
        }
        if !any {
            let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
            self.text(&area, seen.nothing, middle, HPos::Center, VPos::Center, &self.colours.text)?;
        }
        if let Some(at) = cursor.filter(|t| (seen.from..=seen.to).contains(t)) {
            let x = across(at);
            self.rule(&area, (x, top), (x, bottom), &self.colours.axis)?;
        }
        Some(())
    }

    fn times(&self, area: &Area, seen: &Picture, across: &dyn Fn(f64) -> f64, top: f64, bottom: f64) -> Option<()> {
        let now = wheelhouse_protocol::Timestamp::from_millisecond(seen.to as i64).ok()?;
        let local = web::local_at(now);
        let wanted = ((self.width - LEFT - RIGHT) / 110.0).max(1.0) as usize;
        let ticks = time_ticks(seen.from, seen.to, wanted, f64::from(local.offset_minutes) * 60_000.0);
        for t in ticks {
            let x = across(t);
            self.rule(area, (x, top), (x, bottom), &self.colours.grid)?;
            let at = wheelhouse_protocol::Timestamp::from_millisecond(t as i64).ok()?;
            self.text(area, &local.clock(at), (x, bottom + 6.0), HPos::Center, VPos::Top, &self.colours.axis)?;
        }
        Some(())
    }

    /// One axis with its lines; says whether there was a line.
    fn band(&self, area: &Area, seen: &Picture, band: &Band, x: (f64, f64), y: (f64, f64)) -> Option<bool> {
        // First apart at silences, then cut at the edges: over a silence nothing is made up.
        let cut = |line: &Line| pieces(&line.points).into_iter().map(|p| clip(p, seen.from, seen.to)).collect();
        let lines: Vec<(usize, Vec<Vec<Point>>)> = band.lines.iter().map(|l| (l.colour, cut(l))).collect();
        let values = lines.iter().flat_map(|(_, pieces)| pieces.iter().flatten().map(|p| p.v));
        let Some((low, high)) = bounds(values) else { return Some(false) };
        let down = |v: f64| y.1 - (v - low) / (high - low) * (y.1 - y.0);
        let ticks = value_ticks(low, high, ((y.1 - y.0) / 36.0).clamp(2.0, 8.0) as usize);
        let step = ticks.get(1).zip(ticks.first()).map_or(high - low, |(b, a)| b - a);
        for v in &ticks {
            self.rule(area, (x.0, down(*v)), (x.1, down(*v)), &self.colours.grid)?;
            self.text(
                area,
                &tick_text(*v, step),
                (x.0 - 8.0, down(*v)),
                HPos::Right,
                VPos::Center,
                &self.colours.axis,
            )?;
        }
        self.rule(area, (x.0, y.1), (x.1, y.1), &self.colours.grid)?;
        let inside = area
            .clone()
            .shrink((self.px(x.0), self.px(y.0)), (self.px(x.1) - self.px(x.0), self.px(y.1) - self.px(y.0)));
        let mut chart = ChartBuilder::on(&inside).build_cartesian_2d(seen.from..seen.to, low..high).ok()?;
        for (place, pieces) in &lines {
            let stroke = colour(&format!("--series-{}", place + 1)).stroke_width(self.px(1.4).max(1) as u32);
            for piece in pieces {
                match piece.as_slice() {
                    [] => {}
                    [alone] => {
                        let dot = Circle::new((alone.t, alone.v), self.px(2.0), stroke.filled());
                        chart.draw_series([dot]).ok()?;
                    }
                    line => {
                        chart.draw_series(LineSeries::new(line.iter().map(|p| (p.t, p.v)), stroke)).ok()?;
                    }
                }
            }
        }
        self.text(area, &band.title, (x.0 + 8.0, y.0 + 2.0), HPos::Left, VPos::Top, &self.colours.text)?;
        Some(true)
    }

    /// A hair line, crisp: exactly whole pixels.
    fn rule(&self, area: &Area, from: (f64, f64), to: (f64, f64), colour: &RGBColor) -> Option<()> {
        let hair = self.ratio.floor() as i32;
        let (begin, end) = ((self.px(from.0), self.px(from.1)), (self.px(to.0), self.px(to.1)));
        let end = (end.0.max(begin.0 + hair), end.1.max(begin.1 + hair));
        area.draw(&Rectangle::new([begin, end], colour.filled())).ok()
    }

    fn text(&self, area: &Area, text: &str, at: (f64, f64), h: HPos, v: VPos, colour: &RGBColor) -> Option<()> {
        let font = FontDesc::new(FontFamily::Name(&self.colours.font), TYPE * self.ratio, FontStyle::Normal);
        let style = TextStyle::from(font).color(colour).pos(Pos::new(h, v));
        area.draw_text(text, &style, (self.px(at.0), self.px(at.1))).ok()
    }
}
