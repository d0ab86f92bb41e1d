#!/usr/bin/env bash
# What an operator does to identity from the command line while the cloud runs and is asked all the time.
export PORT=${PORT:-18061}
. "$(dirname "$0")/lib.sh"
. "$HERE/scripts/packages.sh"
need_packages curl jq
ASKER=
end() {
  [ -z "$ASKER" ] || { kill "$ASKER" 2>/dev/null && wait "$ASKER" 2>/dev/null; }
  cloud_stop
}
trap end EXIT
printf '[identity]\npassword_hash_rounds = 4\n' >"$DATA.conf"
cloud_start --simulated --config "$DATA.conf"
V3=http://127.0.0.1:$PORT/identity/v3
identity() { "$HERE/yun" identity "$@" --data "$DATA"; }

# login PASSWORD: a token of the user admin
login() {
  curl -s -D - -o /dev/null -H 'Content-Type: application/json' "$V3/auth/tokens" -d '{"auth": {"identity":
    {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": "'"$1"'"}}},
    "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}' | tr -d '\r' | sed -n 's/^[Xx]-[Ss]ubject-[Tt]oken: //p'
}
password=$(sed -n 's/^admin=//p' "$DATA/passwords")
token=$(login "$password")
status() { curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $1" "$V3/users"; }
holds() { [ "$(status "$1")" = "${2:-200}" ]; }
check "a token" holds "$token"

# Logs in and validates without a pause; a line for every answer that is not what it must be.
ask() {
  local own
  while :; do
    own=$(login "$password")
    [ -n "$own" ] || echo "no login" >>"$DATA.asked"
    holds "$own" || echo "a token made just now does not hold" >>"$DATA.asked"
    echo x >>"$DATA.count"
  done
}
: >"$DATA.asked"
: >"$DATA.count"
ask &
ASKER=$!
asked() { [ "$(wc -l <"$DATA.count")" -gt "$1" ]; }
rotated() {
  identity fernet-rotate | grep -q 'rotated; 3 keys' && eventually 60 asked "$(wc -l <"$DATA.count")" && holds "$token" && [ ! -s "$DATA.asked" ]
}
check "fernet-rotate while users log in: a token from before holds, and so does every new one" rotated
check "the keys are only their owner's" bash -c '[ "$(stat -c %a '"$DATA"'/identity/fernet-keys/0)" = 600 ]'
again() { identity credential-migrate | grep -q '^0 ' && identity credential-rotate | grep -q rotated && identity credential-migrate | grep -q '^[0-9]* cred'; }
check "credential-migrate and credential-rotate" again
check "token-flush" bash -c '"$1" identity token-flush --data "$2" | grep -q "revocations forgotten"' - "$HERE/yun" "$DATA"
kill "$ASKER" && wait "$ASKER" 2>/dev/null
ASKER=
bootstrap() { OS_BOOTSTRAP_PASSWORD=$1 identity bootstrap; }
same() { bootstrap "$password" && bootstrap "$password" && holds "$token"; }
check "bootstrap with the password that is: twice, and nothing changes" same
other() { bootstrap other && eventually 5 holds "$token" 401 && [ -z "$(login "$password")" ] && [ -n "$(login other)" ]; }
check "bootstrap with another password: tokens from before are revoked within seconds" other
check "doctor finds nothing" identity doctor
open_key() { chmod 644 "$DATA/identity/fernet-keys/0"; ! identity doctor >"$DATA.doctor" && grep -q 'is open to others' "$DATA.doctor"; }
check "doctor names a key that others can read" open_key
nowhere() { ! "$HERE/yun" identity doctor --data "$DATA/none" 2>"$DATA.none" && grep -q 'there is no cloud in' "$DATA.none"; }
check "without a cloud it says so" nowhere
log_is_clean
