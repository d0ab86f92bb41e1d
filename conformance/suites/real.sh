#!/usr/bin/env bash
# The main job on real guests: the demo itself, then what only a real host can show.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then skip "real guests" "not root"; exit 0; fi
trap cloud_stop EXIT
PORT=${PORT:-18000}
forwarding() { cat /proc/sys/net/ipv4/ip_forward; }
FORWARDED=$(forwarding)
cloud_start
check "the demo runs" bash -c "'$HERE/scripts/demo.sh' --data '$DATA'"
check "and runs again" bash -c "'$HERE/scripts/demo.sh' --data '$DATA'"
check "database and host agree" "$HERE/yun" check --data "$DATA"
log_is_clean
"$HERE/yun" down --data "$DATA" --purge >"$DATA.down.log" 2>&1
leftovers() {
  local left
  left=$( (ip netns list | grep -E 'qrouter-|qdhcp-'; ip -o link | grep -oE '(brq|tap|vxlan-|br-ex|qg-|qr-)[^:@ ]*'
    pgrep -af 'dnsmasq|haproxy|qemu-system' | grep "$DATA"; ls -d "$DATA" 2>/dev/null) )
  [ -z "$left" ] || { echo "$left"; return 1; }
}
check "purge gives the host's forwarding back" [ "$(forwarding)" = "$FORWARDED" ]
check "purge leaves no domain, namespace, bridge, tap, process or file" leftovers
