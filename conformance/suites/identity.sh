#!/usr/bin/env bash
# Identity, judged by OpenStack's own tests: Tempest's and Keystone's plugin, the plugin's RBAC tests included.
. "$(dirname "$0")/tempest-lib.sh"
trap cloud_stop EXIT
tempest_packages
# Tempest makes hundreds of users, each with its own roles; bcrypt's cost is not what it judges.
cat >"$DATA.conf" <<CONF
[identity]
password_hash_rounds = 4
[security_compliance]
lockout_failure_attempts = 2
lockout_duration = 5
unique_last_password_count = 2
CONF
cloud_start --simulated --config "$DATA.conf"
# The personas of the RBAC tests have the one role that they are named for, and no other.
TEMPEST_ROLES= tempest_conf <<CONF
admin_role = admin
user_unique_last_password_count = 2
user_lockout_failure_attempts = 2
user_lockout_duration = 5
[identity-feature-enabled]
api_v2 = false
api_v3 = true
application_credentials = true
access_rules = true
trust = true
domain_specific_drivers = false
security_compliance = true
project_tags = true
external_idp = false
federation = false
enforce_scope = true
[enforce_scope]
keystone = true
[service_available]
cinder = false
neutron = false
glance = false
nova = false
swift = false
horizon = false
CONF
known=$HERE/conformance/tempest/identity.known
[ -z "${TEMPEST_SOURCES:-}" ] || known=$HERE/conformance/tempest/identity-newest.known
tempest_run "${TESTS:-^(tempest\.api\.identity|keystone_tempest_plugin)}" "$known"
log_is_clean
