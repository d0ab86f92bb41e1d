#!/usr/bin/env bash
# Real guests: the process is killed with SIGKILL between two tasks of a server's and a volume's life, started again, and must
# finish or turn back; then everything is deleted and database and host must agree. POINTS names other kill points.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then skip "crashes with real guests" "not root"; exit 0; fi
trap cloud_stop EXIT
PORT=${PORT:-18000}
export YUN_ADMIN_PASSWORD=crash YUN_DEMO_PASSWORD=crash
URL=http://127.0.0.1:$PORT
# Every task but the last of the flows that touch a host.
POINTS=${POINTS:-server_create/schedule server_create/plug-ports server_create/cache-image server_create/create-disks
  server_create/start-guest server_attach_volume/connect-volume server_attach_volume/attach-to-guest
  server_detach_volume/detach-from-guest server_detach_volume/disconnect-volume server_delete/destroy-guest
  server_delete/unplug-ports server_delete/disconnect-volumes server_delete/delete-disks
  volume_create_manager/CreateVolumeFromSpecTask}

token() {
  curl -s -D - -o /dev/null -H 'Content-Type: application/json' "$URL/identity/v3/auth/tokens" -d "{\"auth\": {\"identity\": {
    \"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}, \"password\": \"crash\"}}},
    \"scope\": {\"project\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}}}}}" | tr -d '\r' | awk 'tolower($1)=="x-subject-token:" {print $2}'
}
api() { curl -s -f -m 20 -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' "$@"; }
up() { "$HERE/yun" up --data "$DATA" --port "$PORT" --no-classic-ports --config "$DATA.conf" >>"$DATA.up.log" 2>&1; }
# A step may find the process gone: that is the point. Each step waits for its end or for the death.
dead() { ! kill -0 "$(cat "$DATA/run/yun.pid" 2>/dev/null || echo 0)" 2>/dev/null; }
field() { api "$1" | jq -r "$2"; }
is() { dead || [ "$(field "$1" "$2")" = "$3" ]; }
gone() { dead || [ "$(curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $TOKEN" "$1")" = 404 ]; }
day() {
  TOKEN=$(token demo) || return 0
  local image flavor network server volume
  image=$(field "$URL/image/v2/images?name=yunos" '.images[0].id')
  flavor=$(field "$URL/compute/v2.1/flavors" '.flavors[] | select(.name == "m1.nano") | .id')
  network=$(field "$URL/networking/v2.0/networks?name=private" '.networks[0].id')
  server=$(api "$URL/compute/v2.1/servers" -d "{\"server\": {\"name\": \"c\", \"imageRef\": \"$image\", \"flavorRef\": \"$flavor\",
    \"networks\": [{\"uuid\": \"$network\"}]}}" | jq -r .server.id) || return 0
  eventually 60 is "$URL/compute/v2.1/servers/$server" .server.status ACTIVE; dead && return 0
  volume=$(api "$URL/volume/v3/volumes" -d '{"volume": {"size": 1}}' | jq -r .volume.id) || return 0
  eventually 60 is "$URL/volume/v3/volumes/$volume" .volume.status available; dead && return 0
  api -o /dev/null "$URL/compute/v2.1/servers/$server/os-volume_attachments" -d "{\"volumeAttachment\": {\"volumeId\": \"$volume\"}}"
  eventually 60 is "$URL/volume/v3/volumes/$volume" .volume.status in-use; dead && return 0
  api -o /dev/null -X DELETE "$URL/compute/v2.1/servers/$server/os-volume_attachments/$volume"
  eventually 60 is "$URL/volume/v3/volumes/$volume" .volume.status available; dead && return 0
  api -o /dev/null -X DELETE "$URL/compute/v2.1/servers/$server"
  eventually 60 gone "$URL/compute/v2.1/servers/$server"
}
empty() { [ "$(field "$1" "$2 | length")" = 0 ]; }
settle() {
  TOKEN=$(token demo)
  local id
  for id in $(field "$URL/compute/v2.1/servers" '.servers[].id'); do api -o /dev/null -X DELETE "$URL/compute/v2.1/servers/$id"; done
  eventually 90 empty "$URL/compute/v2.1/servers" .servers || { echo "servers are left"; return 1; }
  settled() { field "$URL/volume/v3/volumes/detail" '[.volumes[] | select(.status != "available" and .status != "error")] | length' | grep -qx 0; }
  eventually 90 settled || { api "$URL/volume/v3/volumes/detail" | jq -c '.volumes[] | [.id, .status]'; return 1; }
  for id in $(field "$URL/volume/v3/volumes" '.volumes[].id'); do api -o /dev/null -X DELETE "$URL/volume/v3/volumes/$id"; done
  eventually 60 empty "$URL/volume/v3/volumes" .volumes || { echo "volumes are left"; return 1; }
  TOKEN=$(token admin)
  agree() { [ "$(field "$URL/yun/v1/check" .violations)" = 0 ]; }
  eventually 30 agree || { api "$URL/yun/v1/check" | jq -c '.invariants[] | select(.holds | not)'; return 1; }
  local left
  left=$(virsh list --all --name | grep instance- ; ls "$DATA/compute/instances" | grep -v '^_')
  [ -z "$left" ] || { echo "left: $left"; return 1; }
}

: >"$DATA.conf"
check "the cloud starts" up
for point in $POINTS; do
  "$HERE/yun" down --data "$DATA" >/dev/null 2>&1
  printf '[yun]\nflow_halt = %s\n' "$point" >"$DATA.conf"
  up || { not_ok "killed after $point" "it did not start"; continue; }
  day >/dev/null 2>&1
  if ! dead; then skip "killed after $point" "the flow has no such task"; continue; fi
  : >"$DATA.conf"
  up || { not_ok "killed after $point" "it did not start again"; continue; }
  check "killed after $point: finished or reverted, nothing left" settle
done
