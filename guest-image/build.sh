#!/bin/bash
# Builds yunos, a tiny bootable cloud guest, out of Debian packages only (Debian 12 or 13, amd64).
#
#   usage:    build.sh OUT.raw|OUT.qcow2      environment: WITH_QGA=1 ROOT_MB BOOT_MB KVER
#   packages: busybox-static dropbear-bin opendoas syslinux syslinux-common syslinux-efi mtools e2fsprogs kmod cpio
#             util-linux qemu-utils openssl (optional: qemu-guest-agent). The kernel need not be installed: when it is not, the
#             package linux-image-cloud-amd64 points to is downloaded with apt and unpacked beside the work.
#
# Layout: MBR; p1 FAT16 (syslinux for BIOS + EFI/BOOT/BOOTX64.EFI, kernel, initramfs); p2 ext4 root.
# No loop device, mount or network in the image is used. Run it as root (mke2fs -d keeps file ownership).
# What the guest prints on its console is relied on by tests and by clients: see README.md beside this file.
set -euo pipefail
OUT=${1:?usage: build.sh OUT.raw|OUT.qcow2}
WITH_QGA=${WITH_QGA:-0}; ROOT_MB=${ROOT_MB:-17}; BOOT_MB=${BOOT_MB:-17}
NAME=${NAME:-yunos}; VERSION=${VERSION:-1.0}
GUEST_USER=${GUEST_USER:-cloud}; GUEST_PASS=${GUEST_PASS:-letmein}
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8
case $OUT in *.raw|*.qcow2|*.img) ;; *) echo "build.sh: $OUT must end in .raw, .img or .qcow2" >&2; exit 2 ;; esac
[ "$(id -u)" = 0 ] || { echo "build.sh: must run as root, so that the guest's files belong to root" >&2; exit 1; }
missing=""
need() { # package file...
  local package=$1 f; shift
  for f in "$@"; do [ -e "$f" ] || command -v "$f" >/dev/null || { missing="$missing $package"; return; }; done
}
need busybox-static /bin/busybox; need dropbear-bin /usr/sbin/dropbear /usr/bin/dropbearkey /usr/bin/dbclient
need opendoas /usr/bin/doas; need syslinux syslinux; need syslinux-common /usr/lib/syslinux/mbr/mbr.bin
need syslinux-efi /usr/lib/SYSLINUX.EFI/efi64/syslinux.efi; need mtools mcopy mformat; need e2fsprogs mke2fs resize2fs
need kmod depmod modprobe; need cpio cpio; need util-linux lsblk blkid; need qemu-utils qemu-img; need openssl openssl
[ "$WITH_QGA" = 0 ] || need qemu-guest-agent qemu-ga
[ -z "$missing" ] || { echo "build.sh: missing Debian packages:$missing" >&2; exit 1; }
[ "$WITH_QGA" = 1 ] && ROOT_MB=$((ROOT_MB + 5))
W=$(mktemp -d "${TMPDIR:-/tmp}/yunos.XXXXXX"); trap 'rm -rf "$W"' EXIT
R=$W/root; I=$W/initrd
# ---------------------------------------------------------------- kernel: installed, or unpacked from its package
K=""
KVER=${KVER:-$(ls /lib/modules 2>/dev/null | grep -- '-cloud-amd64$' | sort -V | tail -1 || true)}
if [ -z "$KVER" ] || [ ! -e "/boot/vmlinuz-$KVER" ]; then
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" && $2 ~ /^linux-image-/ {print $2; exit}')
  [ -n "$package" ] || { echo "build.sh: no package linux-image-cloud-amd64 in apt's lists: run apt-get update" >&2; exit 1; }
  mkdir -p "$W/kernel"; chmod 755 "$W"; K=$W/kernel
  (cd "$W" && apt-get -q -o APT::Sandbox::User=root download "$package" >/dev/null) ||
    { echo "build.sh: apt-get could not download $package" >&2; exit 1; }
  dpkg-deb -x "$W/$package"_*.deb "$K"
  KVER=${package#linux-image-}
  # modprobe and depmod look below lib; a package of Debian 13 has it in usr/lib.
  [ -d "$K/lib/modules" ] || ln -s usr/lib "$K/lib"
  depmod -b "$K" "$KVER"
fi
put() { mkdir -p "$(dirname "$1")"; cat >"$1"; chmod "${2:-0644}" "$1"; }

# ---------------------------------------------------------------- modules
# modprobe needs modules.dep with the right closure; that is what loading single .ko files lacks.
modules() { # dest module...
  local dest=$1; shift; local m f
  for m in "$@"; do
    modprobe ${K:+-d "$K"} -S "$KVER" --show-depends "$m" | awk '$1=="insmod"{print $2}'
  done | sort -u | while read -r f; do
    # Unpacked and installed ones alike land in lib/modules; merged-usr hosts show either path.
    local to="$dest/lib/modules/${f#*/lib/modules/}"
    mkdir -p "$(dirname "$to")"; cp "$f" "$to"
  done
  cp "$K"/lib/modules/"$KVER"/modules.{order,builtin,builtin.modinfo} "$dest/lib/modules/$KVER/"
  depmod -b "$dest" "$KVER"
  find "$dest/lib/modules/$KVER" -maxdepth 1 -name 'modules.*' ! -name modules.dep ! -name modules.alias -delete
}
# ---------------------------------------------------------------- programs with shared libraries
prog() { # dest prog...
  local dest=$1; shift; local p l
  for p in "$@"; do
    mkdir -p "$dest/$(dirname "$p")"; cp -L "$p" "$dest/$p"
    ldd "$p" 2>/dev/null | grep -o '/[^ ]*' | while read -r l; do
      mkdir -p "$dest/$(dirname "$l")"; [ -e "$dest/$l" ] || cp -L "$l" "$dest/$l"
    done
  done
}
busybox_tree() { # dest
  mkdir -p "$1"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,run,tmp,etc,lib,root,mnt,var/lib,var/log}
  cp /bin/busybox "$1/bin/busybox"
  local a; for a in $(/bin/busybox --list); do
    case $a in busybox) ;; *) ln -sf /bin/busybox "$1/bin/$a" ;; esac
  done
}
# ================================================================ initramfs: only finds the root
busybox_tree "$I"
modules "$I" virtio_pci virtio_blk virtio_scsi sd_mod ata_piix
put "$I/init" 0755 <<'S'
#!/bin/sh
export PATH=/bin:/sbin
mount -t devtmpfs dev /dev; mount -t proc proc /proc; mount -t sysfs sys /sys
for m in virtio_pci virtio_blk virtio_scsi sd_mod ata_piix; do modprobe $m; done
find_root() {
  for d in vda sda vdb sdb; do
    [ -b /dev/${d}2 ] || continue
    [ "$(dd if=/dev/${d}2 bs=1 skip=1144 count=9 2>/dev/null)" = cloudroot ] && { echo $d; return 0; }
  done; return 1
}
n=0; until D=$(find_root); do n=$((n+1)); [ $n -gt 100 ] && { echo "initramfs: no root disk"; exec sh; }; usleep 50000; done
# grow p2 to the end of the disk: rewrite the sector count of MBR entry 2 (offset 446+16+12), LE32
start=$(cat /sys/block/$D/${D}2/start); have=$(cat /sys/block/$D/${D}2/size); total=$(cat /sys/block/$D/size)
want=$((total - start))
if [ $want -gt $((have + 2048)) ]; then
  printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $((want&255)) $((want>>8&255)) $((want>>16&255)) $((want>>24&255)))" |
    dd of=/dev/$D bs=1 seek=474 conv=notrunc 2>/dev/null
  blockdev --rereadpt /dev/$D && echo "initramfs: grew ${D}2 from $have to $want sectors"
fi
mount -t ext4 -o rw,noatime /dev/${D}2 /mnt || exec sh
mount --move /dev /mnt/dev; mount --move /proc /mnt/proc; mount --move /sys /mnt/sys
exec switch_root /mnt /sbin/init
S
(cd "$I" && find . | cpio -o -H newc --quiet | gzip -9) >"$W/initrd.gz"

# ================================================================ root file system
busybox_tree "$R"
modules "$R" virtio_pci virtio_blk virtio_net virtio_scsi virtio_console virtio_balloon virtio_rng \
  sd_mod sr_mod ata_piix isofs vfat nls_cp437 nls_ascii nls_utf8 button evdev 8021q
prog "$R" /usr/sbin/dropbear /usr/bin/dropbearkey /usr/bin/dbclient /usr/bin/doas /sbin/resize2fs /bin/lsblk /sbin/blkid
rm -f "$R/bin/blkid" # busybox's knows no labels
for l in libnss_files.so.2 libnss_dns.so.2 libnss_compat.so.2; do   # empty stubs on glibc 2.36, kept small
  [ -e /lib/x86_64-linux-gnu/$l ] && cp -L /lib/x86_64-linux-gnu/$l "$R/lib/x86_64-linux-gnu/"
done
# Debian 12's PAM looks below /lib, Debian 13's below /usr/lib.
for d in lib usr/lib; do
  mkdir -p "$R/$d/x86_64-linux-gnu/security"
  cp /lib/x86_64-linux-gnu/security/pam_permit.so "$R/$d/x86_64-linux-gnu/security/"
done
for k in auth account session password; do echo "$k required pam_permit.so"; done | put "$R/etc/pam.d/doas"
echo "permit nopass keepenv $GUEST_USER as root" | put "$R/etc/doas.conf" 0400
chmod 4755 "$R/usr/bin/doas"; ln -sf doas "$R/usr/bin/sudo"
ln -sf dbclient "$R/usr/bin/ssh"
[ "$WITH_QGA" = 1 ] && prog "$R" /usr/sbin/qemu-ga

H=$(openssl passwd -6 "$GUEST_PASS")
printf 'root:x:0:0:root:/root:/bin/sh\n%s:x:1000:1000::/home/%s:/bin/sh\n' "$GUEST_USER" "$GUEST_USER" | put "$R/etc/passwd"
printf 'root:*:19000:0:99999:7:::\n%s:%s:19000:0:99999:7:::\n' "$GUEST_USER" "$H" | put "$R/etc/shadow" 0600
printf 'root:x:0:\ntty:x:5:\n%s:x:1000:\n' "$GUEST_USER" | put "$R/etc/group"
printf '/bin/sh\n' | put "$R/etc/shells"
printf '%s\n' "$NAME" | put "$R/etc/hostname"
printf '127.0.0.1 localhost\n::1 localhost\n' | put "$R/etc/hosts"
printf 'NAME=%s\nID=%s\nVERSION_ID=%s\nPRETTY_NAME="%s %s"\n' $NAME $NAME $VERSION $NAME $VERSION | put "$R/etc/os-release"
mkdir -p "$R/home/$GUEST_USER" "$R/etc/dropbear" "$R/var/run" "$R/var/lib/cloud"
echo "export PATH=/bin:/sbin:/usr/bin:/usr/sbin; PS1='\$ '" | put "$R/etc/profile"
printf "GUEST_USER=%s\nGUEST_PASS=%s\nNAME=%s\nVERSION=%s\n" $GUEST_USER $GUEST_PASS $NAME $VERSION | put "$R/etc/cloud.conf"


# two commands the guest agent calls and busybox lacks
put "$R/sbin/shutdown" 0755 <<'S'
#!/bin/sh
case "$*" in *-r*) exec /bin/reboot ;; *) exec /bin/poweroff ;; esac
S
put "$R/usr/sbin/chpasswd" 0755 <<'S'
#!/bin/sh
while IFS=: read -r u p; do
  [ "$1" = -e ] && h=$p || h=$(mkpasswd -m sha512 "$p")
  sed -i "s|^$u:[^:]*:|$u:$h:|" /etc/shadow
done
S
put "$R/etc/inittab" <<'S'
::sysinit:/etc/rc.sysinit
::wait:/etc/rc.cloud
ttyS0::respawn:/sbin/getty -L 115200 ttyS0 vt100
tty1::respawn:/sbin/getty 38400 tty1 linux
::respawn:/sbin/ssh-server
::ctrlaltdel:/bin/reboot
::shutdown:/etc/rc.shutdown
S
put "$R/sbin/ssh-server" 0755 <<'S'
#!/bin/sh
[ -e /run/poweroff ] && exec sleep 60
exec /usr/sbin/dropbear -F -r /etc/dropbear/dropbear_ed25519_host_key -r /etc/dropbear/dropbear_ecdsa_host_key
S
put "$R/etc/rc.sysinit" 0755 <<'S'
#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
mkdir -p /dev/pts /dev/shm; mount -t devpts -o gid=5,mode=620 devpts /dev/pts
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /tmp; chmod 1777 /tmp
# coldplug: load a driver for everything that has a modalias, twice (virtio_pci makes new devices)
for i in 1 2; do cat /sys/bus/*/devices/*/modalias 2>/dev/null | sort -u | xargs -r modprobe -qa 2>/dev/null; done
for m in virtio_rng virtio_net virtio_console button evdev sr_mod; do modprobe $m 2>/dev/null; done
# hot-plug: every kernel uevent goes to /sbin/hotplug
uevent /sbin/hotplug >/dev/null 2>&1 &
acpid -c /etc/acpi -M /etc/acpi.map -l /var/log/acpid.log
root=$(awk '$2=="/"{print $1}' /proc/mounts | tail -1)
resize2fs "$root" >/dev/null 2>&1 || true
ip link set lo up
hostname -F /etc/hostname
S
put "$R/etc/acpi/PWRF/00000080" 0755 <<'S'
#!/bin/sh
echo "acpi: power button pressed, shutting down" >/dev/console
# Nobody gets in any more, but who is at it gets through, as on a guest that has services to stop first.
touch /run/poweroff; pkill -P 1 dropbear
sleep 1
poweroff
S
put "$R/etc/acpi.map" <<'S'
EV_KEY 0x01 KEY_POWER 116 1 PWRF/00000080
S
put "$R/etc/rc.shutdown" 0755 <<'S'
#!/bin/sh
echo "=== $(. /etc/cloud.conf; echo $NAME): shutting down, uptime $(cut -d' ' -f1 /proc/uptime) ===" >/dev/console
sync; mount -o remount,ro / 2>/dev/null
S
put "$R/sbin/hotplug" 0755 <<'S'
#!/bin/sh
# run by busybox `uevent` with the event's variables in the environment
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
case "$ACTION:$SUBSYSTEM" in
  add:net) case $INTERFACE in eth*|en*)
      echo "hotplug: net $INTERFACE added" >/dev/console
      [ -e /run/cloud.done ] && net-up "$INTERFACE" bg >/dev/console 2>&1 & ;; esac ;;
  remove:net) echo "hotplug: net $INTERFACE removed" >/dev/console
      kill "$(cat /run/udhcpc.$INTERFACE.pid 2>/dev/null)" 2>/dev/null ;;
  add:block|remove:block) [ "$DEVTYPE" = disk ] && echo "hotplug: disk $DEVNAME $ACTION" >/dev/console ;;
  change:block) [ "$RESIZE" = 1 ] && echo "hotplug: disk $DEVNAME resized to $(cat /sys/block/$DEVNAME/size) sectors" >/dev/console ;;
  add:*) [ -n "$MODALIAS" ] && modprobe -q "$MODALIAS" ;;
esac
exit 0
S
put "$R/sbin/net-up" 0755 <<'S'
#!/bin/sh
# net-up IFACE [bg]: link up, DHCPv4 (IPv6 by router advertisement comes from the kernel)
i=$1; ip link set "$i" up
opts="-i $i -s /sbin/udhcpc.script -p /run/udhcpc.$i.pid -x hostname:$(hostname) -O mtu -O staticroutes -O 26 -O 121"
if [ "$2" = bg ]; then udhcpc $opts -b -t 5 -T 1
else udhcpc $opts -t 10 -T 1 -n; fi
S
put "$R/sbin/udhcpc.script" 0755 <<'S'
#!/bin/sh
masklen() { ipcalc -p "$1" "$2" | cut -d= -f2; }
case $1 in
deconfig) ip addr flush dev $interface scope global 2>/dev/null; ip link set $interface up ;;
bound|renew)
  ip addr replace $ip/$(masklen $ip $subnet) dev $interface
  [ -n "$mtu" ] && ip link set $interface mtu $mtu
  m=${interface#eth}; case $m in 0|*[!0-9]*) m="" ;; *) m="metric $((100+m))" ;; esac   # eth0 owns the default route
  if [ -n "$staticroutes" ]; then            # option 121 replaces option 3 (RFC 3442)
    set -- $staticroutes
    while [ $# -ge 2 ]; do
      [ "$2" = 0.0.0.0 ] && ip route replace $1 dev $interface $m || ip route replace $1 via $2 dev $interface $m; shift 2
    done
  elif [ -n "$router" ]; then
    ip route replace default via ${router%% *} dev $interface $m
  fi
  : >/run/resolv.new; [ -n "$domain" ] && echo "search $domain" >>/run/resolv.new
  for d in $dns; do echo "nameserver $d" >>/run/resolv.new; done
  [ -n "$dns" ] && cat /run/resolv.new >/etc/resolv.conf
  echo "lease of $ip obtained, server ${serverid}, router ${router:-none}, mtu ${mtu:-default}" ;;
esac
exit 0
S
put "$R/etc/rc.cloud" 0755 <<'S'
#!/bin/sh
# first-boot and every-boot configuration from a config drive or the metadata service
export PATH=/bin:/sbin:/usr/bin:/usr/sbin; . /etc/cloud.conf
exec >/dev/console 2>&1
C=/run/cloud; mkdir -p $C; up() { cut -d' ' -f1 /proc/uptime; }
jstr() { tr -d '\n' <"$1" | grep -o "\"$2\" *: *\"[^\"]*\"" | head -1 | sed 's/^[^:]*: *"//;s/"$//'; }
# ---- config drive: ISO9660 or vfat volume labelled config-2
cfg=""
for d in /dev/sr0 /dev/vd[a-z] /dev/sd[a-z]; do
  [ -b $d ] || continue
  iso=$(dd if=$d bs=1 skip=32808 count=8 2>/dev/null); fat=$(dd if=$d bs=1 skip=43 count=8 2>/dev/null)
  case "$iso$fat" in *[cC][oO][nN][fF][iI][gG]-2*) cfg=$d; break ;; esac
done
if [ -n "$cfg" ]; then
  mkdir -p /mnt/config; mount -o ro -t iso9660 $cfg /mnt/config 2>/dev/null || mount -o ro -t vfat $cfg /mnt/config
fi
# ---- network
for i in $(ls /sys/class/net | grep -E '^(eth|en)'); do
  if [ "$i" = eth0 ]; then net-up $i || echo "no lease on $i"; udhcpc_pid=1; else net-up $i bg & fi
done
[ -e /sys/class/net/eth0 ] && ip addr show eth0 | grep -q 'inet ' || echo "network: no IPv4 address"
src=none; MD=http://169.254.169.254
if [ -r /mnt/config/openstack/latest/meta_data.json ]; then
  src="configdrive $cfg"; cp /mnt/config/openstack/latest/meta_data.json $C/meta_data.json
  [ -r /mnt/config/openstack/latest/user_data ] && cp /mnt/config/openstack/latest/user_data $C/user_data
else
  n=0; while [ $n -lt 20 ] && ip route | grep -q .; do n=$((n+1))
    if timeout 5 wget -q -O $C/iid $MD/2009-04-04/meta-data/instance-id 2>/dev/null; then
      echo "successful after $n/20 tries: up $(up). iid=$(cat $C/iid)"; src="ec2 net"; break
    fi
    echo "failed $n/20: up $(up). request failed"; [ $n -ge ${MD_TRIES:-20} ] && break; sleep 1
  done
  if [ "$src" = "ec2 net" ]; then
    timeout 5 wget -q -O $C/meta_data.json $MD/openstack/latest/meta_data.json 2>/dev/null
    timeout 5 wget -q -O $C/hostname $MD/2009-04-04/meta-data/local-hostname 2>/dev/null
    timeout 5 wget -q -O $C/keys $MD/2009-04-04/meta-data/public-keys/0/openssh-key 2>/dev/null
    timeout 5 wget -q -O $C/user_data $MD/2009-04-04/user-data 2>/dev/null || rm -f $C/user_data
  fi
fi
if [ -s $C/meta_data.json ]; then
  [ -s $C/iid ] || jstr $C/meta_data.json uuid >$C/iid
  [ -s $C/hostname ] || jstr $C/meta_data.json hostname >$C/hostname
  [ -s $C/keys ] || tr -d '\n' <$C/meta_data.json | grep -o '"public_keys" *: *{[^}]*}' | sed 's/^[^{]*{//' |
    grep -o ': *"[^"]*"' | sed 's/^: *"//;s/"$//;s/\\n//g' >$C/keys
  pw=$(jstr $C/meta_data.json admin_pass)
  [ -n "$pw" ] && { h=$(mkpasswd -m sha512 "$pw"); sed -i "s|^$GUEST_USER:[^:]*:|$GUEST_USER:$h:|" /etc/shadow; }
fi
[ -s $C/hostname ] && { h=$(cat $C/hostname); hostname "${h%%.*}"; echo "${h%%.*}" >/etc/hostname; }
for u in root $GUEST_USER; do
  home=$(awk -F: -v u=$u '$1==u{print $6}' /etc/passwd); mkdir -p $home/.ssh
  [ -s $C/keys ] && cp $C/keys $home/.ssh/authorized_keys
  chown -R $u:$u $home; chmod 700 $home $home/.ssh; [ -e $home/.ssh/authorized_keys ] && chmod 600 $home/.ssh/authorized_keys
done
# ---- once per instance
iid=$(cat $C/iid 2>/dev/null); last=$(cat /var/lib/cloud/instance-id 2>/dev/null)
if [ ! -s /etc/dropbear/dropbear_ed25519_host_key ] || { [ -n "$iid" ] && [ "$iid" != "$last" ]; }; then
  rm -f /etc/dropbear/dropbear_*; dropbearkey -t ed25519 -f /etc/dropbear/dropbear_ed25519_host_key >/dev/null 2>&1
  dropbearkey -t ecdsa -f /etc/dropbear/dropbear_ecdsa_host_key >/dev/null 2>&1
fi
echo "=== system information ==="
echo "Platform: $(cat /sys/class/dmi/id/sys_vendor 2>/dev/null) $(cat /sys/class/dmi/id/product_name 2>/dev/null) serial: $(cat /sys/class/dmi/id/product_serial 2>/dev/null)"
echo "CPUs: $(nproc) Memory: $(awk '/MemTotal/{print int($2/1024)}' /proc/meminfo)MB Kernel: $(uname -r)"
for b in /sys/block/vd* /sys/block/sd*; do [ -e $b ] && echo "Disk: ${b##*/} $(($(cat $b/size)/2048))MB serial=$(cat $b/serial 2>/dev/null)"; done
echo "=== datasource: $src ==="
echo "instance-id: $iid"; echo "local-hostname: $(hostname)"
echo "=== network info ==="; ip -o addr show scope global | awk '{print $2": "$4}'; ip route
echo "-----BEGIN SSH HOST KEY FINGERPRINTS-----"
for k in /etc/dropbear/dropbear_*_host_key; do dropbearkey -y -f $k | grep Fingerprint; done
echo "-----END SSH HOST KEY FINGERPRINTS-----"
if [ -n "$iid" ] && [ "$iid" != "$last" ]; then
  echo "$iid" >/var/lib/cloud/instance-id
  # files that the server was made with ("personality")
  tr -d '\n' <$C/meta_data.json 2>/dev/null | grep -o '"files" *: *\[[^]]*\]' | grep -o '{[^}]*}' | while read -r f; do
    echo "$f" >$C/file; from=$(jstr $C/file content_path); to=$(jstr $C/file path)
    mkdir -p "$(dirname "$to")"; cp "/mnt/config/openstack$from" "$to" && echo "=== file: $to ==="
  done
  if [ -s $C/user_data ]; then
    case "$(head -c 2 $C/user_data)" in
      '#!') cp $C/user_data /run/user-data.sh; chmod 755 /run/user-data.sh; /run/user-data.sh; echo "=== user-data: script exit $? ===" ;;
      *) echo "=== user-data: not a script, kept in $C/user_data ===" ;;
    esac
  fi
fi
if [ -x /usr/sbin/qemu-ga ]; then
  for p in /sys/class/virtio-ports/*; do
    [ "$(cat $p/name 2>/dev/null)" = org.qemu.guest_agent.0 ] &&
      { mkdir -p /var/local/run /var/run /dev/virtio-ports; ln -sf /dev/${p##*/} /dev/virtio-ports/org.qemu.guest_agent.0
        qemu-ga -d -m virtio-serial -p /dev/${p##*/} -t /run -f /run/qga.pid -l /var/log/qga.log && echo "=== qemu-ga started ==="; }
  done
fi
touch /run/cloud.done
echo "=== $NAME: current=$VERSION uptime=$(up) ==="
printf '%s %s  login as '"'%s'"' (default password: '"'%s'"'), "sudo" for root\n' "$NAME" "$VERSION" "$GUEST_USER" "$GUEST_PASS" >/etc/issue
S
mkdir -p "$R/sbin"; ln -sf /bin/busybox "$R/sbin/init"; for a in getty modprobe reboot poweroff; do ln -sf /bin/busybox "$R/sbin/$a"; done
chmod 1777 "$R/tmp"; chmod 700 "$R/root"; chown -R 1000:1000 "$R/home/$GUEST_USER" 2>/dev/null || true

# ================================================================ assemble the disk
SEC=2048; BOOT_S=$((BOOT_MB*2048)); ROOT_S=$((ROOT_MB*2048)); P2=$((SEC+BOOT_S)); TOTAL=$((P2+ROOT_S))
export MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null
truncate -s $((BOOT_MB*1024*1024)) "$W/boot.fat"
# Clusters of 2 KiB: more than 4084 of them, so FAT16. Hidden sectors: syslinux needs where the partition begins.
mformat -i "$W/boot.fat" -v BOOT -T $BOOT_S -h 64 -s 32 -H $SEC -c 4 ::
put "$W/syslinux.cfg" <<'S'
DEFAULT linux
PROMPT 0
TIMEOUT 1
LABEL linux
  LINUX /vmlinuz
  INITRD /initrd.gz
  APPEND console=tty0 console=ttyS0,115200n8 net.ifnames=0 biosdevname=0 mitigations=off no_timer_check panic=10
S
mmd -i "$W/boot.fat" ::/EFI ::/EFI/BOOT ::/syslinux
mcopy -i "$W/boot.fat" "$K/boot/vmlinuz-$KVER" ::/vmlinuz
mcopy -i "$W/boot.fat" "$W/initrd.gz" ::/initrd.gz
mcopy -i "$W/boot.fat" "$W/syslinux.cfg" ::/syslinux/syslinux.cfg
mcopy -i "$W/boot.fat" "$W/syslinux.cfg" ::/EFI/BOOT/syslinux.cfg
mcopy -i "$W/boot.fat" /usr/lib/SYSLINUX.EFI/efi64/syslinux.efi ::/EFI/BOOT/BOOTX64.EFI
mcopy -i "$W/boot.fat" /usr/lib/syslinux/modules/efi64/ldlinux.e64 ::/EFI/BOOT/ldlinux.e64
syslinux --install --directory syslinux "$W/boot.fat"
truncate -s $((ROOT_MB*1024*1024)) "$W/root.ext4"
mke2fs -q -t ext4 -O ^metadata_csum_seed,^orphan_file -m 0 -N 2048 -L cloudroot -E root_owner=0:0,resize=8388608 -J size=1 -d "$R" "$W/root.ext4" 2>/dev/null ||
  mke2fs -q -t ext4 -m 0 -N 2048 -L cloudroot -J size=1 -d "$R" "$W/root.ext4"
RAW=$W/disk.raw; truncate -s $((TOTAL*512)) "$RAW"
# The partition table by hand: 16 bytes per entry from offset 446, addresses as 32-bit little endian sector numbers.
le32() { printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
entry() { printf "\\$(printf %03o "$1")\376\377\377\\$(printf %03o "$2")\376\377\377$(le32 "$3")$(le32 "$4")"; }
{ entry 128 14 $SEC $BOOT_S; entry 0 131 $P2 $ROOT_S; } | dd of="$RAW" bs=1 seek=446 conv=notrunc status=none
printf '\125\252' | dd of="$RAW" bs=1 seek=510 conv=notrunc status=none
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$RAW" bs=440 count=1 conv=notrunc status=none
dd if="$W/boot.fat" of="$RAW" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$W/root.ext4" of="$RAW" bs=512 seek=$P2 conv=notrunc,sparse status=none
case $OUT in
  *.qcow2) qemu-img convert -q -c -O qcow2 "$RAW" "$OUT" ;;
  *) cp --sparse=always "$RAW" "$OUT" ;;
esac
echo "$OUT: $(stat -c %s "$OUT") bytes (virtual $((TOTAL*512))), kernel $KVER, initrd $(stat -c %s "$W/initrd.gz"), root used $(du -sm "$R" | cut -f1) MB"
