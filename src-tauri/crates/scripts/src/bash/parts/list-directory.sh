wh_list_directory() {
  local text count more options=-la
  if [ ! -e "$path" ]; then
    if [ -L "$path" ]; then
      wh_fail "$path is a symbolic link that leads nowhere"
    fi
    wh_fail "$path does not exist"
  elif [ ! -d "$path" ]; then
    wh_fail "$path is a file, not a directory"
  elif [ ! -r "$path" ] || [ ! -x "$path" ]; then
    wh_fail "the account $(id -un) may not look into $path"
  fi
  # Names keep their letters, and what is no letter in them (a newline) becomes a question mark.
  # (BusyBox does that unasked, and knows no -q.)
  if ls -q / >/dev/null 2>&1; then
    options=-laq
  fi
  # shellcheck disable=SC2012 # it is shown to people
  text=$(env LC_ALL="${wh_locale:-C.UTF-8}" ls "$options" "${path%/}/" 2>/dev/null | awk '
    # Column 9 and on is the name. The first row is the sum of blocks.
    NR == 1 && $1 == "total" { next }
    / \.$/ || / \.\.$/ { if (NF == 9) next }
    { entries++ }
    entries <= 2000 { print }
    END { print entries + 0 }') || :
  count=${text##*$'\n'}
  text=${text%"$count"}
  printf '%s' "$text"
  more=$((count - 2000))
  if [ "$count" -eq 0 ]; then
    wh_detail "$path is empty"
  elif [ "$more" -gt 0 ]; then
    wh_detail "$path holds $count entries; the first 2000 are shown, $more more are not"
  else
    wh_detail "entries of $path: $count"
  fi
}
