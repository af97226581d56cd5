#!/usr/bin/env bash
# Measures this proof beside libopendkim and dkimpy, on the same mails, in turns within one run, and prints ratios.
#
# Those that are not installed are left out, aloud. On Debian: libopendkim-dev and gcc for the one, python3-dkim for the
# other. Nothing asks the network: the keys of both come from a file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

turns=${1:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cargo bench --quiet --bench proof -- write "$folder" 2>/dev/null
printf 'rehearsal._domainkey.nic-xa.example %s\n' "$(cat "$folder/record")" >"$folder/keys"

cat >"$folder/peer.py" <<'PY'
import sys, time
import dkim

raw = open(sys.argv[1], "rb").read()
record = open(sys.argv[2], "rb").read().strip()
answer = lambda name, timeout=5: record
assert dkim.verify(raw, dnsfunc=answer)
began, times = time.perf_counter(), 0
while time.perf_counter() - began < 1:
    dkim.verify(raw, dnsfunc=answer)
    times += 1
print(round(times / (time.perf_counter() - began)))
PY

cat >"$folder/peer.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/types.h>
#include <opendkim/dkim.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int verify(DKIM_LIB *lib, unsigned char *raw, size_t length) {
  DKIM_STAT status;
  DKIM *mail = dkim_verify(lib, (unsigned char *)"mail", NULL, &status);
  if (mail == NULL || dkim_chunk(mail, raw, length) != DKIM_STAT_OK || dkim_chunk(mail, NULL, 0) != DKIM_STAT_OK) return 0;
  status = dkim_eom(mail, NULL);
  dkim_free(mail);
  return status == DKIM_STAT_OK;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  FILE *file = fopen(arguments[1], "rb");
  if (file == NULL) return 2;
  static unsigned char raw[2000000];
  size_t length = fread(raw, 1, sizeof raw, file);
  DKIM_LIB *lib = dkim_init(NULL, NULL);
  dkim_query_t method = DKIM_QUERY_FILE;
  dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_QUERYMETHOD, &method, sizeof method);
  dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_QUERYINFO, arguments[2], strlen(arguments[2]));
  if (!verify(lib, raw, length)) { fprintf(stderr, "libopendkim does not verify the mail\n"); return 1; }
  double began = now();
  long times = 0;
  while (now() - began < 1) { verify(lib, raw, length); times++; }
  printf("%.0f\n", times / (now() - began));
  return 0;
}
C

peers=(tldops)
if command -v gcc >/dev/null 2>&1 && gcc -O2 -o "$folder/peer" "$folder/peer.c" -lopendkim 2>"$folder/errors"; then
  peers+=(libopendkim)
else
  echo "libopendkim: left out, since it or gcc is not installed"
fi
# The system's Python may have it where another comes first in PATH.
python=
for candidate in python3 /usr/bin/python3; do
  if [ -z "$python" ] && "$candidate" -c 'import dkim' 2>/dev/null; then python=$candidate; fi
done
if [ -n "$python" ]; then
  peers+=(dkimpy)
else
  echo "dkimpy: left out, since it is not installed"
fi

measure() {
  case $1 in
  tldops) cargo bench --quiet --bench proof -- rate "$2" 2>/dev/null ;;
  libopendkim) "$folder/peer" "$2" "$folder/keys" ;;
  dkimpy) "$python" "$folder/peer.py" "$2" "$folder/record" ;;
  esac
}

printf '%-6s' size
for peer in "${peers[@]}"; do printf ' %14s' "$peer/s"; done
echo "   ratios to tldops"
for mail in 2kB 20kB 1MB; do
  for ((turn = 0; turn < turns; turn++)); do
    for peer in "${peers[@]}"; do measure "$peer" "$folder/$mail.eml" >>"$folder/$mail.$peer"; done
  done
  printf '%-6s' "$mail"
  ratios=''
  for peer in "${peers[@]}"; do
    # The middle of all turns.
    rate=$(sort -n "$folder/$mail.$peer" | sed -n "$((turns / 2 + 1))p")
    [ "$peer" = tldops ] && own=$rate
    printf ' %14s' "$rate"
    ratios+=$(awk -v own="$own" -v rate="$rate" 'BEGIN { printf "  1:%.2f", own / rate }')
  done
  echo "  $ratios"
done
