# The tests: unit and in-process ones by Maven, black-box suites against a running Yun.

SUITES_CI="cli identity identity-cli identity-commands identity-middleware object-store interop real"

run_tests() {
  local what=${1:-ci}
  [ $# -gt 0 ] && shift
  need_jdk
  need_packages $PACKAGES_BUILD $PACKAGES_TEST $PACKAGES_CLIENT
  [ "$(id -u)" -eq 0 ] && need_real
  rm -rf "$BUILD/results" "$BUILD/requirements.tsv"
  mkdir -p "$BUILD/results"
  local failed=0
  case $what in
    ci | all)
      maven_tests || failed=1
      build_if_stale
      local suite
      for suite in $SUITES_CI; do run_suite "$suite" || failed=1; done
      ;;
    unit) maven_tests || failed=1 ;;
    conformance)
      build_if_stale
      if [ "${1:-}" = --postgresql ]; then export YUN_TEST_DATABASE=postgresql; shift; fi
      if [ $# -eq 0 ]; then set -- $SUITES_CI; fi
      for suite in "$@"; do run_suite "$suite" || failed=1; done
      ;;
    *) echo "yun: there is no kind of test '$what'" >&2; exit 2 ;;
  esac
  summary || failed=1
  return $failed
}

# Formatting, Error Prone, NullAway and every JUnit test of every module. A failed test does not keep the next module from
# its tests; the summary counts it.
maven_tests() {
  rm -f "$HERE"/*/target/requirements.tsv
  rm -rf "$HERE"/*/target/surefire-reports
  build_guest_image_if_root
  # Recorded answers of a real OpenStack; the rooms replay them.
  export YUN_GOLDEN=$HERE/testing/golden
  touch "$BUILD/tests-began"
  maven verify spotless:check -Dmaven.test.failure.ignore=true --fail-at-end -Dyun.guest.image="${YUN_GUEST_IMAGE:-}" 2>&1 |
    tee "$BUILD/maven-test.log" | grep -E --line-buffered '^\[(ERROR|INFO)\] (Tests run|Building|BUILD|.*FAIL)|^\[ERROR\]' || true
  # What the tests of this run left in the temporary directory goes with it.
  find /tmp -maxdepth 1 -uid "$(id -u)" -newer "$BUILD/tests-began" \( -name 'yun-*' -o -name 'junit*' -o -name 'sqlite-3*' \) \
    -exec rm -rf {} +
  grep -q 'BUILD SUCCESS' "$BUILD/maven-test.log"
}

build_guest_image_if_root() { if [ "$(id -u)" -eq 0 ]; then build_guest_image; fi; }

# A suite is a script; it reports each case with ok/not_ok/skip of conformance/suites/lib.sh.
run_suite() {
  local suite=$1 script=$HERE/conformance/suites/$1.sh
  [ -f "$script" ] || { echo "yun: there is no suite '$suite'" >&2; exit 2; }
  echo "== suite $suite${YUN_TEST_DATABASE:+ on $YUN_TEST_DATABASE}"
  SUITE=$suite RESULTS=$BUILD/results/$suite.tsv bash "$script" || echo "not_ok	the suite ran to its end" >>"$BUILD/results/$suite.tsv"
  ! grep -q '^not_ok' "$BUILD/results/$suite.tsv"
}

# Adds up JUnit's reports and the suites' lines. The last line is what CI reads.
summary() {
  local passed=0 failed=0 skipped=0 file counts
  for file in "$HERE"/*/target/surefire-reports/TEST-*.xml; do
    [ -f "$file" ] || continue
    counts=$(grep -m1 -o '<testsuite [^>]*' "$file" | tr ' ' '\n' | awk -F'"' '
      /^tests=/ {t=$2} /^errors=/ {e=$2} /^failures=/ {f=$2} /^skipped=/ {s=$2} END {print t-e-f-s, e+f, s}')
    read -r p f s <<<"$counts"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  done
  for file in "$BUILD"/results/*.tsv; do
    [ -f "$file" ] || continue
    passed=$((passed + $(grep -c '^ok' "$file" || true)))
    failed=$((failed + $(grep -c '^not_ok' "$file" || true)))
    skipped=$((skipped + $(grep -c '^skip' "$file" || true)))
    grep -h '^not_ok' "$file" | sed "s/^/FAILED $(basename "$file" .tsv): /" || true
  done
  if [ -f "$BUILD/maven-test.log" ] && ! grep -q 'BUILD SUCCESS' "$BUILD/maven-test.log" && [ "$failed" -eq 0 ]; then
    failed=$((failed + 1))
    echo "FAILED the build itself; see $BUILD/maven-test.log"
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
