# For suites that let Tempest judge a running cloud: Debian's Tempest and its plugins, in a work directory of its own.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
TEMPEST=$DATA.tempest
# Another Tempest, and plugins, than the installed ones: a directory of sources, for judging with the newest tests.
TESTS_FROM=${TEMPEST_SOURCES:-/usr/lib/python3/dist-packages}
[ -z "${TEMPEST_SOURCES:-}" ] || export PYTHONPATH=$TEMPEST_SOURCES

# The packages' own tests; Debian splits them from this machine's other Pythons.
tempest_packages() { . "$HERE/scripts/packages.sh" && need_packages $PACKAGES_TEMPEST; }

admin_password() { awk '/password:/ {print $2; exit}' <(sed -n '/yun-admin:/,$p' "$DATA/clouds.yaml"); }

# tempest_conf < SETTINGS: a work directory whose tempest.conf has the cloud's address and admin, then SETTINGS.
tempest_conf() {
  mkdir -p "$TEMPEST/lock"
  {
    cat <<CONF
[DEFAULT]
log_file = tempest.log
log_dir = $TEMPEST
use_stderr = false
[oslo_concurrency]
lock_path = $TEMPEST/lock
[auth]
use_dynamic_credentials = true
admin_username = admin
admin_password = $(admin_password)
admin_project_name = admin
admin_domain_name = Default
tempest_roles = ${TEMPEST_ROLES-member}
[identity]
auth_version = v3
uri_v3 = http://127.0.0.1:$PORT/identity/v3
region = RegionOne
v3_endpoint_type = public
default_domain_id = default
CONF
    cat
  } >"$TEMPEST/tempest.conf"
  cat >"$TEMPEST/.stestr.conf" <<CONF
[DEFAULT]
test_path=$TESTS_FROM/tempest/test_discover
top_dir=$TESTS_FROM
CONF
  (cd "$TEMPEST" && /usr/bin/stestr init)
}

# What Tempest's tests of servers, networks, volumes and images need to be there: two images and the names of what is.
tempest_needs() {
  export OS_CLOUD=yun-admin
  local os=/usr/bin/openstack size=$((1 << 20)) other=raw
  IMAGE=$($os image show yunos -f value -c id) || return 1
  # A rebuild boots the other image, and Tempest logs in to that one too.
  if [ "${VALIDATION:-false}" = true ]; then $os image save --file "$DATA.other.img" yunos || return 1; other=qcow2
  else head -c $size /dev/zero >"$DATA.other.img"; fi
  IMAGE_ALT=${IMAGE_ALT:-$($os image create --public --disk-format $other --container-format bare --file "$DATA.other.img" other -f value -c id)} || return 1
  FLAVOR=$($os flavor show m1.nano -f value -c id) && FLAVOR_ALT=$($os flavor show m1.micro -f value -c id) || return 1
  PUBLIC=$($os network show public -f value -c id) || return 1
  EXTENSIONS=$($os extension list --network -f value -c Alias | sort | paste -sd,)
  OBJECT_APIS=$(curl -sf "http://127.0.0.1:$PORT/info" | jq -r 'keys | join(",")') || return 1
  unset OS_CLOUD
}

# The sections of tempest.conf that tell of servers, networks, volumes, images and objects; after tempest_needs.
tempest_conf_services() {
  cat <<CONF
[identity-feature-enabled]
api_v2 = false
api_v3 = true
application_credentials = true
access_rules = true
trust = true
security_compliance = false
external_idp = false
[service_available]
cinder = true
neutron = true
glance = true
nova = true
swift = true
horizon = false
[image]
build_timeout = 60
build_interval = 1
http_image = http://127.0.0.1:$PORT/identity/v3
[image-feature-enabled]
import_image = true
os_glance_reserved = true
api_v2 = true
[network]
public_network_id = $PUBLIC
project_network_cidr = 10.100.0.0/16
floating_network_name = public
[network-feature-enabled]
ipv6 = true
ipv6_subnet_attributes = true
floating_ips = true
api_extensions = $EXTENSIONS
[compute]
image_ref = $IMAGE
image_ref_alt = $IMAGE_ALT
flavor_ref = $FLAVOR
flavor_ref_alt = $FLAVOR_ALT
min_compute_nodes = ${COMPUTE_NODES:-1}
build_interval = 1
build_timeout = 120
fixed_network_name = private
min_microversion = 2.1
max_microversion = latest
[compute-feature-enabled]
resize = true
pause = true
suspend = true
shelve = true
snapshot = true
rescue = true
stable_rescue = true
console_output = true
vnc_console = true
live_migration = false
cold_migration = $([ "${COMPUTE_NODES:-1}" -gt 1 ] && echo true || echo false)
block_migration_for_live_migration = false
interface_attach = true
attach_encrypted_volume = false
swap_volume = false
personality = true
hostname_fqdn_sanitization = true
disk_config = true
xenapi_apis = ${XENAPI_APIS:-false}
config_drive = true
change_password = $([ "${VALIDATION:-false}" = true ] && echo false || echo true)
metadata_service = ${VALIDATION:-false}
[volume]
build_interval = 1
build_timeout = 120
storage_protocol = ${STORAGE_PROTOCOL:-simulated}
vendor_name = Yun
backend_names = local,second
manage_snapshot_ref = source-name,snapshot-%s
volume_size = 1
min_microversion = 3.0
max_microversion = latest
catalog_type = block-storage
[volume-feature-enabled]
backup = true
snapshot = true
clone = true
multi_backend = true
manage_volume = true
manage_snapshot = true
extend_attached_volume = true
api_v3 = true
consistency_group = false
volume_revert = false
[object-storage]
operator_role = member
reseller_admin_role = ResellerAdmin
[object-storage-feature-enabled]
container_sync = false
object_versioning = true
discoverability = true
discoverable_apis = $OBJECT_APIS
[validation]
run_validation = ${VALIDATION:-false}
connect_timeout = 10
image_ssh_user = cloud
image_ssh_password = letmein
image_alt_ssh_user = cloud
image_alt_ssh_password = letmein
CONF
}

# tempest_run REGEX [KNOWN]: runs what matches with two workers; each test becomes a case of the suite.
# KNOWN lists tests that a real OpenStack fails too or that judge something else: "test<TAB>reason"; they are skipped
# by name and reported with their reason, so that nothing vanishes.
tempest_run() {
  local regex=$1 known=${2:-/dev/null}
  (cd "$TEMPEST" && TEMPEST_CONFIG_DIR=. /usr/bin/stestr list "$regex" 2>list.err | grep -v '^\s*$' >all.list)
  tempest_load "$known"
}

# tempest_list FILE: runs the tests that FILE names, no more and no less. What stands in brackets behind a name (ids and
# attributes) depends on the configuration and does not count.
tempest_list() {
  (cd "$TEMPEST" && TEMPEST_CONFIG_DIR=. /usr/bin/stestr list 2>list.err) |
    awk -F'[' 'NR == FNR {wanted[$1] = 1; next} $1 in wanted' "$1" - >"$TEMPEST/all.list"
  tempest_load /dev/null
  local test
  while read -r test; do
    grep -qF "$test" "$TEMPEST/cases.tsv" || not_ok "$test" "it did not run"
  done < <(sed 's/\[.*//' "$1")
}

tempest_load() {
  local known=$1
  (
    cd "$TEMPEST" || exit 1
    grep -v '^#' "$known" | cut -f1 | grep -v '^$' >known.list || true
    if [ -s known.list ]; then grep -vFf known.list all.list >run.list; else cp all.list run.list; fi
    PYTHONPATH=$HERE/conformance/tempest/hurry${PYTHONPATH:+:$PYTHONPATH} TEMPEST_CONFIG_DIR=. /usr/bin/stestr --test-path "$(sed -n 's/^test_path=//p' .stestr.conf)" \
      run --concurrency 2 --load-list run.list --subunit >result.subunit 2>run.err
    /usr/bin/python3 "$HERE/conformance/tempest/cases.py" result.subunit >cases.tsv
  )
  cat "$TEMPEST/cases.tsv" >>"$RESULTS"
  grep '^not_ok' "$TEMPEST/cases.tsv" | cut -c1-300 | sed 's/^not_ok\t/   NOT OK  /'
  while IFS=$'\t' read -r test reason; do
    if grep -qF "$test" "$TEMPEST/all.list"; then printf 'skip\t%s\tnot run: %s\n' "$test" "$reason"; fi
  done < <(grep -vE '^(#|$)' "$known") | tee -a "$RESULTS" >>"$TEMPEST/cases.tsv"
  echo "   $(grep -c '^ok' "$TEMPEST/cases.tsv") passed, $(grep -c '^not_ok' "$TEMPEST/cases.tsv") failed, $(grep -c '^skip' "$TEMPEST/cases.tsv") skipped of $(wc -l <"$TEMPEST/run.list")"
  grep '^skip' "$TEMPEST/cases.tsv" | cut -f3 | sort | uniq -c | sort -rn | sed 's/^/   skipped /'
  [ -s "$TEMPEST/cases.tsv" ] || not_ok "Tempest ran" "$(tail -3 "$TEMPEST/run.err" "$TEMPEST/list.err")"
}
