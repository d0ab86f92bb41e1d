# For the suites: a cloud of their own, cases with a name, nothing left behind.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${YUN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/yun}
RESULTS=${RESULTS:-/dev/stdout}
SUITE=${SUITE:-suite}
DATA=$(mktemp -d "/tmp/yun-$SUITE.XXXX")
PORT=${PORT:-18000}

ok() { echo "   ok      $1"; printf 'ok\t%s\n' "$1" >>"$RESULTS"; }
not_ok() { echo "   NOT OK  $1${2:+: $2}"; printf 'not_ok\t%s\t%s\n' "$1" "$(tr '\n\t' '  ' <<<"${2:-}")" >>"$RESULTS"; }
skip() { echo "   skip    $1: $2"; printf 'skip\t%s\t%s\n' "$1" "$2" >>"$RESULTS"; }

# case NAME COMMAND...: ok when the command succeeds; its output is shown when it does not.
check() {
  local name=$1 output; shift
  if output=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$(tail -5 <<<"$output")"; return 1; fi
}

# proves ID NAME COMMAND...: a case that is a requirement's acceptance.
proves() {
  local id=$1; shift
  if check "$@"; then echo "$id	PASS	$SUITE: $1" >>"$HERE/build/requirements.tsv"; else
    echo "$id	FAIL	$SUITE: $1" >>"$HERE/build/requirements.tsv"; return 1; fi
}

# eventually SECONDS COMMAND...: until it succeeds. Polls a condition; the pause only spares the processor.
eventually() {
  local deadline=$((SECONDS + $1)); shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    read -r -t 0.3 <> <(:) || true
  done
}

# The client is slow to start (a second); one process reads all the commands of a block from standard input.
os() { /usr/bin/openstack --os-cloud "${CLOUD:-yun-demo}" "$@"; }

# With YUN_TEST_DATABASE=postgresql, on a PostgreSQL server of this suite's own, removed with the cloud.
. "$HERE/scripts/postgresql.sh"
DATABASE_ARGS=()
database_start() {
  [ "${YUN_TEST_DATABASE:-}" = postgresql ] || return 0
  postgresql_start >"$DATA.database.log" 2>&1 || { not_ok "a PostgreSQL server starts" "$(tail -3 "$DATA.database.log")"; exit 1; }
  postgresql_config >"$DATA.database.conf"
  DATABASE_ARGS=(--config "$DATA.database.conf")
}

cloud_start() {
  [ ${#DATABASE_ARGS[@]} -gt 0 ] || database_start
  "$HERE/yun" up --data "$DATA" --port "$PORT" --no-classic-ports "${DATABASE_ARGS[@]}" "$@" >"$DATA.up.log" 2>&1 || {
    not_ok "the cloud starts" "$(tail -5 "$DATA.up.log")"
    tail -40 "$DATA/log/yun.log" >&2
    exit 1
  }
  export OS_CLIENT_CONFIG_FILE=$DATA/clouds.yaml
}

cloud_stop() {
  "$HERE/yun" down --data "$DATA" --purge >"$DATA.down.log" 2>&1 || not_ok "the cloud stops and is purged" "$(tail -3 "$DATA.down.log")"
  postgresql_stop
  rm -rf "$DATA" "$DATA".*
}

# A stack trace or a warning nobody expects is a defect.
log_is_clean() {
  local unexpected
  unexpected=$(grep -E ' (WARN|ERROR) ' "$DATA/log/yun.log" | grep -vE "${EXPECTED_WARNINGS:-^$}" | head -5)
  if [ -z "$unexpected" ]; then ok "the log has no unexpected warning"; else not_ok "the log has no unexpected warning" "$unexpected"; fi
}
