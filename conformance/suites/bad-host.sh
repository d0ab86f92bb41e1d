#!/usr/bin/env bash
# What a host can do to a cloud: a full disk, a libvirt that is killed, one that hangs; and two requests for one volume at
# once. Each gets OpenStack's answer, nothing is half done, and the log says why in one line.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then skip "a bad host" "not root"; exit 0; fi
. "$(dirname "$0")/api.sh"
DISK=$DATA.disk
end() {
  "$HERE/yun" down --data "$DATA" --purge >/dev/null 2>&1
  umount "$DISK" 2>/dev/null || umount -l "$DISK" 2>/dev/null
  cloud_stop
}
trap end EXIT
# A file system of its own for the guests' files. It is sparse, and its filler reserves blocks without writing them.
mkdir -p "$DISK"
truncate -s 4G "$DISK.img"
mkfs.ext4 -q -m 0 "$DISK.img" && mount -o loop "$DISK.img" "$DISK" || { skip "a bad host" "no loop device"; exit 0; }
printf '[DEFAULT]\ninstances_path = %s\n' "$DISK/instances" >"$DATA.conf"
mkdir "$DISK/instances"
cloud_start --config "$DATA.conf"
TOKEN=$(token demo)
IMAGE_ID=$(image) FLAVOR=$(flavor) NETWORK=$(network private)

create() {
  SERVER=$(api "$COMPUTE/servers" -d "{\"server\": {\"name\": \"$1\", \"imageRef\": \"$IMAGE_ID\", \"flavorRef\": \"$FLAVOR\",
    \"networks\": [{\"uuid\": \"$NETWORK\"}]}}" | jq -r .server.id)
  [ -n "$SERVER" ]
}
fault() { field "$COMPUTE/servers/$SERVER" .server.fault.message; }
delete() { api -o /dev/null -X DELETE "$COMPUTE/servers/$1"; }
gone() { [ "$(code "$COMPUTE/servers/$1")" = 404 ]; }
# log_says PATTERN: at least one line, and no stack trace.
log_says() {
  grep -qE "$1" "$DATA/log/yun.log" || { echo "the log does not say: $1"; tail -3 "$DATA/log/yun.log"; return 1; }
  ! grep -qE '^\s+at cloud\.yun' "$DATA/log/yun.log" || { echo "the log has a stack trace"; grep -B3 -m1 -E '^\s+at ' "$DATA/log/yun.log"; return 1; }
}

fill() { fallocate -l "$(($(stat -f -c '%a * %S' "$DISK") - 8 * 1024 * 1024))" "$DISK/filler"; }
full_disk() {
  fill && create full || return 1
  eventually 60 status_is "$SERVER" ERROR || { api "$COMPUTE/servers/$SERVER"; return 1; }
  echo "fault: $(fault)"
  [ -n "$(fault)" ] || return 1
  [ -z "$(find "$DISK/instances" -type f)" ] || { find "$DISK/instances" -type f; return 1; }
  log_says "WARN.*(No space left|is full)" || return 1
  delete "$SERVER" && eventually 60 gone "$SERVER"
}
room_again() {
  rm -f "$DISK/filler"
  create again && eventually 90 status_is "$SERVER" ACTIVE
}
check "full disk: the server ends in ERROR with a fault, no file is left, the log says why" full_disk
check "room again: the next server runs" room_again
FIRST=$(field "$COMPUTE/servers?name=again" '.servers[0].id')

[ -n "$FIRST" ] && [ "$FIRST" != null ] || exit 1

pid_of() { cat "$DATA/libvirt/libvirtd.pid"; }
# Killed: the guest goes on, and whoever needs libvirt next starts it again.
killed() {
  local qemu
  qemu=$(pgrep -f "qemu-system.*$FIRST") || return 1
  kill -KILL "$(pid_of)"
  [ "$(code "$COMPUTE/servers/detail")" = 200 ] && create second && eventually 90 status_is "$SERVER" ACTIVE || { fault; return 1; }
  [ "$(pgrep -f "qemu-system.*$FIRST")" = "$qemu" ] && status_is "$FIRST" ACTIVE || { echo "the first guest did not survive"; return 1; }
  delete "$SERVER" && eventually 60 gone "$SERVER"
}
check "libvirt killed: lists answer, guests go on, the next server starts it again" killed

# Hanging: no call comes back. Lists answer from the database; what is asked of the host waits for it, and the log says so.
host_up() { TOKEN=$ADMIN field "$COMPUTE/os-services?binary=nova-compute" '.services[0].state' | grep -qx up; }
settled() { status_is "$SERVER" ACTIVE || status_is "$SERVER" ERROR; }
hanging() {
  kill -STOP "$(pid_of)"
  local answer
  [ "$(code "$COMPUTE/servers/detail")" = 200 ] || { echo "list: $(cat "$DATA.answer")"; return 1; }
  create third || { echo "create was refused"; return 1; }
  answer=$(code -X DELETE "$COMPUTE/servers/$FIRST")
  [ "$answer" = 204 ] || { echo "delete: $answer"; return 1; }
  waited() { grep -q 'WARN.*libvirt did not answer' "$DATA/log/yun.log"; }
  eventually 150 waited || { echo "the log does not say that libvirt hangs"; return 1; }
  answer=$(code "$COMPUTE/servers/detail")
  [ "$answer" = 200 ] || { echo "list after a while: $answer"; return 1; }
  kill -CONT "$(pid_of)"
  eventually 120 gone "$FIRST" || { echo "the delete did not go on"; return 1; }
  eventually 120 settled || { echo "create: $(field "$COMPUTE/servers/$SERVER" .server.status)"; return 1; }
  delete "$SERVER" && eventually 90 gone "$SERVER" && eventually 60 host_up || { echo "the host is not up again"; return 1; }
}
ADMIN=$(token admin)
check "libvirt hangs: lists answer, a create and a delete wait for it and end when it goes on" hanging
kill -CONT "$(pid_of)" 2>/dev/null

# One volume, two servers, at the same moment.
contest() {
  local a b volume codes
  create a && a=$SERVER && create b && b=$SERVER || return 1
  volume=$(api "$VOLUME/volumes" -d '{"volume": {"size": 1}}' | jq -r .volume.id)
  eventually 60 status_is "$a" ACTIVE && eventually 60 status_is "$b" ACTIVE && eventually 60 volume_is "$volume" available || return 1
  attach() {
    curl -s -m 60 -o /dev/null -w '%{http_code}\n' -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' \
      "$COMPUTE/servers/$1/os-volume_attachments" -d "{\"volumeAttachment\": {\"volumeId\": \"$volume\"}}"
  }
  codes=$( (attach "$a" & attach "$b" & attach "$a" & wait) | sort | tr '\n' ' ')
  echo "answers: $codes"
  [ "$(grep -o 200 <<<"$codes" | wc -l)" = 1 ] && [ "$(grep -oE '400|409' <<<"$codes" | wc -l)" = 2 ] || return 1
  eventually 60 volume_is "$volume" in-use || return 1
  [ "$(field "$VOLUME/volumes/$volume" '.volume.attachments | length')" = 1 ] || return 1
  # A volume that a server has is not deleted; of a detach and a delete at the same moment one is refused or both pass.
  [ "$(code -X DELETE "$VOLUME/volumes/$volume")" = 400 ] || { cat "$DATA.answer"; return 1; }
  delete "$a" && delete "$b" && eventually 90 gone "$a" && eventually 90 gone "$b" && eventually 60 volume_is "$volume" available || return 1
  codes=$( (for _ in 1 2 3; do
    curl -s -m 60 -o /dev/null -w '%{http_code}\n' -X DELETE -H "X-Auth-Token: $TOKEN" "$VOLUME/volumes/$volume" &
  done; wait) | sort | tr '\n' ' ')
  echo "deletes: $codes"
  grep -q 202 <<<"$codes" && eventually 60 empty "$VOLUME/volumes" .volumes
}
check "one volume for two servers at once: one gets it, the others are refused" contest

# A client that goes away in the middle of an upload, and one that sends less than it said.
upload_begun() { [ "$(field "$IMAGE/images/$1" .status)" = saving ]; }
queued() { [ "$(field "$IMAGE/images/$1" .status)" = queued ]; }
half_upload() {
  local id client before
  before=$(find "$DATA/image" -type f | sort)
  id=$(api "$IMAGE/images" -d '{"name": "half", "disk_format": "raw", "container_format": "bare"}' | jq -r .id)
  head -c 200000000 /dev/zero | curl -s --limit-rate 1M -X PUT -T - -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/octet-stream' \
    "$IMAGE/images/$id/file" >/dev/null 2>&1 &
  client=$!
  eventually 30 upload_begun "$id" || return 1
  kill -KILL "$client"
  eventually 60 queued "$id" || { echo "the image is $(field "$IMAGE/images/$id" .status)"; return 1; }
  [ "$(find "$DATA/image" -type f | sort)" = "$before" ] || { echo "files are left"; return 1; }
  log_says "$id/file: .*Client disconnected" || return 1
  head -c 1000000 /dev/zero | curl -s -f -X PUT -T - -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/octet-stream' "$IMAGE/images/$id/file" || return 1
  api -X DELETE "$IMAGE/images/$id"
}
check "a client goes away in mid-upload: the image is queued again, no data is left" half_upload

delete_servers
nothing_left
EXPECTED_WARNINGS='No space left|disk is full|is full|lost the connection|libvirt|hypervisor of the host|does not answer|turns back|is deleted while its host'
log_is_clean
