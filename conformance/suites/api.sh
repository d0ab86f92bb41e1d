# For the suites that speak to the APIs without the openstack client: tokens, calls, what is in the first start's cloud.
export YUN_ADMIN_PASSWORD=suite YUN_DEMO_PASSWORD=suite
URL=http://127.0.0.1:$PORT
COMPUTE=$URL/compute/v2.1 NETWORKING=$URL/networking/v2.0 VOLUME=$URL/volume/v3 IMAGE=$URL/image/v2
TOKEN=

token() {
  curl -s -D - -o /dev/null -H 'Content-Type: application/json' "$URL/identity/v3/auth/tokens" -d "{\"auth\": {\"identity\": {
    \"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}, \"password\": \"$YUN_ADMIN_PASSWORD\"}}},
    \"scope\": {\"project\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}}}}}" | tr -d '\r' | awk 'tolower($1)=="x-subject-token:" {print $2}'
}
api() { curl -s -f -m 60 -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' "$@"; }
# code URL...: the status code alone; the answer is in $DATA.answer.
code() { curl -s -m 60 -o "$DATA.answer" -w '%{http_code}' -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' "$@"; }
field() { api "$1" | jq -r "$2"; }
image() { field "$IMAGE/images?name=yunos" '.images[0].id'; }
flavor() { field "$COMPUTE/flavors" '.flavors[] | select(.name == "m1.nano") | .id'; }
network() { field "$NETWORKING/networks?name=$1" '.networks[0].id'; }
console() { api "$COMPUTE/servers/$1/action" -d '{"os-getConsoleOutput": {}}' | jq -r .output; }
status_is() { [ "$(field "$COMPUTE/servers/$1" .server.status)" = "$2" ]; }
volume_is() { [ "$(field "$VOLUME/volumes/$1" .volume.status)" = "$2" ]; }
empty() { [ "$(field "$1" "$2 | length")" = 0 ]; }
# console_says SERVER TEXT SECONDS
console_says() {
  says() { console "$1" | grep -q "$2"; }
  eventually "$3" says "$1" "$2"
}
delete_servers() {
  local id
  for id in $(field "$COMPUTE/servers" '.servers[].id'); do api -o /dev/null -X DELETE "$COMPUTE/servers/$id"; done
  eventually 90 empty "$COMPUTE/servers" .servers || not_ok "the servers are deleted" "$(api "$COMPUTE/servers")"
}
# Database and host agree, and no guest's files or domains are there.
nothing_left() {
  local before=$TOKEN
  TOKEN=$(token admin)
  agree() { [ "$(field "$URL/yun/v1/check" .violations)" = 0 ]; }
  left() {
    eventually 60 agree || { api "$URL/yun/v1/check" | jq -c '.invariants[] | select(.holds | not)'; return 1; }
    [ -z "$(find "$DATA/compute/instances" -mindepth 1 -maxdepth 1 ! -name '_*' 2>/dev/null)" ] || { ls "$DATA/compute/instances"; return 1; }
  }
  check "nothing is left" left
  TOKEN=$before
}
