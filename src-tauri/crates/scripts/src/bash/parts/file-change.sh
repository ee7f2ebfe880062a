# Where the new content is written before it takes the place of the old: the same name each time, so that what a killed
# run left is used up by the next one, and in the same directory, so that taking its place is one step (rename(2)).
wh_begin_new() {
  fresh=$place_dir.wheelhouse-${sha256:0:16}
  rm -f "$fresh"
  # Created here and now, or not at all: never through a link that somebody else has put there.
  if ! (umask 077 && set -C && : >"$fresh") 2>/dev/null; then
    wh_fail "no file can be created in $place_dir by the account $(id -un)"
  fi
}
wh_clean_up() {
  if [ -n "${fresh:-}" ]; then
    rm -f "$fresh"
  fi
}
# FROM TO, with owner, mode, times and, where there are such, access lists and the SELinux context.
wh_copy_with_all() {
  cp -a "$1" "$2" 2>/dev/null || cp -p "$1" "$2"
}
# The new file takes the place of the old one, once it is on the disk.
wh_put_in_place() {
  sync "$fresh" 2>/dev/null || sync
  mv -f "$fresh" "$place" || wh_fail "$place cannot be replaced; is it protected against changes?"
  fresh=
  sync "$place_dir" 2>/dev/null || :
}
wh_owner() {
  # shellcheck disable=SC2012 # stat has no portable way to ask for an owner
  REPLY=$(ls -ldn "$1" | awk 'NR == 1 { print $3 ":" $4 }')
}

wh_file_copy() {
  local owner=''
  wh_need_state
  if [ ! -f "${WH_FILE:-}" ]; then
    wh_fail 'the file did not arrive on this machine'
  fi
  wh_sha256 "$WH_FILE" || wh_fail 'the file that arrived cannot be read'
  if [ "$REPLY" != "$sha256" ]; then
    wh_fail "the file did not arrive whole (SHA-256 $REPLY, not $sha256)"
  fi
  wh_find_place
  if [ -d "$place" ]; then
    wh_fail "$destination is a directory; name the file too, for example ${destination%/}/$name"
  elif [ -e "$place" ] && [ ! -f "$place" ]; then
    wh_fail "$destination is neither a file nor a link to one, so it was left alone"
  elif [ ! -d "$place_dir" ]; then
    if [ -e "${place_dir%/}" ]; then
      wh_fail "${place_dir%/} is not a directory"
    fi
    wh_fail "the directory ${place_dir%/} does not exist"
  fi
  wh_remember place "$place"
  if [ -e "$place" ]; then
    wh_sha256 "$place" || wh_fail "$destination cannot be read by the account $(id -un)"
    if [ "$REPLY" = "$sha256" ]; then
      wh_unchanged
      wh_detail "$destination has this content already"
      return 0
    fi
    # A second name for the old content, where that can be: nothing is written, and nothing of it is lost.
    if [ ! -e "$WH_STATE/backup" ]; then
      rm -f "$WH_STATE/backup.new"
      ln "$place" "$WH_STATE/backup.new" 2>/dev/null || wh_copy_with_all "$place" "$WH_STATE/backup.new" ||
        wh_fail "$destination cannot be backed up to $WH_STATE"
      mv -f "$WH_STATE/backup.new" "$WH_STATE/backup"
      sync "$WH_STATE/backup" 2>/dev/null || sync
    fi
    wh_remember before present
    wh_owner "$place"
    owner=$REPLY
    wh_begin_new
    # The old file's copy gives its owner, mode and labels to the new one.
    wh_copy_with_all "$place" "$fresh" || wh_fail "there is no room for a copy of $destination beside it, or it cannot be made"
    chmod u+w "$fresh"
    cat "$WH_FILE" >"$fresh" || wh_fail "the new content cannot be written to $place_dir"
    # Writing also takes the set-user-id bit away.
    chmod "$(wh_mode "$place")" "$fresh"
    wh_owner "$fresh"
    if [ "$REPLY" != "$owner" ]; then
      wh_warn "$destination belongs to $REPLY now (before: $owner), because only root can keep the owner"
    fi
  else
    wh_remember before absent
    wh_begin_new
    cat "$WH_FILE" >"$fresh" || wh_fail "the new content cannot be written to $place_dir"
    chmod 0644 "$fresh"
  fi
  wh_sha256 "$fresh" || wh_fail 'what was written cannot be read again'
  if [ "$REPLY" != "$sha256" ]; then
    wh_fail "what was written to $place_dir is not what was sent; is the disk full or failing?"
  fi
  wh_put_in_place
  if [ -z "$owner" ] && command -v restorecon >/dev/null 2>&1; then
    restorecon "$place" 2>/dev/null || :
  fi
  wh_changed
  wh_detail "$destination has the new content"
}
# The mode of FILE for chmod: -rwsr-x--- becomes u=rwxs,g=rx,o=
wh_mode() {
  # shellcheck disable=SC2012 # stat has no portable way to ask for a mode
  ls -ld "$1" | awk 'NR == 1 {
    split("u g o", who, " "); mode = ""
    for (i = 1; i <= 3; i++) {
      text = ""
      for (j = 1; j <= 3; j++) {
        c = substr($1, 3 * i - 2 + j, 1)
        if (c == "s") text = text "xs"
        else if (c == "S") text = text "s"
        else if (c == "t") text = text "xt"
        else if (c == "T") text = text "t"
        else if (c != "-") text = text c
      }
      mode = mode (i > 1 ? "," : "") who[i] "=" text
    }
    print mode }'
}
wh_file_undo() {
  local before
  wh_need_state
  if ! wh_recall before; then
    wh_unchanged
    wh_detail "$destination had not been touched, so there is nothing to undo"
    return 0
  fi
  before=$REPLY
  wh_recall place || wh_fail "it was not noted where $destination leads to"
  place=$REPLY
  place_dir=${place%/*}/
  if [ "$before" = absent ]; then
    if [ ! -e "$place" ]; then
      wh_unchanged
      wh_detail "$destination is not there, as before"
      return 0
    fi
    rm -f "$place" || wh_fail "$destination cannot be removed again"
    wh_changed
    wh_detail "$destination was removed again; it did not exist before"
    return 0
  fi
  if [ ! -f "$WH_STATE/backup" ]; then
    wh_fail "the backup of $destination is gone"
  fi
  if [ "$place" -ef "$WH_STATE/backup" ] || cmp -s "$place" "$WH_STATE/backup"; then
    wh_unchanged
    wh_detail "$destination has its old content, as before"
    return 0
  fi
  wh_begin_new
  rm -f "$fresh"
  ln "$WH_STATE/backup" "$fresh" 2>/dev/null || {
    wh_begin_new
    wh_copy_with_all "$WH_STATE/backup" "$fresh" || wh_fail "the backup cannot be copied to $place_dir; it is $WH_STATE/backup"
  }
  wh_put_in_place
  if ! cmp -s "$place" "$WH_STATE/backup"; then
    wh_fail "$destination could not be brought back; its backup is $WH_STATE/backup"
  fi
  wh_changed
  wh_detail "$destination has its old content again"
}
