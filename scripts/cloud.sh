# Starting and stopping the cloud as a background process.

default_data() { if [ "$(id -u)" -eq 0 ]; then echo /var/lib/yun; else echo "$HOME/.yun"; fi; }

# Reads --data, --simulated, --foreground and --purge; REST is what goes to the program, always with its --data.
parse_data() {
  DATA=$(default_data)
  SIMULATED=no FOREGROUND=no PURGE=no REST=()
  while [ $# -gt 0 ]; do
    case $1 in
      --data)
        [ $# -gt 1 ] || { echo "yun: --data needs a directory" >&2; exit 2; }
        DATA=$2
        shift
        ;;
      --data=*) DATA=${1#--data=} ;;
      --simulated) SIMULATED=yes REST+=("$1") ;;
      --foreground) FOREGROUND=yes REST+=("$1") ;;
      --purge) PURGE=yes ;;
      *) REST+=("$1") ;;
    esac
    shift
  done
  DATA=$(readlink -m "$DATA")
  REST+=(--data "$DATA")
}

running_pid() {
  local pid
  pid=$(cat "$DATA/run/yun.pid" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q cloud.yun.app.Main && echo "$pid"
}

# On its way out: killed, and the kernel is still taking it down.
dying() {
  local mask
  for mask in $(awk '/^(SigPnd|ShdPnd):/ {print $2}' "/proc/$1/status" 2>/dev/null); do
    if [ $((16#$mask & 0x100)) -ne 0 ]; then return 0; fi
  done
  return 1
}

# Whether there is a cloud that works. One that another caller just started is waited for, one that ends until it is gone.
already_up() {
  local pid waited=0
  while pid=$(running_pid); do
    if [ -f "$DATA/run/endpoints" ] && ! dying "$pid"; then return 0; fi
    waited=$((waited + 1))
    if [ "$waited" -gt 1200 ]; then echo "yun: process $pid neither answers nor ends; see $DATA/log" >&2; exit 1; fi
    read -r -t 0.1 <> <(:) || true
  done
  return 1
}

cloud_up() {
  parse_data "$@"
  if already_up; then
    echo "Yun already runs (process $(running_pid)) on $DATA."
    cat "$DATA/run/endpoints" 2>/dev/null || true
    return 0
  fi
  if [ "$SIMULATED" = no ]; then
    [ "$(id -u)" -eq 0 ] || { echo "yun: real guests need root; as another user start with --simulated" >&2; exit 1; }
    need_real
  fi
  build_if_stale
  mkdir -p "$DATA/run" "$DATA/log"
  rm -f "$DATA/run/endpoints"
  chmod 0711 "$DATA"
  [ "$SIMULATED" = yes ] || build_guest_image
  java_command
  if [ "$FOREGROUND" = yes ]; then exec "${JAVA_COMMAND[@]}" serve "${REST[@]}"; fi
  local fifo=$DATA/run/notify
  rm -f "$fifo"
  mkfifo -m 0600 "$fifo"
  exec 3<>"$fifo"
  setsid "${JAVA_COMMAND[@]}" serve "${REST[@]}" --notify "$fifo" >>"$DATA/log/stdout.log" 2>&1 3>&- </dev/null &
  local pid=$! line= part= waited=0
  # From now on `down` finds it, also when this launcher is stopped before the cloud is ready.
  echo "$pid" >"$DATA/run/yun.pid"
  # On a busy host the time may be over in the middle of the line.
  while ! read -r -t 1 -u 3 part; do
    line+=$part
    waited=$((waited + 1))
    if ! kill -0 "$pid" 2>/dev/null; then
      echo "yun: it did not start:" >&2
      grep -v "^\s*at " "$DATA/log/stdout.log" | tail -5 >&2
      rm -f "$fifo"
      exit 1
    fi
    if [ "$waited" -ge 120 ]; then echo "yun: no answer after 120 s; see $DATA/log" >&2; exit 1; fi
  done
  line+=$part
  exec 3>&-
  rm -f "$fifo"
  case $line in ready*) ;; *) echo "yun: $line" >&2; exit 1 ;; esac
  cat "$DATA/run/endpoints"
}

# The tiny guest that the first start uploads; made once per version of its recipe.
build_guest_image() {
  local image=$CACHE/yunos.qcow2
  if [ ! -f "$image" ] || [ "$HERE/guest-image/build.sh" -nt "$image" ]; then
    echo "yun: making the guest image" >&2
    mkdir -p "$CACHE"
    "$HERE/guest-image/build.sh" "$image.new.qcow2" >"$CACHE/guest-image.log" 2>&1 || {
      echo "yun: the guest image could not be made; see $CACHE/guest-image.log" >&2
      tail -3 "$CACHE/guest-image.log" >&2
      exit 1
    }
    mv "$image.new.qcow2" "$image"
  fi
  export YUN_GUEST_IMAGE=$image
}

cloud_down() {
  parse_data "$@"
  local pid
  if pid=$(running_pid) && [ -n "$pid" ]; then
    kill -TERM "$pid"
    local tenths=0
    while kill -0 "$pid" 2>/dev/null; do
      tenths=$((tenths + 1))
      if [ "$tenths" -gt 300 ]; then echo "yun: process $pid did not stop in 30 s; killing it" >&2; kill -KILL "$pid"; fi
      read -r -t 0.1 <> <(:) || true
    done
    echo "Yun stopped."
  else
    echo "Yun does not run on $DATA."
  fi
  rm -f "$DATA/run/yun.pid" "$DATA/run/endpoints"
  if [ "$PURGE" = yes ] && [ -d "$DATA" ]; then
    build_if_stale
    run_java purge --data "$DATA"
    rm -rf "$DATA"
    echo "Nothing of $DATA is left."
  fi
}

cloud_status() {
  parse_data "$@"
  local pid
  if pid=$(running_pid) && [ -n "$pid" ]; then
    echo "Yun runs: process $pid, data $DATA, log $DATA/log/yun.log"
    cat "$DATA/run/endpoints" 2>/dev/null || true
  else
    echo "Yun does not run on $DATA. Start it with ./yun up"
    return 3
  fi
}
