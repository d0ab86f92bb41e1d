#!/usr/bin/env bash
# The Java client openstack4j: a tenant's things are made, made again without a change, taken away, again without a change.
. "$(dirname "$0")/lib.sh"
. "$HERE/scripts/packages.sh"
. "$HERE/scripts/java.sh"
need_jdk
trap cloud_stop EXIT
LIBRARIES=$CACHE/openstack4j CLIENT=$HERE/conformance/clients/openstack4j
libraries() {
  [ -f "$LIBRARIES/.complete" ] && [ ! "$CLIENT/pom.xml" -nt "$LIBRARIES/.complete" ] && return 0
  rm -rf "$LIBRARIES"
  maven -q -f "$CLIENT/pom.xml" dependency:copy-dependencies -DoutputDirectory="$LIBRARIES" && touch "$LIBRARIES/.complete"
}
check "openstack4j is there" libraries || exit 1
cloud_start --simulated
PASSWORD=$(sed -n '/yun-demo:/,$p' "$DATA/clouds.yaml" | awk '/password:/ {gsub("\"", "", $2); print $2; exit}')
tenant() {
  "$JAVA_HOME/bin/java" -cp "$LIBRARIES/*" "$CLIENT/Tenant.java" "http://127.0.0.1:$PORT/identity/v3" demo "$PASSWORD" demo "$1" 2>&1 |
    grep -v '^SLF4J'
}
says() { local told; told=$(tenant "$1"); grep -qE "^changed=$2\$" <<<"$told" || { echo "$told"; return 1; }; }
check "a tenant's things are made" says present 13
check "run again, nothing changes" says present 0
check "they are taken away" says absent 10
check "taken away again, nothing changes" says absent 0
agree() { "$HERE/yun" check --data "$DATA"; }
check "database and hosts agree" eventually 30 agree
log_is_clean
