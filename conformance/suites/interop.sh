#!/usr/bin/env bash
# The OpenStack interoperability guideline 2020.06, "OpenStack Powered Platform": every test that it names, judged by
# Tempest. With TESTS=REGEX other tests of Tempest are judged instead, for instance TESTS='^tempest\.api\.volume'.
. "$(dirname "$0")/tempest-lib.sh"
trap cloud_stop EXIT
tempest_packages
cloud_start --simulated
check "what Tempest needs is there" tempest_needs || exit 1
tempest_conf < <(tempest_conf_services)
if [ -n "${TESTS:-}" ]; then tempest_run "$TESTS"; else tempest_list "$HERE/conformance/tempest/interop-2020.06.txt"; fi
log_is_clean
