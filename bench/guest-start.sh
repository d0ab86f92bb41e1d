#!/usr/bin/env bash
# POST /servers to QEMU running, against virsh define + start of the same XML. Image cached: one guest is made first.
set -euo pipefail
URL=$1 TOKEN=$2 DATA=$3
api() { curl -s -f -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' "$@"; }
median() { sort -n | awk '{a[NR]=$1} END {print a[int((NR+1)/2)]}'; }
image=$(api "$URL/image/v2/images?name=yunos" | jq -r '.images[0].id')
flavor=$(api "$URL/compute/v2.1/flavors" | jq -r '.flavors[] | select(.name == "m1.nano") | .id')
network=$(api "$URL/networking/v2.0/networks" -d '{"network": {"name": "bench"}}' | jq -r .network.id)
api -o /dev/null "$URL/networking/v2.0/subnets" -d "{\"subnet\": {\"network_id\": \"$network\", \"ip_version\": 4, \"cidr\": \"10.88.0.0/24\"}}"
# eventually COMMAND...: polls without a pause, because the pause would be measured; gives up after a minute.
eventually() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "gave up waiting for: $*" >&2; exit 1; }
  done
}
active() { [ "$(api "$URL/compute/v2.1/servers/$1" | jq -r .server.status)" = ACTIVE ]; }
gone() { [ "$(curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $TOKEN" "$URL/compute/v2.1/servers/$1")" = 404 ]; }
running() { pgrep -f "qemu-system.*$1" >/dev/null; }
ours=() plain=()
for round in 0 1 2 3 4 5; do
  began=$(date +%s%N)
  id=$(api "$URL/compute/v2.1/servers" -d "{\"server\": {\"name\": \"b\", \"imageRef\": \"$image\", \"flavorRef\": \"$flavor\", \"networks\": [{\"uuid\": \"$network\"}]}}" | jq -r .server.id)
  eventually running "$id"
  took=$((($(date +%s%N) - began) / 1000000))
  eventually active "$id"
  domain=$(api "$URL/compute/v2.1/servers/$id" | jq -r '.server["OS-EXT-SRV-ATTR:instance_name"]')
  virsh dumpxml --inactive "$domain" >"$DATA/domain.xml"
  virsh destroy "$domain" >/dev/null
  virsh undefine "$domain" >/dev/null
  began=$(date +%s%N)
  virsh define "$DATA/domain.xml" >/dev/null
  virsh start "$domain" >/dev/null
  eventually running "$id"
  alone=$((($(date +%s%N) - began) / 1000000))
  # The first round fills the image cache and is not counted.
  [ "$round" -eq 0 ] || { ours+=("$took"); plain+=("$alone"); }
  api -o /dev/null -X DELETE "$URL/compute/v2.1/servers/$id"
  eventually gone "$id"
done
o=$(printf '%s\n' "${ours[@]}" | median) p=$(printf '%s\n' "${plain[@]}" | median)
printf '%-72s %12s   %s\n' "real guest, image cached: POST to QEMU running ($o ms) against virsh ($p ms)" \
  "$(awk "BEGIN {printf \"%.2f\", $o/$p}") times" "at most 2.0 times"
