# The owner of FILE as numbers, user:group, in REPLY.
wh_owner() {
  # shellcheck disable=SC2012 # stat has no portable way to ask for an owner
  REPLY=$(ls -ldn "$1" | awk 'NR == 1 { print $3 ":" $4 }')
}
# Where the content really goes, in $place: a symbolic link is kept and its target is replaced. $place_dir is its directory.
wh_find_place() {
  local links=0 stranger=''
  place=$destination
  while [ -L "$place" ]; do
    links=$((links + 1))
    if [ "$links" -gt 40 ]; then
      wh_fail "$destination is a symbolic link that leads in a circle"
    fi
    # In a directory that anybody may write to, a link may have been put there to be followed.
    if [ -k "${place%/*}/" ]; then
      wh_fail "$place is a symbolic link in a directory that others may write to; name the file it should lead to"
    fi
    wh_owner "$place"
    case ${REPLY%:*} in
      0 | "$(id -u)") ;;
      *) stranger=${REPLY%:*} ;;
    esac
    REPLY=$(readlink "$place" && printf .)
    REPLY=${REPLY%$'\n'.}
    case $REPLY in
      /*) place=$REPLY ;;
      *) place=${place%/*}/$REPLY ;;
    esac
  done
  place_dir=${place%/*}/
  # Nobody's link makes us write where its maker could not.
  if [ -n "$stranger" ]; then
    if [ -e "$place" ]; then
      wh_owner "$place"
    elif [ -d "$place_dir" ]; then
      wh_owner "$place_dir"
    fi
    if [ "${REPLY%:*}" != "$stranger" ]; then
      wh_fail "$destination is a symbolic link that the user with the number $stranger made to $place, which is not theirs; name the file it should lead to"
    fi
  fi
}
# Decides on $workshop. Its name is the same each time, so that what a killed run has left there can be cleared away.
wh_clear_leftovers() {
  local parent
  parent=$(cd -P "$place_dir" && pwd -P && printf .) || wh_fail "the account $(id -un) may not go to $place_dir"
  parent=${parent%$'\n'.}
  workshop=${parent%/}/.wheelhouse-${sha256:0:16}
  rm -rf "$workshop" 2>/dev/null || :
}
# The new content is written in a directory of its own beside the old, so that taking its place is one step (rename(2)). We
# go into that directory: whatever others do to the names around it, it stays ours.
wh_begin_new() {
  wh_clear_leftovers
  if ! mkdir -m 700 "$workshop" 2>/dev/null; then
    workshop=
    wh_fail "no file can be created in $place_dir by the account $(id -un)"
  fi
  if ! cd -P "$workshop" || [ "$(pwd -P && printf .)" != "$workshop"$'\n'. ] || [ ! -O . ]; then
    cd /
    wh_fail "somebody else is changing $place_dir at this moment"
  fi
}
wh_clean_up() {
  if [ -n "${workshop:-}" ]; then
    if [ "$(pwd -P && printf .)" = "$workshop"$'\n'. ]; then
      rm -f new
    fi
    cd /
    rmdir "$workshop" 2>/dev/null || :
  fi
}
# FILE is now "new", with owner, mode, times and, where there are such, access lists and the SELinux context.
wh_copy_to_new() {
  cp -a "$1" new 2>/dev/null || cp -p "$1" new || return 1
  [ -f new ] && [ ! -L new ]
}
# "new" takes the place of the old file, once it is on the disk.
wh_put_in_place() {
  sync new 2>/dev/null || sync
  mv -f new "$place" || wh_fail "$place cannot be replaced; is it protected against changes?"
  wh_clean_up
  workshop=
  sync "$place_dir" 2>/dev/null || :
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
  wh_clear_leftovers
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
      ln "$place" "$WH_STATE/backup.new" 2>/dev/null || cp -a "$place" "$WH_STATE/backup.new" 2>/dev/null ||
        cp -p "$place" "$WH_STATE/backup.new" ||
        wh_fail "$destination cannot be backed up to $WH_STATE"
      mv -f "$WH_STATE/backup.new" "$WH_STATE/backup"
      sync "$WH_STATE/backup" 2>/dev/null || sync
    fi
    wh_remember before present
    wh_owner "$place"
    owner=$REPLY
    wh_begin_new
    # The old file's copy gives its owner, mode and labels to the new one.
    wh_copy_to_new "$place" || wh_fail "there is no room for a copy of $destination beside it, or it cannot be made"
    chmod u+w new
    cat "$WH_FILE" >new || wh_fail "the new content cannot be written to $place_dir"
    # Writing also takes the set-user-id bit away.
    chmod "$(wh_mode "$place")" new
    wh_owner new
    if [ "$REPLY" != "$owner" ]; then
      wh_warn "$destination belongs to $REPLY now (before: $owner), because only root can keep the owner"
    fi
  else
    wh_remember before absent
    wh_begin_new
    cat "$WH_FILE" >new || wh_fail "the new content cannot be written to $place_dir"
    chmod 0644 new
  fi
  wh_sha256 new || wh_fail 'what was written cannot be read again'
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
  ln "$WH_STATE/backup" new 2>/dev/null || {
    wh_copy_to_new "$WH_STATE/backup" || wh_fail "the backup cannot be copied to $place_dir; it is $WH_STATE/backup"
  }
  wh_put_in_place
  if ! cmp -s "$place" "$WH_STATE/backup"; then
    wh_fail "$destination could not be brought back; its backup is $WH_STATE/backup"
  fi
  wh_changed
  wh_detail "$destination has its old content again"
}
