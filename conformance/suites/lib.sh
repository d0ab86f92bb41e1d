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

# With YUN_TEST_DATABASE=postgresql, a PostgreSQL server of this suite's own, removed with the cloud. It does not run as root.
DATABASE_ARGS=()
as_postgres() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
database_start() {
  [ "${YUN_TEST_DATABASE:-}" = postgresql ] || return 0
  PG_BIN=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
  PG_DIR=$(mktemp -d /tmp/yun-pg.XXXX)
  PG_PORT=$((20000 + RANDOM % 10000))
  [ "$(id -u)" -ne 0 ] || chown postgres "$PG_DIR"
  {
    as_postgres "$PG_BIN/initdb" -D "$PG_DIR/data" -U yun -A trust -E UTF8 --no-sync &&
      as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -l "$PG_DIR/log" start -o \
        "-p $PG_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PG_DIR" &&
      as_postgres "$PG_BIN/createdb" -h "$PG_DIR" -p "$PG_PORT" -U yun yun
  } >"$DATA.database.log" 2>&1 || { not_ok "a PostgreSQL server starts" "$(tail -3 "$DATA.database.log")"; exit 1; }
  printf '[database]\nconnection = postgresql://yun@127.0.0.1:%s/yun\n' "$PG_PORT" >"$DATA.database.conf"
  DATABASE_ARGS=(--config "$DATA.database.conf")
}
database_stop() {
  [ -n "${PG_DIR:-}" ] || return 0
  as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -m immediate stop >/dev/null
  rm -rf "$PG_DIR"
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
  database_stop
  rm -rf "$DATA" "$DATA".*
}

# A stack trace or a warning nobody expects is a defect.
log_is_clean() {
  local unexpected
  unexpected=$(grep -E ' (WARN|ERROR) ' "$DATA/log/yun.log" | grep -vE "${EXPECTED_WARNINGS:-^$}" | head -5)
  if [ -z "$unexpected" ]; then ok "the log has no unexpected warning"; else not_ok "the log has no unexpected warning" "$unexpected"; fi
}
