# Which of the NAMES (one a line) look like what was asked for? At most five, in REPLY.
wh_similar() {
  REPLY=$(printf '%s\n' "$1" | wh_asked=$asked awk '
    function distance(a, b,   i, j, previous, row, cost, best) {
      for (j = 0; j <= length(b); j++) previous[j] = j
      for (i = 1; i <= length(a); i++) {
        row[0] = i
        for (j = 1; j <= length(b); j++) {
          cost = substr(a, i, 1) == substr(b, j, 1) ? 0 : 1
          best = previous[j - 1] + cost
          if (previous[j] + 1 < best) best = previous[j] + 1
          if (row[j - 1] + 1 < best) best = row[j - 1] + 1
          row[j] = best
        }
        for (j = 0; j <= length(b); j++) previous[j] = row[j]
      }
      return previous[length(b)]
    }
    BEGIN { asked = tolower(ENVIRON["wh_asked"]); sub(/\.service$/, "", asked) }
    NF && count < 5 {
      name = tolower($1); sub(/\.service$/, "", name); differ = length(name) - length(asked)
      if (index(name, asked) || (length(name) > 2 && index(asked, name)) ||
          (length(asked) > 3 && differ * differ <= 4 && distance(name, asked) <= 2))
        list = list (count++ ? ", " : "") $1
    }
    END { print list }') || REPLY=
}
