#!/usr/bin/env bash
# The object store as its clients use it: Debian's `openstack`, `swift` and `rclone` against one simulated cloud.
. "$(dirname "$0")/lib.sh"
trap cloud_stop EXIT
cloud_start --simulated
URL=http://127.0.0.1:$PORT
WORK=$DATA.work
mkdir -p "$WORK"
head -c 3000000 /dev/urandom >"$WORK/big"
printf 'hello' >"$WORK/hello.txt"
. "$DATA/demo-openrc"
export OS_STORAGE_URL OS_AUTH_TOKEN
OS_AUTH_TOKEN=$(os token issue -f value -c id)
OS_STORAGE_URL=$URL/object-store/v1/AUTH_$(curl -sf -H "X-Auth-Token: $OS_AUTH_TOKEN" -H "X-Subject-Token: $OS_AUTH_TOKEN" \
  "$URL/identity/v3/auth/tokens" | jq -r .token.project.id)

five() {
  local type url catalog
  catalog=$(curl -sf -H "X-Auth-Token: $OS_AUTH_TOKEN" "$URL/identity/v3/auth/catalog")
  for type in compute block-storage object-store network image; do
    url=$(jq -er --arg t "$type" '.catalog[] | select(.type == $t).endpoints[] | select(.interface == "public").url' <<<"$catalog") || return 1
    curl -sf -o /dev/null -H "X-Auth-Token: $OS_AUTH_TOKEN" "$url${type/object-store/}" ||
      curl -sf -o /dev/null -H "X-Auth-Token: $OS_AUTH_TOKEN" "${url%/}/" ||
      curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $OS_AUTH_TOKEN" "$url" | grep -qE '^(2|3)' || { echo "$type does not answer at $url"; return 1; }
  done
}
proves S3.17 "compute, block storage, object store, network and image are in the catalog and answer" five

# One process for all commands of the block: the client is slow to start.
openstack_client() {
  os container create box -f value -c container | grep -q box &&
    (cd "$WORK" && os object create box hello.txt big -f value -c object | grep -q hello.txt) &&
    os object save box big --file "$WORK/saved" && cmp "$WORK/big" "$WORK/saved" &&
    [ "$(os container show box -f value -c object_count)" = 2 ] &&
    [ "$(os object list box -f value | sort | paste -sd' ')" = "big hello.txt" ] &&
    os object delete box hello.txt big && os container delete box
}
check "openstack: container create, object create, save, list, delete" openstack_client

swift_client() {
  local container
  cd "$WORK" || return 1
  swift upload --segment-size 1000000 large big >/dev/null &&
    swift stat large big | grep -q 'Content Length: 3000000' &&
    swift download large big -o "$WORK/down" >/dev/null && cmp big down &&
    swift upload --use-slo --segment-size 1000000 static big >/dev/null &&
    swift download static big -o "$WORK/down2" >/dev/null && cmp big down2 &&
    [ "$(swift list large_segments | wc -l)" = 3 ] &&
    swift post -m 'Color:grün' -r '.r:*,.rlistings' large && swift post -r '.r:*' large_segments && swift stat large | grep -q 'Meta Color: grün' &&
    curl -sf "$OS_STORAGE_URL/large/big" | cmp - big &&
    swift copy -d /static/copied static big >/dev/null && swift download static copied -o - | cmp - big &&
    for container in $(swift list); do swift delete "$container" >/dev/null || return 1; done
}
check "swift: segments, dynamic and static, metadata, copy, public reading, delete" swift_client

temporary() {
  local key=s3cret path sig
  swift post -m "Temp-URL-Key:$key" && swift upload signed "$WORK/hello.txt" --object-name hello.txt >/dev/null || return 1
  path=$(swift tempurl --digest sha256 GET 600 "${OS_STORAGE_URL#"$URL"}/signed/hello.txt" "$key" 2>/dev/null) ||
    path=$(swift tempurl GET 600 "${OS_STORAGE_URL#"$URL"}/signed/hello.txt" "$key") || return 1
  sig=${path#*temp_url_sig=}; sig=${sig%%&*}
  if [ ${#sig} = 40 ]; then # this client knows SHA-1 only, which is not allowed unless an operator says so
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL$path")" = 401 ]
  else
    [ "$(curl -sf "$URL$path")" = hello ]
  fi && swift delete signed >/dev/null
}
check "swift tempurl: its signature opens the object" temporary

rclone_client() {
  local remote=":swift,env_auth=false,storage_url='$OS_STORAGE_URL',auth_token='$OS_AUTH_TOKEN',auth='$URL/identity/v3':mirror"
  mkdir -p "$WORK/tree/a/b" && cp "$WORK/hello.txt" "$WORK/tree/a/b/" && cp "$WORK/big" "$WORK/tree/ä ö.bin" || return 1
  rclone copy "$WORK/tree" "$remote" && rclone check "$WORK/tree" "$remote" &&
    printf 'changed' >"$WORK/tree/a/b/hello.txt" && rm "$WORK/tree/ä ö.bin" &&
    rclone sync "$WORK/tree" "$remote" && rclone check "$WORK/tree" "$remote" &&
    [ "$(rclone lsf -R "$remote" | grep -v '/$')" = a/b/hello.txt ] &&
    rclone purge "$remote"
}
check "rclone: copy, check, sync, list, purge" rclone_client

nothing_left() {
  swift post -m 'Temp-URL-Key:' && [ -z "$(swift list)" ] && [ -z "$(find "$DATA/object-store/objects" -type f)" ] &&
    "$HERE/yun" check --data "$DATA" | tail -3
}
check "nothing is left, neither containers nor files" nothing_left
log_is_clean
