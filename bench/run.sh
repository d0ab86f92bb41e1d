#!/usr/bin/env bash
# The figures of the README, measured on this machine. bench/run.sh [NAME...]; without names, all.
# Each line: what, the figure, the bound it is held against. Ratios are of two things done in this one run.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
. "$HERE/scripts/packages.sh"
BUILD=$HERE/build
CACHE=${YUN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/yun}
. "$HERE/scripts/java.sh"
need_jdk
DATA=$(mktemp -d /tmp/yun-bench.XXXX)
PORT=${PORT:-18100}
URL=http://127.0.0.1:$PORT
trap '"$HERE/yun" down --data "$DATA" --purge >/dev/null 2>&1 || true; postgresql_stop; rm -rf "$DATA"' EXIT
line() { printf '%-72s %12s   %s\n' "$1" "$2" "$3"; }
median() { sort -n | awk '{a[NR]=$1} END {print a[int((NR+1)/2)]}'; }
up() { "$HERE/yun" up --data "$DATA" --port $PORT --no-classic-ports --config "$DATA/bench.conf" "$@" >/dev/null; }
down() { "$HERE/yun" down --data "$DATA" >/dev/null; }
token() {
  curl -s -D - -o /dev/null -H 'Content-Type: application/json' "$URL/identity/v3/auth/tokens" -d "{\"auth\": {\"identity\": {
    \"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}, \"password\": \"$2\"}}},
    \"scope\": {\"project\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}}}}}" | tr -d '\r' | awk 'tolower($1)=="x-subject-token:" {print $2}'
}
java_bench() { "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx512m "$HERE/bench/Bench.java" "$URL" "$ADMIN" "$@"; }

export YUN_ADMIN_PASSWORD=bench YUN_DEMO_PASSWORD=bench
cat >"$DATA/bench.conf" <<'C'
[quota]
instances = -1
cores = -1
ram = -1
[QUOTAS]
quota_port = -1
C

simulated() {
  up --simulated
  down
  local samples=() began
  for _ in 1 2 3 4 5; do
    began=$(date +%s%N)
    up --simulated
    token admin bench >/dev/null
    samples+=($((($(date +%s%N) - began) / 1000000)))
    down
  done
  line "up --simulated, existing data, command to first token" "$(printf '%s\n' "${samples[@]}" | median) ms" "at most 1500 ms"
  up --simulated
  local pid
  pid=$(cat "$DATA/run/yun.pid")
  ADMIN=$(token admin bench)
  # Idle: nothing for some seconds after the start, then what the kernel counts.
  read -r -t 5 <> <(:) || true
  line "idle resident memory, simulated" "$(awk '/VmRSS/ {print int($2/1024)}' "/proc/$pid/status") MB" "at most 350 MB"
  local rate
  wrk -t2 -c8 -d4s -H "X-Auth-Token: $ADMIN" -H "X-Subject-Token: $ADMIN" "$URL/identity/v3/auth/tokens" >/dev/null
  rate=$(for _ in 1 2 3; do wrk -t2 -c8 -d5s -H "X-Auth-Token: $ADMIN" -H "X-Subject-Token: $ADMIN" \
    "$URL/identity/v3/auth/tokens" | awk '/Requests\/sec/ {print int($2)}'; done | median)
  line "GET /v3/auth/tokens (validate), 8 callers" "$rate /s" "at least 5000 /s"
  java_bench ports
  java_bench servers
  line "resident memory after that load" "$(awk '/VmRSS/ {print int($2/1024)}' "/proc/$pid/status") MB" ""
  down
}

images() {
  up --simulated
  ADMIN=$(token admin bench)
  local file=$DATA/gib copy=$DATA/copy id sample up_ms=() cp_ms=() began
  head -c 1073741824 /dev/urandom >"$file"
  sync
  for sample in 1 2 3; do
    began=$(date +%s%N); cp "$file" "$copy"; sha512sum "$file" >/dev/null; cp_ms+=($((($(date +%s%N) - began) / 1000000)))
    rm -f "$copy"
    id=$(curl -s -H "X-Auth-Token: $ADMIN" -H 'Content-Type: application/json' "$URL/image/v2/images" \
      -d '{"name": "gib", "disk_format": "raw", "container_format": "bare"}' | jq -r .id)
    began=$(date +%s%N)
    curl -s -f -T "$file" -H "X-Auth-Token: $ADMIN" -H 'Content-Type: application/octet-stream' "$URL/image/v2/images/$id/file"
    up_ms+=($((($(date +%s%N) - began) / 1000000)))
    if [ "$sample" = 3 ]; then
      java_bench download "/image/v2/images/$id/file" "$file" "$copy"
      began=$(date +%s%N); curl -s -f -o "$copy" -H "X-Auth-Token: $ADMIN" "$URL/image/v2/images/$id/file"
      line "the same with curl, which writes 8 KiB at a time" "$((($(date +%s%N) - began) / 1000000)) ms" ""
      rm -f "$copy"
    fi
    curl -s -X DELETE -H "X-Auth-Token: $ADMIN" "$URL/image/v2/images/$id"
  done
  local u c
  u=$(printf '%s\n' "${up_ms[@]}" | median); c=$(printf '%s\n' "${cp_ms[@]}" | median)
  line "image upload of 1 GiB ($u ms) against cp + sha512sum ($c ms)" "$(awk "BEGIN {printf \"%.2f\", $u/$c}") times" "at most 1.5 times"
  rm -f "$file"
  down
}

guests() {
  [ "$(id -u)" -eq 0 ] || { line "real guests" "skipped" "not root"; return; }
  up
  ADMIN=$(token admin bench)
  "$HERE/bench/guest-start.sh" "$URL" "$ADMIN" "$DATA"
  "$HERE/yun" down --data "$DATA" --purge >/dev/null
}

. "$HERE/bench/identity.sh"
. "$HERE/bench/lists.sh"

[ $# -gt 0 ] || set -- simulated identity lists lists_postgresql images guests
for name in "$@"; do
  rm -rf "${DATA:?}"/[!b]* 2>/dev/null || true
  "$name"
done
