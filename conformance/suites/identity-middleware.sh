#!/usr/bin/env bash
# Debian's keystonemiddleware, as every OpenStack service has it, in front of a small application, against Yun.
export PORT=${PORT:-18060}
. "$(dirname "$0")/lib.sh"
. "$HERE/scripts/packages.sh"
need_packages python3-keystonemiddleware memcached python3-memcache curl jq $PACKAGES_CLIENT
free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
WAY=$(free_port) APP=$(free_port) BLACK=$(free_port) MEMCACHE=$(free_port)
STAND=
# A case runs in a shell of its own: what it leaves behind it says in a file.
end() {
  for pid in $STAND $(cat "$DATA.memcached" 2>/dev/null); do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  cloud_stop
}
trap end EXIT

# What is asked of identity each time is seen each time: only one set of options has a cache. Tokens end soon here: an ended one is part of the test.
cat >"$DATA.conf" <<CONF
[yun]
public_url = http://127.0.0.1:$WAY
[token]
expiration = 45
[identity]
password_hash_rounds = 4
CONF

common="\"auth_type\": \"password\", \"auth_url\": \"http://127.0.0.1:$WAY/identity\", \"username\": \"nova\", \"password\": \"s3cret\",
  \"project_name\": \"service\", \"user_domain_id\": \"default\", \"project_domain_id\": \"default\",
  \"www_authenticate_uri\": \"http://identity.example:5000/v3\", \"token_cache_time\": \"-1\", \"region_name\": \"RegionOne\""
cat >"$DATA.options" <<JSON
{
  "strict": {$common, "service_type": "compute", "auth_version": "3.0", "http_request_max_retries": "3"},
  "delayed": {$common, "delay_auth_decision": "true"},
  "typeless": {$common},
  "demanding": {$common, "service_token_roles_required": "true", "service_token_roles": "service"},
  "cached": {${common/-1/300}, "memcached_servers": "127.0.0.1:$MEMCACHE", "memcache_pool_socket_timeout": "1"},
  "r1008": {$common, "region_name": "1008"},
  "off": {$common, "region_name": "dark", "http_connect_timeout": "5", "http_request_max_retries": "0"}
}
JSON
# The way must be there before the cloud: it is the cloud's public address.
stand() {
  /usr/bin/python3 "$HERE/conformance/middleware/stand.py" "$WAY" "$APP" "$BLACK" "127.0.0.1:$PORT" "$DATA.options" >"$DATA.stand.log" 2>&1 &
  STAND=$!
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
stand
eventually 30 listens "$APP" || { not_ok "the application starts" "$(tail -3 "$DATA.stand.log")"; exit 1; }
cloud_start --simulated --config "$DATA.conf"
password() { sed -n "s/^$1=//p" "$DATA/passwords"; }

# login USER PASSWORD PROJECT: prints a token
login() {
  curl -s -D - -o /dev/null -H 'Content-Type: application/json' "http://127.0.0.1:$PORT/identity/v3/auth/tokens" -d '{"auth": {"identity":
    {"methods": ["password"], "password": {"user": {"name": "'"$1"'", "domain": {"id": "default"}, "password": "'"$2"'"}}},
    "scope": {"project": {"name": "'"$3"'", "domain": {"id": "default"}}}}}' | tr -d '\r' | sed -n 's/^[Xx]-[Ss]ubject-[Tt]oken: //p'
}
admin_token() { login admin "$(password admin)" admin; }
demo_token() { login demo "$(password demo)" demo; }
service_token() { login nova s3cret service; }
# identity METHOD PATH [BODY]: as admin
identity() {
  curl -s -X "$1" -H "X-Auth-Token: $(admin_token)" -H 'Content-Type: application/json' ${3:+-d "$3"} "http://127.0.0.1:$PORT/identity/v3$2"
}
# app PATH TOKEN [curl arguments]: the body goes to $DATA.body, the headers to $DATA.headers; prints the status
app() {
  local path=$1 token=$2; shift 2
  curl -s -m 60 -o "$DATA.body" -D "$DATA.headers" -w '%{http_code}' ${token:+-H "X-Auth-Token: $token"} "$@" "http://127.0.0.1:$APP$path"
}
told() { jq -r ".$1" "$DATA.body"; }
count() { curl -s "http://127.0.0.1:$WAY/count" | jq -r ".$1"; }
is() { [ "$1" = "$2" ] || { echo "it is '$1', not '$2'; $(head -c 300 "$DATA.body" 2>/dev/null)"; return 1; }; }

service_user() {
  local project user role
  project=$(identity GET '/projects?name=service' | jq -r '.projects[0].id // empty')
  [ -n "$project" ] || project=$(identity POST /projects '{"project": {"name": "service"}}' | jq -r .project.id)
  user=$(identity GET '/users?name=nova' | jq -r '.users[0].id // empty')
  if [ -n "$user" ]; then identity PATCH "/users/$user" '{"user": {"password": "s3cret"}}' >/dev/null
  else user=$(identity POST /users '{"user": {"name": "nova", "password": "s3cret"}}' | jq -r .user.id); fi
  for role in service admin; do
    identity PUT "/projects/$project/users/$user/roles/$(identity GET "/roles?name=$role" | jq -r '.roles[0].id')"
  done
  [ -n "$(service_token)" ]
}
check "a service user with the roles service and admin" service_user || exit 1

valid() {
  local token; token=$(demo_token)
  is "$(app /strict/x "$token")" 200 && is "$(told IDENTITY_STATUS)" Confirmed && is "$(told USER_NAME)" demo &&
    is "$(told PROJECT_NAME)" demo && is "$(told USER_DOMAIN_ID)" default && is "$(told PROJECT_DOMAIN_NAME)" Default &&
    is "$(told IS_ADMIN_PROJECT)" True && grep -q member <<<"$(told ROLES)" && grep -q reader <<<"$(told ROLES)" &&
    is "$(told USER_ID)" "$(identity GET '/users?name=demo' | jq -r '.users[0].id')" &&
    is "$(told PROJECT_ID)" "$(identity GET '/projects?name=demo' | jq -r '.projects[0].id')" &&
    is "$(told SERVICE_CATALOG | jq -r '[.[] | select(.type == "compute")] | length')" 1
}
check "a valid token: user, project, roles and catalog reach the application" valid

v3() { count v3 >/dev/null; is "$(app /strict/x "$(demo_token)")" 200 && is "$(count v3)" 1; }
proves S2.32 "auth_version=3.0: the token is validated by v3" v3

refused() {
  local token
  for token in "" nonsense "$(demo_token)x"; do
    is "$(app /strict/x "$token")" 401 && grep -qi "^www-authenticate: keystone uri=\"http://identity.example:5000/v3\"" "$DATA.headers" ||
      { cat "$DATA.headers"; return 1; }
  done
}
proves S2.31 "no token or a wrong one: 401 with WWW-Authenticate and the URI" refused

delayed() {
  is "$(app /strict/x nonsense)" 401 && is "$(app /delayed/x nonsense)" 200 && is "$(told IDENTITY_STATUS)" Invalid &&
    is "$(told USER_ID)" null && is "$(app /delayed/x "$(demo_token)")" 200 && is "$(told IDENTITY_STATUS)" Confirmed
}
proves S2.33 "delay_auth_decision: refused at the edge, or passed on as Invalid" delayed

forged() { is "$(app /strict/x nonsense -H 'X-Identity-Status: Confirmed' -H 'X-Roles: admin')" 401; }
check "headers that a client makes up count for nothing" forged

revoked() {
  local token; token=$(demo_token)
  is "$(app /strict/x "$token")" 200 || return 1
  curl -s -X DELETE -H "X-Auth-Token: $token" -H "X-Subject-Token: $token" "http://127.0.0.1:$PORT/identity/v3/auth/tokens"
  is "$(app /strict/x "$token")" 401
}
check "a revoked token is refused at once" revoked

rules() {
  local token user secret credential
  token=$(demo_token)
  user=$(identity GET '/users?name=demo' | jq -r '.users[0].id')
  secret=$(curl -s -H "X-Auth-Token: $token" -H 'Content-Type: application/json' "http://127.0.0.1:$PORT/identity/v3/users/$user/application_credentials" \
    -d '{"application_credential": {"name": "look", "access_rules": [{"service": "compute", "method": "GET", "path": "/v2.1/servers/*"}]}}')
  credential=$(jq -r .application_credential.id <<<"$secret")
  secret=$(jq -r .application_credential.secret <<<"$secret")
  token=$(curl -s -D - -o /dev/null -H 'Content-Type: application/json' "http://127.0.0.1:$PORT/identity/v3/auth/tokens" -d '{"auth": {"identity":
    {"methods": ["application_credential"], "application_credential": {"id": "'"$credential"'", "secret": "'"$secret"'"}}}}' |
    tr -d '\r' | sed -n 's/^[Xx]-[Ss]ubject-[Tt]oken: //p')
  is "$(app /strict/v2.1/servers/a1 "$token")" 200 && is "$(told USER_NAME)" demo &&
    is "$(app /strict/v2.1/flavors "$token")" 401 && is "$(app /strict/v2.1/servers/a1 "$token" -X DELETE)" 401 &&
    is "$(app /typeless/v2.1/servers/a1 "$token")" 401
}
check "an application credential reaches what its access rules name, and nothing else" rules

services() {
  local token service; token=$(demo_token) service=$(service_token)
  is "$(app /demanding/x "$token" -H "X-Service-Token: $service")" 200 && is "$(told SERVICE_USER_NAME)" nova &&
    grep -q service <<<"$(told SERVICE_ROLES)" && is "$(told has_service_token)" true &&
    is "$(app /demanding/x "$token" -H "X-Service-Token: $(demo_token)")" 401 &&
    is "$(app /demanding/x "$token" -H 'X-Service-Token: nonsense')" 401
}
check "a service token counts with the role service only" services

ended() {
  local token=$1
  eventually 90 refused_now "$token" || { echo "it does not end"; return 1; }
  is "$(app /demanding/x "$token" -H "X-Service-Token: $(service_token)")" 200 && is "$(told USER_NAME)" demo &&
    is "$(app /strict/x "$token")" 401 && is "$(app /demanding/x "$token" -H "X-Service-Token: $(demo_token)")" 401
}
refused_now() { [ "$(app /strict/x "$1")" = 401 ]; }
check "a token that has ended is still good together with a service token" ended "$(demo_token)"

retries() {
  local token; token=$(demo_token)
  count dropped >/dev/null
  curl -s "http://127.0.0.1:$WAY/drop/3"
  is "$(app /strict/x "$token")" 200 && is "$(count dropped)" 3 || return 1
  curl -s "http://127.0.0.1:$WAY/drop/100"
  is "$(app /strict/x "$token")" 503 && is "$(count dropped)" 4
  local result=$?
  curl -s "http://127.0.0.1:$WAY/drop/0"
  return $result
}
proves S2.35 "http_request_max_retries=3: three retries, then 503" retries

regions() {
  local id url
  identity POST /regions '{"region": {"id": "1008"}}' >/dev/null
  identity POST /regions '{"region": {"id": "dark"}}' >/dev/null
  id=$(identity GET '/services?type=identity' | jq -r '.services[0].id')
  for kind in public internal admin; do
    url=http://127.0.0.1:$WAY/r1008/identity
    identity POST /endpoints '{"endpoint": {"service_id": "'"$id"'", "region_id": "1008", "interface": "'$kind'", "url": "'"$url"'"}}' >/dev/null
    url=http://127.0.0.1:$BLACK/identity/v3
    identity POST /endpoints '{"endpoint": {"service_id": "'"$id"'", "region_id": "dark", "interface": "'$kind'", "url": "'"$url"'"}}' >/dev/null
  done
  [ "$(identity GET /regions/1008 | jq -r '.region.id | type + " " + .')" = "string 1008" ]
}
check "the regions 1008 and dark" regions
region() {
  count r1008 >/dev/null
  is "$(app /r1008/x "$(demo_token)")" 200 && is "$(count r1008)" 1 || return 1
  is "$(app /typeless/x "$(demo_token)")" 200 && is "$(count r1008)" 0
}
proves S2.36 "region_name=1008: a string, and the endpoint of that region is used" region

connect() {
  local token before; token=$(demo_token) before=$(date +%s%N)
  # The middleware of Debian 12 lets this very error through, so that its service answers 500.
  [[ $(app /off/x "$token") =~ ^50[03]$ ]] || return 1
  local millis=$((($(date +%s%N) - before) / 1000000))
  [ "$millis" -ge 4900 ] && [ "$millis" -lt 14000 ] || { echo "it took $millis ms"; return 1; }
  grep -q 'connect timeout=5' "$DATA.stand.log" || { tail -5 "$DATA.stand.log"; return 1; }
}
proves S2.34 "http_connect_timeout=5: a dead identity service is given up after 5 s" connect

memcached_start() {
  local user=(); [ "$(id -u)" -eq 0 ] && user=(-u nobody)
  memcached -l 127.0.0.1 -p "$MEMCACHE" -m 8 "${user[@]}" >/dev/null 2>&1 &
  echo $! >"$DATA.memcached"
  eventually 10 listens "$MEMCACHE"
}
cached() {
  local token; token=$(demo_token)
  memcached_start || { echo "no memcached"; return 1; }
  is "$(app /cached/x "$token")" 200 || return 1
  count validations >/dev/null
  is "$(app /cached/x "$token")" 200 && is "$(told USER_NAME)" demo && is "$(count validations)" 0 || return 1
  kill "$(cat "$DATA.memcached")"; wait 2>/dev/null; rm "$DATA.memcached"
  is "$(app /cached/x "$token")" 200 && is "$(told USER_NAME)" demo && is "$(count validations)" 1
}
proves S2.37 "memcached_servers: validated once, then from the cache; without memcached it still works" cached
log_is_clean
