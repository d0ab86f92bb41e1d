#!/usr/bin/env bash
# The OpenStack interoperability guideline 2020.06, "OpenStack Powered Platform": every test that it names, judged by
# Tempest. With GUESTS=real on real guests (suite interop-real). With TESTS=REGEX other tests of Tempest are judged
# instead, for instance TESTS='^tempest\.api\.volume'.
. "$(dirname "$0")/tempest-lib.sh"
trap cloud_stop EXIT
tempest_packages
# Tempest imports an image from an address of this very host, which the cloud fetches from only when told so.
printf '[import_filtering_opts]\nallowed_hosts = *,127.0.0.1\nallowed_ports = 80,%s\n' "$PORT" >"$DATA.import.conf"
# Volumes that change their type go from one back end to the other.
printf '[block-storage]\nenabled_backends = local,second\n' >>"$DATA.import.conf"
# Tempest looks at an image while it is saved, which takes a simulated host no time. COMPUTE_NODES=2 also judges what
# needs a second host: cold migration, affinity.
printf '[simulated]\nhosts = %s\ndelays = compute.snapshot:1\n' "${COMPUTE_NODES:-1}" >>"$DATA.import.conf"
if [ "${GUESTS:-simulated}" = real ]; then
  # Guests that boot, and that Tempest logs in to by floating IP.
  export VALIDATION=true STORAGE_PROTOCOL=file
  cloud_start --config "$DATA.import.conf"
else
  cloud_start --simulated --config "$DATA.import.conf"
fi
# Not through check: what it finds are variables of this shell.
if tempest_needs 2>"$DATA.needs.log"; then ok "what Tempest needs is there"; else not_ok "what Tempest needs is there" "$(tail -3 "$DATA.needs.log")"; exit 1; fi
# The tests of server metadata are skipped without this flag, which also turns on those of os-agents: no Nova of today
# has that API, and the guideline does not name it.
[ -n "${TESTS:-}" ] || XENAPI_APIS=true
tempest_conf < <(tempest_conf_services)
if [ -n "${TESTS:-}" ]; then tempest_run "$TESTS"; else tempest_list "$HERE/conformance/tempest/interop-2020.06.txt"; fi
log_is_clean
