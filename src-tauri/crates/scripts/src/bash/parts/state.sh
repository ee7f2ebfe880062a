# What undoing needs is noted before anything changes. The first note stands, so that running again after an
# interruption does not take the half-way state for the original one.
wh_need_state() {
  if [ ! -d "${WH_STATE:-}" ]; then
    wh_fail "the private directory of this step is not there, so what undoing needs cannot be kept"
  fi
}
wh_remember() {
  if [ ! -e "$WH_STATE/$1" ]; then
    if ! printf '%s\n' "$2" >"$WH_STATE/$1.new" || ! mv -f "$WH_STATE/$1.new" "$WH_STATE/$1"; then
      wh_fail "what undoing needs cannot be written to $WH_STATE"
    fi
  fi
}
# The note called NAME, in REPLY.
wh_recall() {
  REPLY=
  if [ ! -f "${WH_STATE:-}/$1" ]; then
    return 1
  fi
  REPLY=$(cat "$WH_STATE/$1" && printf .)
  REPLY=${REPLY%$'\n'.}
}
