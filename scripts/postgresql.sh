# A PostgreSQL server of a suite's or a measurement's own. It does not run as root.

as_postgres() { if [ "$EUID" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

# Sets PG_DIR and PG_PORT; the database and its user are `yun`.
postgresql_start() {
  PG_BIN=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
  PG_DIR=$(mktemp -d /tmp/yun-pg.XXXX)
  PG_PORT=$((20000 + RANDOM % 10000))
  [ "$EUID" -ne 0 ] || chown postgres "$PG_DIR"
  as_postgres "$PG_BIN/initdb" -D "$PG_DIR/data" -U yun -A trust -E UTF8 --no-sync &&
    as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -l "$PG_DIR/log" start -o \
      "-p $PG_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PG_DIR" &&
    as_postgres "$PG_BIN/createdb" -h "$PG_DIR" -p "$PG_PORT" -U yun yun
}

# For the configuration file of a cloud.
postgresql_config() { printf '[database]\nconnection = postgresql://yun@127.0.0.1:%s/yun\n' "$PG_PORT"; }

# postgresql_query SQL: rows without decoration.
postgresql_query() { psql -h 127.0.0.1 -p "$PG_PORT" -U yun -d yun -qAtX -v ON_ERROR_STOP=1 -c "$1"; }

postgresql_stop() {
  [ -n "${PG_DIR:-}" ] || return 0
  as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -m immediate stop >/dev/null
  rm -rf "$PG_DIR"
  PG_DIR=
}
