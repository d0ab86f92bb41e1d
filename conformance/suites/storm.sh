#!/usr/bin/env bash
# 32 clients make and delete servers, ports and volumes against one quota for two minutes; the process is killed with SIGKILL
# three times on the way. The quota is never exceeded, nothing that was acknowledged is lost, and nothing is left over.
# STORM_SECONDS and STORM_KILLS say otherwise.
. "$(dirname "$0")/lib.sh"
. "$HERE/scripts/java.sh"
trap cloud_stop EXIT
need_jdk
SECONDS_LONG=${STORM_SECONDS:-120} KILLS=${STORM_KILLS:-3} QUOTA=40
URL=http://127.0.0.1:$PORT
export YUN_ADMIN_PASSWORD=storm YUN_DEMO_PASSWORD=storm
token() {
  curl -s -D - -o /dev/null -H 'Content-Type: application/json' "$URL/identity/v3/auth/tokens" -d "{\"auth\": {\"identity\": {
    \"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"admin\", \"domain\": {\"id\": \"default\"}, \"password\": \"storm\"}}},
    \"scope\": {\"project\": {\"name\": \"$1\", \"domain\": {\"id\": \"default\"}}}}}" | tr -d '\r' | awk 'tolower($1)=="x-subject-token:" {print $2}'
}
api() { curl -s -f -m 60 -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' "$@"; }
field() { api "$1" | jq -r "$2"; }
again() { "$HERE/yun" up --data "$DATA" --port "$PORT" --no-classic-ports --simulated "${DATABASE_ARGS[@]}" >>"$DATA.up.log" 2>&1; }
idle() { [ "$(for state in pending running reverting; do field "$URL/yun/v1/flows?state=$state" '.flows | length'; done | tr -d '\n')" = 000 ]; }

cloud_start --simulated
TOKEN=$(token admin)
PROJECT=$(api "$URL/identity/v3/projects" -d '{"project": {"name": "storm"}}' | jq -r .project.id)
ROLE=$(field "$URL/identity/v3/roles?name=member" '.roles[0].id')
USER_ID=$(field "$URL/identity/v3/users?name=admin" '.users[0].id')
api -X PUT "$URL/identity/v3/projects/$PROJECT/users/$USER_ID/roles/$ROLE"
api -o /dev/null -X PUT "$URL/compute/v2.1/os-quota-sets/$PROJECT" -d "{\"quota_set\": {\"instances\": $QUOTA, \"cores\": -1, \"ram\": -1}}"
api -o /dev/null -X PUT "$URL/networking/v2.0/quotas/$PROJECT" -d "{\"quota\": {\"port\": $QUOTA}}"
api -o /dev/null -X PUT "$URL/volume/v3/os-quota-sets/$PROJECT" -d "{\"quota_set\": {\"volumes\": $QUOTA, \"gigabytes\": -1}}"
TOKEN=$(token storm)
NETWORK=$(api "$URL/networking/v2.0/networks" -d '{"network": {"name": "storm"}}' | jq -r .network.id)
api -o /dev/null "$URL/networking/v2.0/subnets" -d "{\"subnet\": {\"network_id\": \"$NETWORK\", \"ip_version\": 4, \"cidr\": \"10.88.0.0/16\"}}"
IMAGE=$(field "$URL/image/v2/images?name=yunos" '.images[0].id')
FLAVOR=$(field "$URL/compute/v2.1/flavors" '.flavors[] | select(.name == "m1.nano") | .id')
"$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx512m "$HERE/conformance/storm/Storm.java" "$URL" "$TOKEN" "$NETWORK" "$IMAGE" "$FLAVOR" \
  "$SECONDS_LONG" "$QUOTA" >"$DATA.storm" 2>"$DATA.storm.err" &
storm=$!
killed=0
while [ "$killed" -lt "$KILLS" ]; do
  # The next part of the time that the clients work, then the death; a pause is what is wanted here.
  read -r -t "$((SECONDS_LONG / (KILLS + 1)))" <> <(:) || true
  kill -9 "$(cat "$DATA/run/yun.pid")"
  killed=$((killed + 1))
  again || { not_ok "the cloud comes back after death $killed" "$(tail -3 "$DATA.up.log")"; break; }
done
wait "$storm" || not_ok "the clients end" "$(tail -3 "$DATA.storm.err")"
while IFS=$'\t' read -r name why; do
  case $name in counts) echo "   $why" ;; *) if [ "$why" = ok ]; then ok "$name"; else not_ok "$name" "$why"; fi ;; esac
done <"$DATA.storm"
# What a killed client began is a project's own: it is deleted by its owner, and then nothing is counted any more.
for list in compute/v2.1/servers networking/v2.0/ports?device_owner= volume/v3/volumes; do
  kind=${list##*/} kind=${kind%%\?*}
  for id in $(field "$URL/$list" ".$kind[].id"); do api -o /dev/null -X DELETE "$URL/${list%%\?*}/$id"; done
done
empty() { [ "$(field "$URL/$1" "$2 | length")" = 0 ]; }
check "every server can be deleted" eventually 120 empty compute/v2.1/servers .servers
check "every volume can be deleted" eventually 120 empty volume/v3/volumes .volumes
check "no server or volume is counted any more" test \
  "$(field "$URL/compute/v2.1/limits" .limits.absolute.totalInstancesUsed)$(field "$URL/volume/v3/limits" .limits.absolute.totalVolumesUsed)" = 00
TOKEN=$(token admin)
check "every flow ends" eventually 120 idle
ports_counted() { [ "$(field "$URL/networking/v2.0/quotas/$PROJECT/details.json" .quota.port.used)" = "$(field "$URL/networking/v2.0/ports?project_id=$PROJECT" '.ports | length')" ]; }
check "the ports that are counted are the ports that are there" ports_counted
agree() { "$HERE/yun" check --data "$DATA"; }
check "database and hosts agree" eventually 60 agree
log_is_clean
