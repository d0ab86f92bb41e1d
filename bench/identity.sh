# Identity: validation, logins, and lists of a million users. Sourced by run.sh.

wrk_rate() { awk '/Non-2xx/ {bad=1} /Requests\/sec/ {print bad ? "errors" : $2}'; }

identity_users() {
  local hash domain=$1
  # The hash of "bench" with 12 rounds, as the admin's own account has it.
  hash=$(sqlite3 "$DATA/yun.db" "SELECT p.password_hash FROM identity_password p JOIN identity_user u ON u.id = p.user_id
    WHERE u.name = 'admin' ORDER BY p.id DESC LIMIT 1")
  sqlite3 "$DATA/yun.db" <<SQL
PRAGMA synchronous = OFF;
PRAGMA cache_size = -262144;
BEGIN;
INSERT INTO identity_user (id, domain_id, name, enabled, default_project_id, extra, options, created_at, failed_auth_count,
                           password_expires_at)
WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
SELECT lower(hex(randomblob(16))), CASE WHEN i % 10 = 0 THEN '$domain' ELSE 'default' END, 'user-' || i,
       i % 1000 <> 0, NULL, '{}', '{}', 1700000000000000, 0,
       CASE WHEN i % 4 = 0 THEN 1700000000000000 + i * 1000000 END
  FROM n ORDER BY 1;
INSERT INTO identity_user (id, domain_id, name, enabled, extra, options, created_at, failed_auth_count)
WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
SELECT lower(hex(randomblob(16))), 'default', 'login-' || i, 1, '{}', '{}', 1700000000000000, 0 FROM n;
INSERT INTO identity_password (user_id, password_hash, self_service, created_at)
SELECT id, '$hash', 0, 1700000000000000 FROM identity_user WHERE name LIKE 'login-%';
COMMIT;
SQL
}

identity() {
  up --simulated
  ADMIN=$(token admin bench)
  local rate bare before pid domain marker
  pid=$(cat "$DATA/run/yun.pid")
  read -r -t 5 <> <(:) || true
  before=$(awk '/VmRSS/ {print int($2/1024)}' "/proc/$pid/status")
  domain=$(curl -s -H "X-Auth-Token: $ADMIN" -H 'Content-Type: application/json' "$URL/identity/v3/domains" \
    -d '{"domain": {"name": "bench"}}' | jq -r .domain.id)
  down
  identity_users "$domain"
  up --simulated
  pid=$(cat "$DATA/run/yun.pid")
  token admin bench >/dev/null
  read -r -t 5 <> <(:) || true
  line "identity-memory: idle with 1 000 000 users (without: $before MB)" \
    "$(awk '/VmRSS/ {print int($2/1024)}' "/proc/$pid/status") MB" "unchanged"
  ADMIN=$(token admin bench)

  wrk -t1 -c8 -d4s -H "X-Auth-Token: $ADMIN" -H "X-Subject-Token: $ADMIN" "$URL/identity/v3/auth/tokens" >/dev/null
  rate=$(for _ in 1 2 3; do wrk -t1 -c8 -d5s -H "X-Auth-Token: $ADMIN" -H "X-Subject-Token: $ADMIN" \
    "$URL/identity/v3/auth/tokens" | wrk_rate; done | median)
  line "identity-validate: GET /v3/auth/tokens, 8 callers" "$rate /s" "at least 10000 /s"

  bare=$("$JAVA_HOME/bin/java" -cp "$(class_path)" "$HERE/bench/BareBcrypt.java" 15)
  rate=$(wrk -t1 -c8 -d30s --timeout 60s -s "$HERE/bench/login.lua" "$URL/identity/v3/auth/tokens" -- 0 0 | wrk_rate)
  bare="$bare $("$JAVA_HOME/bin/java" -cp "$(class_path)" "$HERE/bench/BareBcrypt.java" 15)"
  line "identity-login: first logins, bcrypt 12 ($rate /s), against the bare hash ($bare /s)" \
    "$(awk -v r="$rate" -v b="$bare" 'BEGIN {split(b, x, " "); printf "%.2f", r / ((x[1] + x[2]) / 2)}') times" "at least 0.9 times"

  # These twenty have logged in just now.
  local i
  for i in $(seq 0 19); do
    curl -s -o /dev/null -H 'Content-Type: application/json' "$URL/identity/v3/auth/tokens" -d "{\"auth\": {\"identity\": {
      \"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"login-$i\", \"domain\": {\"id\": \"default\"},
      \"password\": \"bench\"}}}}}"
  done
  wrk -t1 -c8 -d5s -s "$HERE/bench/login.lua" "$URL/identity/v3/auth/tokens" -- 0 20 >/dev/null
  rate=$(for _ in 1 2 3; do
    wrk -t1 -c8 -d5s -s "$HERE/bench/login.lua" "$URL/identity/v3/auth/tokens" -- 0 20 | wrk_rate; done | median)
  line "identity-login-again: logins of users who came within minutes, 8 callers" "$rate /s" "at least 2000 /s"

  marker=$(sqlite3 "$DATA/yun.db" "SELECT id FROM identity_user ORDER BY id LIMIT 1 OFFSET 900000")
  java_bench users "$domain" "$marker"
  down
}
