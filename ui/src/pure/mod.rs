//! What needs no browser: formatting, sorting, windows of lists, buffers, exports. Tested on the host.

pub(crate) mod credential;
pub(crate) mod decision;
pub(crate) mod export;
pub(crate) mod format;
pub(crate) mod fuzzy;
pub(crate) mod groups;
pub(crate) mod highlight;
pub(crate) mod icons;
pub(crate) mod import_words;
pub(crate) mod inbox;
pub(crate) mod lanes;
pub(crate) mod lights;
pub(crate) mod live_reading;
pub(crate) mod load;
pub(crate) mod log_buffer;
pub(crate) mod log_text;
pub(crate) mod mention;
pub(crate) mod order;
pub(crate) mod reaching;
pub(crate) mod scale;
pub(crate) mod series;
pub(crate) mod series_name;
pub(crate) mod setting;
pub(crate) mod visible;
pub(crate) mod words;
