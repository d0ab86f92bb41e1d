#!/usr/bin/env bash
# The clients of another Debian release in a folder of their own: `openstack` and Ansible's openstack.cloud modules of Debian 13
# against a simulated cloud. The folder is made once with debootstrap, of packages that Debian signed.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then skip "clients of Debian 13" "not root"; exit 0; fi
. "$HERE/scripts/packages.sh"
need_packages debootstrap
RELEASE=trixie FOLDER=$CACHE/trixie
CLIENTS="python3-openstackclient ansible python3-swiftclient"
trap cloud_stop EXIT

inside() { chroot "$FOLDER" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 OS_CLIENT_CONFIG_FILE=/root/clouds.yaml "$@"; }
folder() {
  [ -f "$FOLDER/.complete" ] && return 0
  rm -rf "$FOLDER"
  debootstrap --variant=minbase --include=ca-certificates "$RELEASE" "$FOLDER" >"$FOLDER.log" 2>&1 &&
    inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $CLIENTS >>"$FOLDER.log" 2>&1 &&
    inside apt-get clean && touch "$FOLDER/.complete"
}
folder || { not_ok "Debian 13 in a folder" "$(tail -3 "$FOLDER.log")"; exit 1; }

cloud_start --simulated
cp "$DATA/clouds.yaml" "$FOLDER/root/clouds.yaml"
cp "$HERE/conformance/clients/cloud.yml" "$FOLDER/root/cloud.yml"
head -c 1048576 /dev/urandom >"$FOLDER/root/image.raw"
client() { inside openstack --os-cloud yun-demo "$@"; }
status_is() { [ "$(client "$1" show "$2" -f value -c status)" = "$3" ]; }

check "openstack: a token" client token issue
check "openstack: a network, a subnet and a router" inside bash -c 'set -e; os="openstack --os-cloud yun-demo"
  $os network create n1 -f value -c id; $os subnet create --network n1 --subnet-range 10.62.0.0/24 s1 -f value -c id
  $os router create r1 -f value -c id; $os router set --external-gateway public r1; $os router add subnet r1 s1'
check "openstack: a security group with a rule" inside bash -c 'set -e; os="openstack --os-cloud yun-demo"
  $os security group create g1; $os security group rule create --proto tcp --dst-port 22 g1'
check "openstack: an image" client image create --disk-format raw --container-format bare --file /root/image.raw i1
check "openstack: a volume" client volume create --size 1 v1
check "openstack: it is available" eventually 30 status_is volume v1 available
check "openstack: a server" client server create --image yunos --flavor m1.nano --network n1 --security-group g1 --wait one
check "openstack: a floating IP and a volume for it" inside bash -c 'set -e; os="openstack --os-cloud yun-demo"
  address=$($os floating ip create public -f value -c floating_ip_address); $os server add floating ip one "$address"
  $os server add volume one v1; $os server show one -f value -c addresses | grep -q "$address"'
check "openstack: resize and confirm" inside bash -c 'set -e; os="openstack --os-cloud yun-demo"
  $os server resize --flavor m1.micro --wait one; $os server resize confirm one; $os server show one -f value -c flavor | grep -q micro'
check "openstack: an image of it" client server image create --wait --name shot one
check "openstack: a container with an object" inside bash -c 'set -e; os="openstack --os-cloud yun-demo"
  $os container create c1; cd /root; $os object create c1 image.raw; $os object save --file back.raw c1 image.raw; cmp image.raw back.raw'
check "openstack: all of it is deleted" inside bash -c 'set -e; os="openstack --os-cloud yun-demo"
  $os server delete --wait one; $os volume delete v1; $os image delete i1 shot
  for id in $($os floating ip list -f value -c ID); do $os floating ip delete "$id"; done
  $os router remove subnet r1 s1; $os router delete r1; $os network delete n1; $os security group delete g1
  $os container delete --recursive c1'

play() { inside ansible-playbook -i localhost, -e ansible_python_interpreter=/usr/bin/python3 -e image_file=/root/image.raw "$@" /root/cloud.yml; }
check "ansible: a project's things are made" play
unchanged() { local told; told=$(play) && grep -q 'changed=0 .*failed=0' <<<"$told" || { echo "$told" | grep -B1 -E '^changed|changed='; return 1; }; }
check "ansible: run again, nothing changes" unchanged
check "ansible: it is taken away" play -e state=absent
check "ansible: taken away again, nothing changes" bash -c "$(declare -f inside play); FOLDER=$FOLDER; play -e state=absent | grep -q 'changed=0 .*failed=0'"
empty() {
  local what
  for what in server volume "floating ip" keypair "container"; do
    [ -z "$(os $what list -f value)" ] || { echo "there is still a $what"; return 1; }
  done
}
check "nothing of it is left" empty
agree() { "$HERE/yun" check --data "$DATA"; }
check "database and hosts agree" eventually 30 agree
log_is_clean
