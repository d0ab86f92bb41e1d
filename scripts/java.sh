# The JDK, Maven, the build, and how the program is run.

find_jdk() {
  local candidate
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -n "$candidate" ] && [ -x "$candidate/bin/javac" ] || continue
    grep -qs '^JAVA_VERSION="25' "$candidate/release" && { echo "$candidate"; return 0; }
  done
  return 1
}

need_jdk() {
  if ! JAVA_HOME=$(find_jdk); then
    if apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then need_packages openjdk-25-jdk-headless; fi
    JAVA_HOME=$(find_jdk) || {
      echo "yun: no JDK 25 was found; install one (Temurin 25, or Debian's openjdk-25-jdk-headless) or set JAVA_HOME" >&2
      exit 1
    }
  fi
  export JAVA_HOME
}

# Maven 3.9.12 by its coordinates, through whatever Maven the host has. Prints the mvn to use.
find_maven() {
  local own=$CACHE/apache-maven-3.9.12
  if [ ! -x "$own/bin/mvn" ]; then
    need_packages $PACKAGES_BUILD
    mkdir -p "$CACHE"
    # From a folder of its own: the project's .mvn/jvm.config is for JDK 25 and this Maven may run on another.
    (cd "$CACHE" && env -u JAVA_HOME mvn -q -B dependency:copy -Dartifact=org.apache.maven:apache-maven:3.9.12:zip:bin \
      -DoutputDirectory="$CACHE" >"$CACHE/maven.log" 2>&1 && unzip -q -o apache-maven-3.9.12-bin.zip) || {
      echo "yun: Maven 3.9.12 could not be fetched; see $CACHE/maven.log" >&2; exit 1; }
  fi
  echo "$own/bin/mvn"
}

maven() {
  need_jdk
  local mvn
  mvn=$(find_maven) || return 1
  (cd "$HERE" && "$mvn" -B -ntp "$@")
}

stale() {
  [ -f "$BUILD/stamp" ] || return 0
  [ -n "$(find "$HERE/pom.xml" "$HERE"/*/pom.xml "$HERE"/*/src/main -newer "$BUILD/stamp" -type f -print -quit)" ]
}

build_if_stale() {
  need_jdk
  stale || return 0
  mkdir -p "$BUILD"
  (
    flock 9
    stale || exit 0
    echo "yun: building" >&2
    rm -rf "$BUILD/lib" "$BUILD/yun.aot" "$HERE/app/target/lib"
    maven -q package -Dmaven.test.skip=true -pl app -am >"$BUILD/build.log" 2>&1 || {
      echo "yun: the build failed; see $BUILD/build.log" >&2; grep -m5 -E 'ERROR|^yun:' "$BUILD/build.log" >&2; exit 1; }
    mkdir -p "$BUILD/lib"
    cp "$HERE"/app/target/lib/*.jar "$HERE"/app/target/yun-app-*.jar "$BUILD/lib/"
    train
    touch "$BUILD/stamp"
  ) 9>"$BUILD/lock"
}

class_path() { local IFS=:; local jars=("$BUILD"/lib/*.jar); echo "${jars[*]}"; }

# The same flags for training and for running, or the AOT cache does not fit.
JVM_FLAGS=(-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xmx256m -Xss512k --enable-native-access=ALL-UNNAMED
  -Dfile.encoding=UTF-8 -Djava.awt.headless=true)

# One start and stop of a simulated cloud; the classes it loads are kept ready for the next starts.
train() {
  local data
  data=$(mktemp -d)
  "$JAVA_HOME/bin/java" "${JVM_FLAGS[@]}" -XX:AOTCacheOutput="$BUILD/yun.aot" -cp "$(class_path)" cloud.yun.app.Main \
    train --data "$data" >"$BUILD/train.log" 2>&1 ||
    { echo "yun: no AOT cache, starts will be slower; see $BUILD/train.log" >&2; rm -f "$BUILD/yun.aot"; }
  rm -rf "$data"
}

java_command() {
  local aot=()
  [ -f "$BUILD/yun.aot" ] && aot=(-XX:AOTCache="$BUILD/yun.aot" -Xlog:disable -Xlog:all=error:stderr)
  JAVA_COMMAND=("$JAVA_HOME/bin/java" "${JVM_FLAGS[@]}" "${aot[@]}" -Dyun.home="$HERE" -cp "$(class_path)" cloud.yun.app.Main)
}

run_java() { java_command; "${JAVA_COMMAND[@]}" "$@"; }
