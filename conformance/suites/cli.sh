#!/usr/bin/env bash
# A normal day with the ordinary `openstack` client of Debian, on simulated guests.
. "$(dirname "$0")/lib.sh"
trap cloud_stop EXIT
cloud_start --simulated

token() { os token issue -f value -c id | grep -q '^gAAAA'; }
proves S0.1 "a token by password" token
status_of() { [ "$(os server show "$1" -f value -c status)" = "$2" ]; }
volume_is() { [ "$(os volume show "$1" -f value -c status)" = "$2" ]; }

check "the catalog names every service" bash -c '
  list=$(/usr/bin/openstack --os-cloud yun-admin catalog list -f value -c Type)
  for t in identity image placement compute network block-storage; do grep -qx "$t" <<<"$list" || { echo "no $t"; exit 1; }; done'
check "identity: project, user, role" bash -c '
  set -e; os="/usr/bin/openstack --os-cloud yun-admin"
  $os project create p1 >/dev/null; $os user create --password s3cret --project p1 u1 >/dev/null
  $os role add --user u1 --project p1 member; $os role assignment list --user u1 --names -f value | grep -q p1
  $os user delete u1; $os project delete p1'
check "flavors are listed" bash -c '/usr/bin/openstack --os-cloud yun-demo flavor list -f value -c Name | grep -qx m1.nano'
check "the image is active" bash -c '[ "$(/usr/bin/openstack --os-cloud yun-demo image show yunos -f value -c status)" = active ]'
check "a keypair is made" bash -c '/usr/bin/openstack --os-cloud yun-demo keypair create k1 | grep -q PRIVATE'
check "a security group with a rule" bash -c '
  set -e; os="/usr/bin/openstack --os-cloud yun-demo"; $os security group create ssh >/dev/null
  $os security group rule create --proto tcp --dst-port 22 ssh >/dev/null; $os security group rule list ssh -f value | grep -q 22:22'
check "a network with a subnet on a router" bash -c '
  set -e; os="/usr/bin/openstack --os-cloud yun-demo"; $os network create n1 >/dev/null
  $os subnet create --network n1 --subnet-range 10.9.0.0/24 s1 >/dev/null; $os router create r1 >/dev/null
  $os router add subnet r1 s1; $os router set --external-gateway public r1; $os port list --router r1 -f value | grep -q 10.9.0.1'
check "a server is accepted" os server create --image yunos --flavor m1.nano --network n1 --key-name k1 --security-group ssh one
check "it becomes ACTIVE" eventually 30 status_of one ACTIVE
check "a second server and a wait" os server create --image yunos --flavor m1.nano --network n1 --wait two
check "servers are listed with addresses" bash -c '/usr/bin/openstack --os-cloud yun-demo server list -f value | grep one | grep -q 10.9.0.'
for pair in "stop SHUTOFF" "start ACTIVE" "pause PAUSED" "unpause ACTIVE" "suspend SUSPENDED" "resume ACTIVE"; do
  set -- $pair
  check "server $1" bash -c "/usr/bin/openstack --os-cloud yun-demo server $1 one"
  check "server $1 ends in $2" eventually 30 status_of one "$2"
done
check "server reboot" bash -c '/usr/bin/openstack --os-cloud yun-demo server reboot --wait one'
check "server lock and unlock" bash -c 'os="/usr/bin/openstack --os-cloud yun-demo"; $os server lock one && ! $os server stop one && $os server unlock one'
check "a floating IP reaches the server's port" bash -c '
  set -e; os="/usr/bin/openstack --os-cloud yun-demo"; fip=$($os floating ip create public -f value -c floating_ip_address)
  $os server add floating ip one "$fip"; $os server show one -f value -c addresses | grep -q "$fip"
  $os server remove floating ip one "$fip"; $os floating ip delete "$fip"'
proves S3.146 "volume types are listed" bash -c '/usr/bin/openstack --os-cloud yun-demo volume type list -f value -c Name | grep -qx __DEFAULT__'
resolve() {
  local type token=$(os token issue -f value -c id) catalog=$(os catalog list -f json)
  for type in volumev3 block-storage; do
    curl -sf -o "$DATA.volumes" -H "X-Auth-Token: $token" \
      "$(jq -r ".[] | select(.Type == \"$type\") | .Endpoints[] | select(.interface == \"public\") | .url" <<<"$catalog")/volumes" || return 1
    jq -e .volumes "$DATA.volumes" >/dev/null || return 1
  done
}
proves S3.132 "both names of block storage in the catalog lead to it" resolve
check "a volume is made" os volume create --size 1 v1
check "it becomes available" eventually 30 volume_is v1 available
check "it is attached" os server add volume one v1
check "it is in use" eventually 30 volume_is v1 in-use
check "it is detached" os server remove volume one v1
check "it is available again" eventually 30 volume_is v1 available
check "a snapshot and a volume from it" bash -c '
  set -e; os="/usr/bin/openstack --os-cloud yun-demo"; $os volume snapshot create --volume v1 snap1 >/dev/null
  for i in $(seq 60); do [ "$($os volume snapshot show snap1 -f value -c status)" = available ] && break; done
  $os volume create --snapshot snap1 --size 2 v2 >/dev/null'
check "the volume from the snapshot is available" eventually 30 volume_is v2 available
check "a volume is extended" os volume set --size 3 v2
check "it has its new size" eventually 30 bash -c '[ "$(/usr/bin/openstack --os-cloud yun-demo volume show v2 -f value -c size)" = 3 ]'
check "console log" os console log show one
check "console url" os console url show --novnc one
check "actions of the server" bash -c '/usr/bin/openstack --os-cloud yun-demo server event list one -f value | grep -q create'
check "the admin sees hypervisors, services and agents" bash -c '
  set -e; os="/usr/bin/openstack --os-cloud yun-admin"; $os hypervisor list -f value | grep -q .
  $os compute service list -f value | grep -q nova-compute; $os network agent list -f value | grep -q . ; $os volume service list -f value | grep -q .
  $os hypervisor stats show >/dev/null 2>&1 || true; $os availability zone list -f value | grep -q nova; $os server list --all-projects -f value | grep -q one'
check "limits and quotas" bash -c 'set -e; os="/usr/bin/openstack --os-cloud yun-demo"; $os limits show --absolute -f value | grep -q totalInstancesUsed; /usr/bin/openstack --os-cloud yun-admin quota show demo -f value >/dev/null'
check "everything is deleted" bash -c '
  set -e; os="/usr/bin/openstack --os-cloud yun-demo"; $os server delete --wait one two
  $os volume delete v2; $os volume snapshot delete snap1
  $os router unset --external-gateway r1; $os router remove subnet r1 s1; $os router delete r1; $os network delete n1
  $os security group delete ssh; $os keypair delete k1'
check "the snapshot's volume can go too" bash -c '
  for i in $(seq 40); do /usr/bin/openstack --os-cloud yun-demo volume snapshot list -f value | grep -q . || break; done
  /usr/bin/openstack --os-cloud yun-demo volume delete v1'
check "no volume is left" eventually 30 bash -c '! /usr/bin/openstack --os-cloud yun-demo volume list -f value | grep -q .'
check "database and hosts agree" "$HERE/yun" check --data "$DATA"
log_is_clean
