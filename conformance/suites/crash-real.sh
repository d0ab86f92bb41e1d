#!/usr/bin/env bash
# Real guests and networks: the process is killed with SIGKILL between two tasks of a server's, a volume's, a router's and a
# floating IP's life, started again, and must finish or turn back; then everything is deleted, database and host must agree,
# and the host must be as it was before. POINTS names other kill points: FLOW/TASK, or FLOW/TASK#2 for the second time.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then skip "crashes with real guests" "not root"; exit 0; fi
trap cloud_stop EXIT
PORT=${PORT:-18000}
export YUN_ADMIN_PASSWORD=crash YUN_DEMO_PASSWORD=crash
URL=http://127.0.0.1:$PORT
COMPUTE=$URL/compute/v2.1 NETWORKING=$URL/networking/v2.0 VOLUME=$URL/volume/v3
# Every task but the last of the flows that touch a host, in the order of the day below.
POINTS=${POINTS:-router_create/schedule_router router_create/apply_router router_update/apply_router
  volume_create_manager/CreateVolumeFromSpecTask
  server_create/schedule server_create/plug-ports server_create/connect-volumes server_create/cache-image
  server_create/create-disks server_create/start-guest
  floatingip_create/apply_router floatingip_update/apply_router floatingip_update/apply_router#2
  server_attach_volume/connect-volume server_attach_volume/attach-to-guest
  server_detach_volume/detach-from-guest server_detach_volume/disconnect-volume
  server_attach_interface/plug-port server_attach_interface/attach-to-guest
  server_detach_interface/detach-from-guest server_detach_interface/unplug-port
  server_delete/destroy-guest server_delete/unplug-ports server_delete/disconnect-volumes server_delete/delete-disks
  volume_delete/DeleteVolumeTask
  floatingip_delete/apply_router router_update/apply_router#2 router_delete/remove_router}

token() {
  curl -s -D - -o /dev/null -H 'Content-Type: application/json' "$URL/identity/v3/auth/tokens" -d "{\"auth\": {\"identity\": {
    \"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}, \"password\": \"crash\"}}},
    \"scope\": {\"project\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}}}}}" | tr -d '\r' | awk 'tolower($1)=="x-subject-token:" {print $2}'
}
api() { curl -s -f -m 60 -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' "$@"; }
up() { "$HERE/yun" up --data "$DATA" --port "$PORT" --no-classic-ports --config "$DATA.conf" "${DATABASE_ARGS[@]}" >>"$DATA.up.log" 2>&1; }
field() { api "$1" | jq -r "$2"; }
# A step may find the process gone: that is the point. Each step waits for its end or for the death.
# Killed is dead, also while nobody has asked for the exit status.
dead() { ! grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$(cat "$DATA/run/yun.pid" 2>/dev/null || echo none)/status"; }
is() { dead || [ "$(field "$1" "$2")" = "$3" ]; }
gone() { dead || [ "$(curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $TOKEN" "$1")" = 404 ]; }
# reaches URL FIELD VALUE: false when the process died on the way.
reaches() { eventually 60 is "$@" && ! dead; }
vanishes() { eventually 60 gone "$1" && ! dead; }

# One project's day, as far as the kill point needs it. It ends at the first step that finds the process dead.
day() {
  TOKEN=$(token demo) || return 0
  network=$(api "$NETWORKING/networks" -d '{"network": {"name": "crash"}}' | jq -r .network.id) || return 0
  subnet=$(api "$NETWORKING/subnets" -d "{\"subnet\": {\"network_id\": \"$network\", \"ip_version\": 4, \"cidr\": \"10.77.0.0/24\"}}" |
    jq -r .subnet.id) || return 0
  case $point in router_* | floatingip_*) routed_day ;; *) served_day ;; esac
}
# A router, and a floating IP that comes, goes, comes back and is deleted.
routed_day() {
  local public router port fip
  public=$(field "$NETWORKING/networks?name=public" '.networks[0].id')
  router=$(api "$NETWORKING/routers" -d "{\"router\": {\"name\": \"crash\", \"external_gateway_info\": {\"network_id\": \"$public\"}}}" |
    jq -r .router.id) || return 0
  api -o /dev/null -X PUT "$NETWORKING/routers/$router/add_router_interface" -d "{\"subnet_id\": \"$subnet\"}" || return 0
  port=$(api "$NETWORKING/ports" -d "{\"port\": {\"network_id\": \"$network\"}}" | jq -r .port.id) || return 0
  fip=$(api "$NETWORKING/floatingips" -d "{\"floatingip\": {\"floating_network_id\": \"$public\", \"port_id\": \"$port\"}}" |
    jq -r .floatingip.id) || return 0
  reaches "$NETWORKING/floatingips/$fip" .floatingip.status ACTIVE || return 0
  api -o /dev/null -X PUT "$NETWORKING/floatingips/$fip" -d '{"floatingip": {"port_id": null}}' || return 0
  reaches "$NETWORKING/floatingips/$fip" .floatingip.status DOWN || return 0
  api -o /dev/null -X PUT "$NETWORKING/floatingips/$fip" -d "{\"floatingip\": {\"port_id\": \"$port\"}}" || return 0
  reaches "$NETWORKING/floatingips/$fip" .floatingip.status ACTIVE || return 0
  api -o /dev/null -X DELETE "$NETWORKING/floatingips/$fip" || return 0
  api -o /dev/null -X DELETE "$NETWORKING/ports/$port" || return 0
  api -o /dev/null -X PUT "$NETWORKING/routers/$router/remove_router_interface" -d "{\"subnet_id\": \"$subnet\"}" || return 0
  api -o /dev/null -X DELETE "$NETWORKING/routers/$router"
}
# A server with a volume; another volume and another interface that come and go.
served_day() {
  local image flavor private data more server interface
  image=$(field "$URL/image/v2/images?name=yunos" '.images[0].id')
  flavor=$(field "$COMPUTE/flavors" '.flavors[] | select(.name == "m1.nano") | .id')
  private=$(field "$NETWORKING/networks?name=private" '.networks[0].id')
  data=$(api "$VOLUME/volumes" -d '{"volume": {"size": 1, "name": "crash"}}' | jq -r .volume.id) || return 0
  more=$(api "$VOLUME/volumes" -d '{"volume": {"size": 1, "name": "crash"}}' | jq -r .volume.id) || return 0
  reaches "$VOLUME/volumes/$data" .volume.status available || return 0
  reaches "$VOLUME/volumes/$more" .volume.status available || return 0
  server=$(api "$COMPUTE/servers" -d "{\"server\": {\"name\": \"crash\", \"imageRef\": \"$image\", \"flavorRef\": \"$flavor\",
    \"networks\": [{\"uuid\": \"$network\"}], \"block_device_mapping_v2\": [
      {\"boot_index\": 0, \"uuid\": \"$image\", \"source_type\": \"image\", \"destination_type\": \"local\"},
      {\"boot_index\": -1, \"uuid\": \"$data\", \"source_type\": \"volume\", \"destination_type\": \"volume\"}]}}" |
    jq -r .server.id) || return 0
  reaches "$COMPUTE/servers/$server" .server.status ACTIVE || return 0
  api -o /dev/null "$COMPUTE/servers/$server/os-volume_attachments" -d "{\"volumeAttachment\": {\"volumeId\": \"$more\"}}" || return 0
  reaches "$VOLUME/volumes/$more" .volume.status in-use || return 0
  interface=$(api "$COMPUTE/servers/$server/os-interface" -d "{\"interfaceAttachment\": {\"net_id\": \"$private\"}}" |
    jq -r .interfaceAttachment.port_id) || return 0
  reaches "$NETWORKING/ports/$interface" .port.status ACTIVE || return 0
  case $point in
    *_detach_*)
      # A guest lets go of a device once it has booted.
      booted() { dead || api "$COMPUTE/servers/$server/action" -d '{"os-getConsoleOutput": {}}' | jq -r .output | grep -q 'login:'; }
      eventually 240 booted && ! dead || return 0
      api -o /dev/null -X DELETE "$COMPUTE/servers/$server/os-volume_attachments/$more" || return 0
      reaches "$VOLUME/volumes/$more" .volume.status available || return 0
      api -o /dev/null -X DELETE "$COMPUTE/servers/$server/os-interface/$interface" || return 0
      vanishes "$NETWORKING/ports/$interface" || return 0
      ;;
  esac
  api -o /dev/null -X DELETE "$COMPUTE/servers/$server" || return 0
  vanishes "$COMPUTE/servers/$server" || return 0
  api -o /dev/null -X DELETE "$VOLUME/volumes/$data" || return 0
  vanishes "$VOLUME/volumes/$data"
}

empty() { [ "$(field "$1" "$2 | length")" = 0 ]; }
flows() { field "$URL/yun/v1/flows?state=$1" '.flows | length'; }
idle() { [ "$(flows pending)$(flows running)$(flows reverting)" = 000 ]; }
settled() {
  [ "$(field "$COMPUTE/servers/detail" '[.servers[] | select(."OS-EXT-STS:task_state" != null)] | length')" = 0 ] &&
    [ "$(field "$VOLUME/volumes/detail" '[.volumes[] | select(.status | IN("available", "in-use", "error") | not)] | length')" = 0 ]
}
# What was begun before the death ends; then the project is emptied as its owner would.
settle() {
  local id router
  TOKEN=$(token admin)
  eventually 120 idle || { api "$URL/yun/v1/flows" | jq -c '.flows[] | select(.finished_at == null)'; return 1; }
  [ "$(flows stuck)" = 0 ] || { api "$URL/yun/v1/flows?state=stuck" | jq -c '.flows[]'; return 1; }
  TOKEN=$(token demo)
  settled || { api "$COMPUTE/servers/detail" | jq -c '.servers[]'; api "$VOLUME/volumes/detail" | jq -c '.volumes[] | [.id, .status]'; return 1; }
  for id in $(field "$COMPUTE/servers" '.servers[].id'); do api -o /dev/null -X DELETE "$COMPUTE/servers/$id" || return 1; done
  eventually 90 empty "$COMPUTE/servers" .servers || { echo "servers are left"; return 1; }
  for id in $(field "$VOLUME/volumes" '.volumes[].id'); do api -o /dev/null -X DELETE "$VOLUME/volumes/$id" || return 1; done
  eventually 60 empty "$VOLUME/volumes" .volumes || { echo "volumes are left"; return 1; }
  for id in $(field "$NETWORKING/floatingips" '.floatingips[].id'); do api -o /dev/null -X DELETE "$NETWORKING/floatingips/$id" || return 1; done
  for router in $(field "$NETWORKING/routers?name=crash" '.routers[].id'); do
    for id in $(field "$NETWORKING/ports?device_id=$router&device_owner=network:router_interface" '.ports[].fixed_ips[0].subnet_id'); do
      api -o /dev/null -X PUT "$NETWORKING/routers/$router/remove_router_interface" -d "{\"subnet_id\": \"$id\"}" || return 1
    done
    api -o /dev/null -X DELETE "$NETWORKING/routers/$router" || return 1
  done
  for id in $(field "$NETWORKING/ports?device_id=&device_owner=" '.ports[].id'); do api -o /dev/null -X DELETE "$NETWORKING/ports/$id" || { echo "port $id is not deleted"; return 1; }; done
  for id in $(field "$NETWORKING/networks?name=crash" '.networks[].id'); do api -o /dev/null -X DELETE "$NETWORKING/networks/$id" || { echo "network $id is not deleted"; return 1; }; done
  empty "$NETWORKING/ports" '[.ports[] | select(.device_owner | startswith("compute:"))]' || { echo "ports of servers are left"; return 1; }
  TOKEN=$(token admin)
  eventually 60 idle || { echo "flows do not end"; return 1; }
  agree() { [ "$(field "$URL/yun/v1/check" .violations)" = 0 ]; }
  eventually 60 agree || { api "$URL/yun/v1/check" | jq -c '.invariants[] | select(.holds | not)'; return 1; }
  as_before() { [ "$(host_state)" = "$BEFORE" ]; }
  eventually 60 as_before || { echo "the host is not as it was before:"; diff <(echo "$BEFORE") <(host_state); return 1; }
}

# Everything that Yun could leave on this host: domains, files, namespaces, devices, addresses, rules, processes, loop and iSCSI
# devices.
host_state() {
  local name
  virsh list --all --name | sed '/^$/d; s/^/domain /'
  find "$DATA/compute" "$DATA/block-storage" "$DATA/network" -not -name '_base' -not -path '*/_base/*' -not -name '*.log' -not -name '*leases*' |
    sort | sed 's/^/file /'
  tables() { nft -s list ruleset | sed -E 's/ # handle [0-9]+//; s/counter packets [0-9]+ bytes [0-9]+/counter/' | sort; }
  devices() { ip -br link | awk '{sub(/@.*/, "", $1); print $1}' | sort; ip -br addr | awk '$3 !~ /^fe80/ {$2 = ""; print}' | sort; }
  devices | sed 's/^/device /'
  tables | sed 's/^/nft /'
  for name in $(ip netns list | awk '/^q(dhcp|router)-/ {print $1}' | sort); do
    # Another network driver's on this host bears its mark.
    ip -n "$name" link show lo 2>/dev/null | grep -q 'alias' && ! ip -n "$name" link show lo | grep -qE 'alias yun(-[0-9a-f]+)?:' && continue
    echo "namespace $name"
    ip netns exec "$name" 2>/dev/null bash -c "$(declare -f tables devices); devices; tables; ip route" | sed "s/^/  /"
  done
  pgrep -af 'qemu-system|dnsmasq|haproxy|tgtd|keepalived|radvd' | grep -F "$DATA" | sed -E 's/^[0-9]+/process/' | cut -c1-100 | sort
  losetup -a | sed 's/^/loop /'
}
BEFORE=
LOOKS=0
# DHCP's changes are gathered for a second before they reach the host, so two looks alike are not enough.
resting() {
  TOKEN=$(token admin)
  local now
  now=$(host_state)
  if [ "$now" = "$BEFORE" ] && idle; then LOOKS=$((LOOKS + 1)); else LOOKS=0; fi
  BEFORE=$now
  [ "$LOOKS" -ge 8 ]
}

: >"$DATA.conf"
database_start
check "the cloud starts" up
# Many looks with the same result: what the first start makes is there.
eventually 60 resting || not_ok "the host comes to rest"
for point in $POINTS; do
  "$HERE/yun" down --data "$DATA" >/dev/null 2>&1
  printf '[yun]\nflow_halt = %s\n' "$point" >"$DATA.conf"
  up || { not_ok "killed after $point" "it did not start"; continue; }
  day "$point" >>"$DATA.day.log" 2>&1
  if ! eventually 5 dead; then
    not_ok "killed after $point" "the day ended without it: $(tail -1 "$DATA.day.log")"
    : >"$DATA.conf"
    settle >/dev/null 2>&1
    continue
  fi
  : >"$DATA.conf"
  up || { not_ok "killed after $point" "it did not start again: $(tail -1 "$DATA.up.log")"; continue; }
  check "killed after $point: finished or reverted, nothing left" settle
done
