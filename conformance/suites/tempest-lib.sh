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

# tempest_run REGEX [KNOWN]: runs what matches with two workers; each test becomes a case of the suite.
# KNOWN lists tests that a real OpenStack fails too or that judge something else: "test<TAB>reason"; they are skipped
# by name and reported with their reason, so that nothing vanishes.
tempest_run() {
  local regex=$1 known=${2:-/dev/null}
  (
    cd "$TEMPEST" || exit 1
    TEMPEST_CONFIG_DIR=. /usr/bin/stestr list "$regex" 2>list.err | grep -v '^\s*$' >all.list
    grep -v '^#' "$known" | cut -f1 | grep -v '^$' >known.list || true
    if [ -s known.list ]; then grep -vFf known.list all.list >run.list; else cp all.list run.list; fi
    TEMPEST_CONFIG_DIR=. /usr/bin/stestr --test-path "$(sed -n 's/^test_path=//p' .stestr.conf)" \
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
