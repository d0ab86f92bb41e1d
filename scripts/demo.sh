#!/usr/bin/env bash
# The main job, shown: a real guest, SSH by floating IP, a volume, the console. Repeatable; removes what it made.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
DATA=/var/lib/yun
KEEP=no
while [ $# -gt 0 ]; do
  case $1 in
    --data) DATA=$2; shift 2 ;;
    --keep) KEEP=yes; shift ;;
    *) echo "demo: what is '$1'? [--data DIR] [--keep]" >&2; exit 2 ;;
  esac
done
[ "$(id -u)" -eq 0 ] || { echo "demo: real guests need root" >&2; exit 1; }
WORK=$(mktemp -d)
NAME=demo-$$
BEGAN=$(date +%s.%N)
LAST=$BEGAN

stage() {
  local now
  now=$(date +%s.%N)
  printf '%6.1f s  %s\n' "$(echo "$now - $LAST" | bc)" "$1"
  LAST=$now
}
os() { /usr/bin/openstack --os-cloud yun-demo "$@"; }
eventually() {
  local deadline=$((SECONDS + $1)); shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "demo: gave up waiting for: $*" >&2; return 1; }
    read -r -t 0.3 <> <(:) || true
  done
}
guest() {
  ssh -q -i "$WORK/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=3 -o BatchMode=yes \
    "cloud@$ADDRESS" "$@"
}
clean() {
  local status=$?
  set +e
  if [ "$KEEP" = no ]; then
    os server delete --wait "$NAME" >/dev/null 2>&1
    os volume delete "$NAME" >/dev/null 2>&1
    [ -n "${ADDRESS:-}" ] && os floating ip delete "$ADDRESS" >/dev/null 2>&1
    os keypair delete "$NAME" >/dev/null 2>&1
    os security group delete "$NAME" >/dev/null 2>&1
  fi
  rm -rf "$WORK"
  exit $status
}
trap clean EXIT

"$HERE/yun" up --data "$DATA"
export OS_CLIENT_CONFIG_FILE=$DATA/clouds.yaml
stage "the cloud answers"

os keypair create "$NAME" >"$WORK/key"
chmod 0600 "$WORK/key"
os security group create "$NAME" >/dev/null
os security group rule create --proto tcp --dst-port 22 "$NAME" >/dev/null
os security group rule create --proto icmp "$NAME" >/dev/null
stage "a key and a security group"

os server create --image yunos --flavor m1.nano --network private --key-name "$NAME" --security-group "$NAME" \
  --property purpose=demo "$NAME" >/dev/null
stage "a server is accepted"
active() { case $(os server show "$NAME" -f value -c status) in ACTIVE) ;; ERROR) os server show "$NAME" -f value -c fault >&2; exit 1 ;; *) return 1 ;; esac; }
eventually 120 active
stage "the guest runs"

ADDRESS=$(os floating ip create public -f value -c floating_ip_address)
os server add floating ip "$NAME" "$ADDRESS"
stage "a floating IP: $ADDRESS"
eventually 120 guest true
stage "SSH answers"
echo "         the guest says:"
guest 'echo "host name   $(hostname)"; echo "instance    $(timeout 5 wget -qO- http://169.254.169.254/latest/meta-data/instance-id)"
  echo "metadata    $(timeout 5 wget -qO- http://169.254.169.254/openstack/latest/meta_data.json | cut -c1-100)..."' | sed 's/^/           /'
stage "the guest read its metadata"

os volume create --size 1 "$NAME" >/dev/null
available() { [ "$(os volume show "$NAME" -f value -c status)" = available ]; }
eventually 60 available
os server add volume "$NAME" "$NAME" >/dev/null
disk() { guest 'test -b /dev/vdb' || guest 'test -b /dev/vdc'; }
eventually 60 disk
guest 'd=/dev/vdb; test -b /dev/vdc && d=/dev/vdc; echo "written by the demo" | sudo dd of=$d conv=fsync 2>/dev/null; sudo head -c 20 $d' | sed 's/^/           /'
stage "a volume was hot-plugged, written and read"
os server remove volume "$NAME" "$NAME"
gone() { ! disk; }
eventually 60 gone
eventually 60 available
stage "the volume was unplugged"

echo "         console: $(os console url show --novnc "$NAME" -f value -c url)"
os console log show --lines 8 "$NAME" | sed 's/^/           /'
stage "the console"
if [ "$KEEP" = no ]; then
  os server delete --wait "$NAME"
  os volume delete "$NAME"
  os floating ip delete "$ADDRESS"
  ADDRESS=
  os keypair delete "$NAME"
  os security group delete "$NAME"
  volume_gone() { ! os volume list -f value -c Name | grep -qx "$NAME"; }
  eventually 60 volume_gone
  stage "everything is deleted"
  "$HERE/yun" check --data "$DATA" >"$WORK/check" || { cat "$WORK/check"; exit 1; }
  stage "database and host agree: nothing is left"
fi
KEEP=yes
printf '%6.1f s  in all\n' "$(echo "$(date +%s.%N) - $BEGAN" | bc)"
echo "The cloud still runs; ./yun down --purge removes it."
