# Debian packages, by what they are needed for. Installed only when missing, and only through apt.

PACKAGES_BUILD="maven unzip"
PACKAGES_REAL="libvirt-daemon-system libvirt-daemon libvirt-clients qemu-system-x86 qemu-utils qemu-block-extra
  dnsmasq-base nftables iproute2 iputils-ping iputils-arping haproxy conntrack genisoimage procps util-linux
  busybox-static dropbear-bin e2fsprogs mtools syslinux syslinux-common syslinux-efi cpio kmod opendoas xz-utils radvd"
PACKAGES_CLIENT="python3-openstackclient openssh-client bc"
# slapd is started by the tests themselves, unprivileged and on ports of their own.
PACKAGES_TEST="postgresql curl jq chromium novnc tempest slapd ldap-utils openssl python3-keystone
  keystone-tempest-plugin python3-swiftclient rclone python3-keystonemiddleware memcached python3-memcache"
PACKAGES_TEMPEST="tempest keystone-tempest-plugin"
PACKAGES_BENCH="curl wrk jq sqlite3"

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# Refused in one sentence where it cannot be done.
need_packages() {
  local missing=() package
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || { echo "yun: this host has no apt-get; please install: ${missing[*]}" >&2; exit 1; }
  [ "$(id -u)" -eq 0 ] || { echo "yun: please install as root: apt-get install ${missing[*]}" >&2; exit 1; }
  echo "yun: installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
  mkdir -p "$CACHE"
  local log=$CACHE/apt.log
  export DEBIAN_FRONTEND=noninteractive
  apt_get "$log" install "${missing[@]}" || { apt_get "$log" update && apt_get "$log" install "${missing[@]}"; } ||
    { echo "yun: apt could not install ${missing[*]}; see $log" >&2; tail -5 "$log" >&2; exit 1; }
}

apt_get() {
  local log=$1 verb=$2; shift 2
  local flags=(-o DPkg::Lock::Timeout=600 -q -y)
  [ "$verb" = install ] && flags+=(--no-install-recommends)
  apt-get "${flags[@]}" "$verb" "$@" >>"$log" 2>&1
}

need_real() {
  need_packages $PACKAGES_REAL
  # The guest image is made from Debian's small cloud kernel; it is unpacked for that, never booted here.
}
need_client() { need_packages $PACKAGES_CLIENT; }
