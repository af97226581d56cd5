#!/bin/sh
# The tools of Mailman 2.1 as the program meets them, under each of their names: they end with 0 whatever happened, and speak
# the list's language. `members` beside them has a line a member: address, `on` or `off`, name, with tabs between.
here=$(dirname "$0")
tool=$(basename "$0")
db=$here/members
tab=$(printf '\t')
touch "$db"
printf '%s %s\n' "$tool" "$*" >>"$here/calls"
if [ -e "$here/fails" ]; then
  echo "No such list: $*" >&2
  exit 1
fi
if [ -e "$here/ignores-$tool" ]; then
  echo "Die Adresse ist gesperrt"
  exit 0
fi

drop() {
  awk -F '\t' -v gone="$1" '$1 != gone' "$db" >"$db.new" && mv "$db.new" "$db"
}

lower() {
  printf '%s' "$1" | tr '[:upper:]' '[:lower:]'
}

case $tool in
list_members)
  case $1 in
  # A name with other characters than those of ASCII comes out with question marks.
  -f) LC_ALL=C awk -F '\t' '{ gsub(/[\200-\377]/, "?", $3); if ($3 == "") print $1; else print "\"" $3 "\" <" $1 ">" }' "$db" ;;
  -n) awk -F '\t' '$2 == "off" { print $1 }' "$db" ;;
  esac
  ;;
add_members)
  delivery=on
  for word in "$@"; do [ "$word" = -n ] && delivery=off; done
  # The word after -w or -a is a value, as in `-a n`; an option stands with its dash.
  while IFS= read -r line; do
    address=$(lower "$(printf '%s' "$line" | sed 's/.*<\(.*\)>$/\1/')")
    name=$(printf '%s' "$line" | sed -n 's/^"\(.*\)" <.*>$/\1/p')
    if cut -f 1 "$db" | grep -qxF "$address"; then
      echo "Schon Mitglied: $address"
    else
      printf '%s\n' "$address$tab$delivery$tab$name" >>"$db"
      echo "Eingetragen: $address"
    fi
  done
  ;;
remove_members)
  shift 3
  for address in "$@"; do drop "$(lower "$address")"; done
  ;;
clone_member)
  old=$(lower "$4")
  new=$(lower "$5")
  line=$(awk -F '\t' -v old="$old" '$1 == old { print $2 "\t" $3 }' "$db")
  [ -n "$line" ] || exit 0
  drop "$old"
  printf '%s\n' "$new$tab$line" >>"$db"
  ;;
esac
exit 0
