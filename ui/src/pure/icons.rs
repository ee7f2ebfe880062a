//! The icons, drawn on a grid of 16 by 16 with a stroke of 1.5.

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)+) => {
        /// One icon. It is never alone: a word or an accessible name goes with it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Icon { $($(#[$doc])* $name),+ }

        impl Icon {
            /// Its path, as in SVG's `d`.
            pub(crate) fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }

            /// Every icon.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

icons! {
    Bell = "M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4zM6.6 13.7a1.6 1.6 0 0 0 2.8 0";
    Chat = "M2.5 3h11v7.5H7l-3 2.7v-2.7H2.5z";
    Check = "M3 8.5 6.5 12 13 4.5";
    ChevronDown = "M4 6l4 4 4-4";
    ChevronLeft = "M10 4 6 8l4 4";
    ChevronRight = "M6 4l4 4-4 4";
    ChevronUp = "M4 10l4-4 4 4";
    Clock = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.6";
    Columns = "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10";
    Copy = "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3";
    Critical = "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 4.8v3.8M8 11v.1";
    Cross = "M4 4l8 8M12 4l-8 8";
    Download = "M8 2.5v8M4.8 7.3 8 10.5l3.2-3.2M2.5 13.5h11";
    Edit = "M2.8 13.2l.7-3L10.8 3 13 5.2l-7.2 7.3zM9.2 4.6l2.2 2.2";
    Error = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4";
    Eye = "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z";
    File = "M4 2h5l3 3v9H4zM9 2v3h3";
    Filter = "M2 3.5h12L9.5 9v4l-3-1.5V9z";
    Follow = "M8 2.5v7.2M4.8 6.5 8 9.7l3.2-3.2M3 13.2h10";
    Group = "M2 4h4.5L8 5.5h6V13H2z";
    Info = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.4v3.6M8 5v.1";
    Jobs = "M2 3.5h7M2 8h4.5M2 12.5h4.5M9.5 7.2l4.5 3-4.5 3z";
    Key = "M10.5 2.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8.4 7.6 3 13M5 11l1.8 1.8";
    Link = "M6.5 9.5l3-3M7 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M9 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1";
    Lock = "M3.8 7.3h8.4v6.2H3.8zM5.5 7.3V5a2.5 2.5 0 0 1 5 0v2.3";
    Minus = "M3 8h10";
    More = "M3.5 8h.1M8 8h.1M12.5 8h.1";
    Ok = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.3 8.2l1.9 1.9 3.6-4";
    Open = "M9.5 2.5h4v4M13.5 2.5 8 8M11.5 9.5v4h-9v-9h4";
    Orbit = "M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM1.8 8c0-2.2 2.8-4 6.2-4s6.2 1.8 6.2 4-2.8 4-6.2 4-6.2-1.8-6.2-4z";
    Pause = "M5.5 3.5v9M10.5 3.5v9";
    Play = "M5 3.2 12.5 8 5 12.8z";
    Plus = "M8 3v10M3 8h10";
    Question = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.3 6.3a1.8 1.8 0 1 1 2.5 1.7c-.5.2-.8.6-.8 1.1M8 11.3v.1";
    Recipe = "M3.5 2.5h9v11l-2.2-1.4L8 13.5l-2.3-1.4-2.2 1.4zM6 5.5h4M6 8.5h4";
    Retry = "M13 3v3.8H9.2M12.8 6.8a5.2 5.2 0 1 0 .3 2.4";
    Search = "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 14 14";
    Send = "M8 13V3.2M3.8 7.4 8 3.2l4.2 4.2";
    Settings = "M2 4.5h6.8M12.4 4.5H14M2 11.5h1.6M7.2 11.5H14M10.6 2.7a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zM5.4 9.7a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z";
    Shield = "M8 1.8l5 2v4c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4v-4zM5.8 7.8l1.6 1.6 3-3.2";
    Skip = "M4 4l5 4-5 4zM11.5 4v8";
    Stop = "M4 4h8v8H4z";
    Sun = "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.8.8M11.8 11.8l.8.8M12.6 3.4l-.8.8M4.2 11.8l-.8.8";
    Tag = "M2.5 2.5h5.2l5.8 5.8-5.2 5.2-5.8-5.8zM5.4 5.3v.1";
    Targets = "M2.5 2.8h11v4.4h-11zM2.5 8.8h11v4.4h-11zM5 5v.1M5 11v.1";
    Telemetry = "M1.5 8.5h3L6.5 3l3.2 10 2-4.5h2.8";
    Terminal = "M2 3h12v10H2zM4.5 6l2 2-2 2M8.3 10.3h3";
    Trash = "M3 4.5h10M6.5 4.5V2.8h3v1.7M4.5 4.5l.5 9h6l.5-9M6.8 7.2v3.6M9.2 7.2v3.6";
    Undo = "M3 3v3.8h3.8M3.2 6.8a5.2 5.2 0 1 1-.3 2.4";
    Unlock = "M3.8 7.3h8.4v6.2H3.8zM5.5 7.3V5a2.5 2.5 0 0 1 4.8-1";
    Unreachable = "M2.5 2.5l11 11M5.6 6.6a6 6 0 0 0-2.3 1.6M12.7 8.2a6.4 6.4 0 0 0-3.9-2.1M6 10.6a3 3 0 0 1 3.6-.2M8 13v.1";
    Upload = "M8 10.5v-8M4.8 5.7 8 2.5l3.2 3.2M2.5 13.5h11";
    User = "M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM3 13.5c.5-2.6 2.4-4 5-4s4.5 1.4 5 4";
    Vault = "M2.5 2.5h11v10h-11zM4.5 12.5V14M11.5 12.5V14M8 5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 7.5l1.6-1.6";
    Warning = "M8 2.3 14.3 13.2H1.7zM8 6.3v3.2M8 11.3v.1";
    Wheel = "M8 3.4a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2zM8 6.7a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zM8 1.2v5.5M8 9.3v5.5M1.2 8h5.5M9.3 8h5.5M3.2 3.2l3.9 3.9M8.9 8.9l3.9 3.9M12.8 3.2 8.9 7.1M7.1 8.9l-3.9 3.9";
    Wrap = "M2 4h12M2 8h9.5a2 2 0 0 1 0 4H8M9.6 10.4 8 12l1.6 1.6M2 12h3";
    Wrench = "M13.4 4.6a3.2 3.2 0 0 1-4.2 3.7l-4.4 4.4a1.2 1.2 0 0 1-1.7-1.7l4.6-4.4a3.2 3.2 0 0 1 3.7-4.2L9.6 4.2l.4 1.7 1.7.4z";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_begins_with_a_move() {
        for icon in Icon::ALL {
            assert!(icon.path().starts_with('M'), "{icon:?} cannot be drawn");
        }
    }
}
