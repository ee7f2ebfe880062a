# The services here in REPLY, one a line: R (runs), F (failed, or should run and does not) or S, a tab, the name, a tab, words.
wh_service_rows() {
  local text more
  case $init in
    systemd)
      text=$(systemctl show --no-pager -p Id -p LoadState -p ActiveState -p SubState -p Type -p UnitFileState -p TriggeredBy -p ConditionResult -p ConditionTimestampMonotonic -p Description -- '*.service' 2>/dev/null) ||
        wh_fail 'systemd does not say which services it knows'
      # What is not loaded is not among them.
      more=$(systemctl list-unit-files --no-pager --no-legend --type=service 2>/dev/null) || more=
      REPLY=$(
        {
          printf '%s\n\n' "$text"
          printf '%s\n' "$more" | awk 'NF > 1 { printf "file=%s\nUnitFileState=%s\n\n", $1, $2 }'
        } | awk -v RS='' -F'\n' '
          {
            split("", p)
            for (i = 1; i <= NF; i++) { at = index($i, "="); p[substr($i, 1, at - 1)] = substr($i, at + 1) }
            file = p["file"]
            # A template is not a service: its instances are.
            if (file != "") {
              if (!(file in seen) && file !~ /@\.service$/ && p["UnitFileState"] != "alias") printf "S\t%s\tnot loaded, %s at boot\n", file, p["UnitFileState"]
              next
            }
            if (p["Id"] == "" || p["LoadState"] == "not-found") next
            seen[p["Id"]] = 1
            kind = "S"; words = p["ActiveState"] " (" p["SubState"] ")"
            if (p["ActiveState"] == "failed" || p["SubState"] ~ /^auto-restart/) kind = "F"
            else if (p["ActiveState"] == "active" || p["ActiveState"] == "reloading" || p["ActiveState"] == "refreshing") {
              if (p["SubState"] != "exited") kind = "R"
            }
            # Nothing else starts it, no condition keeps it from running, and it is not one that runs to its end.
            else if (p["ActiveState"] == "inactive" && p["UnitFileState"] == "enabled" && p["TriggeredBy"] == "" && p["Type"] != "oneshot" && p["Type"] != "dbus" && !(p["ConditionResult"] == "no" && p["ConditionTimestampMonotonic"] + 0 > 0)) {
              kind = "F"; words = words ", though it is enabled at boot"
            }
            printf "%s\t%s\t%s%s\n", kind, p["Id"], words, (p["Description"] == "" ? "" : ": " p["Description"])
          }'
      )
      ;;
    openrc)
      text=$(rc-status --nocolor --servicelist 2>/dev/null) || wh_fail 'OpenRC does not say which services it knows'
      more=$(rc-update show 2>/dev/null) || more=
      REPLY=$({
        printf '%s\n' "$more" | awk -F'|' '$2 ~ /default/ { gsub(/[ \t]/, "", $1); print "=" $1 }'
        printf '%s\n' "$text"
      } | awk '
        /^=/ { wanted[substr($1, 2)] = 1; next }
        match($0, /\[ .* \] *$/) {
          name = $1; state = substr($0, RSTART + 1, RLENGTH); gsub(/^ +| *\] *$/, "", state)
          kind = state ~ /^started/ ? "R" : state ~ /^(crashed|failed)/ ? "F" : "S"
          if (state == "stopped" && name in wanted) { kind = "F"; state = "stopped, though it should start with the machine" }
          printf "%s\t%s\t%s\n", kind, name, state
        }')
      ;;
    sysv)
      if ! command -v service >/dev/null 2>&1; then
        wh_fail 'nothing here says how the services are (looked for systemd, launchd, OpenRC and the program service)'
      fi
      text=$(service --status-all 2>&1) || :
      REPLY=$(printf '%s\n' "$text" | awk '
        # Debian writes " [ + ]  name", Red Hat a sentence.
        match($0, /^ *\[ [-+?] \] */) {
          sign = substr($0, index($0, "[") + 2, 1)
          printf "%s\t%s\t%s\n", (sign == "+" ? "R" : "S"), substr($0, RSTART + RLENGTH), (sign == "+" ? "running" : sign == "-" ? "not running" : "its init script cannot say")
          next
        }
        / is running|dead|stopped|not running/ { printf "%s\t%s\t%s\n", (/dead/ ? "F" : /not running|stopped/ ? "S" : "R"), $1, $0 }')
      ;;
    launchd)
      text=$(launchctl print system 2>/dev/null) || wh_fail 'launchd does not say which services it knows'
      REPLY=$(printf '%s\n' "$text" | awk '
        /^\tservices = \{/ { inside = 1; next }
        inside && /^\t\}/ { inside = 0 }
        inside && NF >= 3 {
          kind = $1 > 0 ? "R" : ($2 ~ /^-?[0-9]+$/ && $2 != 0) ? "F" : "S"
          printf "%s\t%s\t%s\n", kind, $3, (kind == "R" ? "running as process " $1 : kind == "F" ? "its last exit code was " $2 : "not running")
        }')
      ;;
  esac
}
wh_service_list() {
  local rows text words
  wh_find_init
  wh_service_rows
  rows=$REPLY
  if [ -z "$rows" ]; then
    wh_fail 'no service was found here at all'
  fi
  text=$(printf '%s\n' "$rows" | sort -f -t $'\t' -k 2 | wh_filter=$filter awk -F'\t' '
    { filter = ENVIRON["wh_filter"] }
    { all++; if ($1 == "R") running++; if ($1 == "F") { failed++; if (failed <= 5) names = names (names == "" ? "" : ", ") $2 } }
    filter == "all" || (filter == "running" && $1 == "R") || (filter == "failed" && $1 == "F") {
      if (++shown <= 2000) if (filter == "failed") print "!" $2 " is " $3; else printf "=%-40s %s\n", $2, $3
    }
    END {
      more = shown > 2000 ? " (the first 2000 are shown)" : ""
      if (filter == "failed") print "D" (failed ? failed " of " all " services failed or do not run though they should: " names (failed > 5 ? " and others" : "") : "none of " all " services has failed") more
      else print "D" running + 0 " of " all " services run" (failed ? ", " failed " failed or do not run though they should" : "") more
    }')
  while [ -n "$text" ]; do
    words=${text%%$'\n'*}
    text=${text#"$words"}
    text=${text#$'\n'}
    case $words in
      =*) printf '%s\n' "${words#=}" ;;
      !*) wh_error "${words#!}" ;;
      D*) wh_detail "${words#D}" ;;
    esac
  done
}
