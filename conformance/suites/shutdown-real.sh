#!/usr/bin/env bash
# Graceful shutdown: a real guest that ignores the first press of its power button and obeys the second, and one that never
# obeys and is powered off when shutdown_timeout is over.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then skip "graceful shutdown of real guests" "not root"; exit 0; fi
trap cloud_stop EXIT
. "$(dirname "$0")/api.sh"
PATIENCE=25
printf '[DEFAULT]\nshutdown_timeout = %s\n' "$PATIENCE" >"$DATA.conf"
cloud_start --config "$DATA.conf"
TOKEN=$(token demo)

# The guest's answer to its power button: counts, tells the console, and obeys from the Nth press on.
user_data() {
  base64 -w0 <<U
#!/bin/sh
cat >/etc/acpi/PWRF/00000080 <<'X'
#!/bin/sh
n=\$((\$(cat /run/presses 2>/dev/null || echo 0) + 1))
echo \$n >/run/presses
echo "press \$n at \$(cut -d. -f1 /proc/uptime)" >/dev/console
[ \$n -lt $1 ] || poweroff
X
echo ready for the button >/dev/console
U
}
# boot NAME N: a guest that obeys the Nth press; SERVER is its id.
boot() {
  SERVER=$(api "$COMPUTE/servers" -d "{\"server\": {\"name\": \"$1\", \"imageRef\": \"$(image)\", \"flavorRef\": \"$(flavor)\",
    \"networks\": [{\"uuid\": \"$(network private)\"}], \"user_data\": \"$(user_data "$2")\"}}" | jq -r .server.id)
  console_says "$SERVER" 'ready for the button' 240 || { console "$SERVER" | tail -5; return 1; }
}
# stop: how many seconds from os-stop to SHUTOFF; TOOK.
stop() {
  local began
  began=$(date +%s%N)
  api -o /dev/null "$COMPUTE/servers/$SERVER/action" -d '{"os-stop": null}' || return 1
  eventually 90 status_is "$SERVER" SHUTOFF || { echo "it is not SHUTOFF"; return 1; }
  TOOK=$((($(date +%s%N) - began) / 1000000000))
}
uptime_of_press() { console "$SERVER" | tr -d '\r' | sed -n "s/^.*press $1 at \([0-9]*\)$/\1/p" | tail -1; }
repeated() {
  boot second 2 && stop || return 1
  local first second
  first=$(uptime_of_press 1) second=$(uptime_of_press 2)
  echo "pressed at $first s and $second s of its life, off after $TOOK s"
  [ -n "$second" ] && [ $((second - first)) -ge 9 ] && [ $((second - first)) -le 13 ] && [ "$TOOK" -ge 9 ] && [ "$TOOK" -lt "$PATIENCE" ]
}
forced() {
  boot never 1000 && stop || return 1
  echo "pressed until $(console "$SERVER" | grep -c 'press [0-9]* at') times, off after $TOOK s"
  [ -n "$(uptime_of_press 3)" ] && [ -z "$(uptime_of_press 4)" ] && [ "$TOOK" -ge "$PATIENCE" ] && [ "$TOOK" -lt $((PATIENCE + 15)) ]
}
proves S2.3 "a guest that ignores the power button hears it again after 10 s and shuts down" repeated
check "a guest that never obeys is powered off when shutdown_timeout is over" forced
delete_servers
nothing_left
log_is_clean
