# The SHA-256 of FILE in lower-case hex, in REPLY. (From standard input, because names with a backslash change the output.)
wh_sha256() {
  if command -v sha256sum >/dev/null 2>&1; then
    REPLY=$(sha256sum <"$1") || return 1
  elif command -v shasum >/dev/null 2>&1; then
    REPLY=$(shasum -a 256 <"$1") || return 1
  elif command -v openssl >/dev/null 2>&1; then
    REPLY=$(openssl dgst -sha256 <"$1") || return 1
    REPLY=${REPLY##* }
  elif command -v sha256 >/dev/null 2>&1; then
    REPLY=$(sha256 -q <"$1") || return 1
  else
    wh_fail 'nothing that computes SHA-256 was found (looked for sha256sum, shasum, openssl, sha256)'
  fi
  REPLY=${REPLY%% *}
}
wh_file_has_content() {
  if [ -d "$destination" ]; then
    wh_fail "$destination is a directory, not a file"
  elif [ ! -e "$destination" ]; then
    wh_fail "$destination does not exist"
  fi
  wh_sha256 "$destination" || wh_fail "$destination cannot be read"
  if [ "$REPLY" != "$sha256" ]; then
    wh_fail "$destination does not have the content that was sent (SHA-256 $REPLY)"
  fi
  wh_detail "$destination has the content that was sent"
}
