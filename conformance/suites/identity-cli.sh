#!/usr/bin/env bash
# What operators type at identity: Debian's `openstack` against what the API itself says.
. "$(dirname "$0")/lib.sh"
trap cloud_stop EXIT
cloud_start --simulated
export CLOUD=yun-admin
URL=http://127.0.0.1:$PORT
TOKEN=$(os token issue -f value -c id)

# api PATH: the JSON that the API answers to the admin.
api() { curl -sf -H "X-Auth-Token: $TOKEN" "$URL$1"; }

# same LIST_OF_API LIST_OF_CLIENT: both, sorted, are alike and not empty.
same() { [ -n "$1" ] && [ "$(sort <<<"$1")" = "$(sort <<<"$2")" ]; }

users() { same "$(api /identity/v3/users | jq -r '.users[] | .id + " " + .name')" "$(os user list -f value)"; }
projects() { same "$(api /identity/v3/projects | jq -r '.projects[] | .id + " " + .name')" "$(os project list -f value)"; }
services() { same "$(api /identity/v3/services | jq -r '.services[] | .id + " " + .name + " " + .type')" "$(os service list -f value)"; }
roles() { same "$(api /identity/v3/roles | jq -r '.roles[] | .id + " " + .name')" "$(os role list -f value)"; }
catalog() { same "$(api /identity/v3/auth/catalog | jq -r '.catalog[].type')" "$(os catalog list -f value -c Type)"; }
proves S3.27 "user list says what the API says" users
proves S3.28 "project list says what the API says" projects
proves S3.29 "service list says what the API says" services
proves S3.31 "catalog list says what the API says" catalog
proves S3.32 "role list says what the API says" roles

endpoints() {
  local type
  same "$(api /identity/v3/endpoints | jq -r '.endpoints[].id')" "$(os endpoint list -f value -c ID)" || return 1
  for type in compute network block-storage; do
    same "$type public" "$(os endpoint list --service "$type" --interface public --region RegionOne -f value -c 'Service Type' -c Interface)" || return 1
  done
  [ -z "$(os endpoint list --region nowhere -f value 2>/dev/null)" ]
}
proves S3.30 "endpoint list and its filters by service, interface and region" endpoints

people() {
  local user
  os user create --password s3cret --email a@example.org --description first ann >/dev/null &&
    os user set --description second --disable ann &&
    [ "$(os user show ann -f value -c enabled)" = False ] && os user delete ann && ! os user show ann >/dev/null 2>&1 || return 1
  for user in nova cinder neutron glance; do os user show "$user" >/dev/null || { echo "no user $user"; return 1; }; done
}
proves S3.1 "users are made, changed and deleted; the services' users are there" people

# A user with a role in a project of its own, a server of that user, and then no such user.
outlives() {
  local project id as
  project=$(os project create outlive -f value -c id) && os user create --password s3cret bob >/dev/null &&
    os role add --user bob --project outlive member && os role add --user admin --project outlive admin || return 1
  as=(env OS_CLOUD= OS_AUTH_URL="$URL/identity/v3" OS_USERNAME=bob OS_PASSWORD=s3cret OS_PROJECT_NAME=outlive
    OS_USER_DOMAIN_ID=default OS_PROJECT_DOMAIN_ID=default OS_IDENTITY_API_VERSION=3 /usr/bin/openstack)
  id=$("${as[@]}" server create --image yunos --flavor m1.nano --network none --os-compute-api-version 2.37 --wait -f value -c id stays | tail -1) || return 1
  os user delete bob || return 1
  ! "${as[@]}" token issue >/dev/null 2>&1 || return 1
  [ "$(os server show "$id" -f value -c status)" = ACTIVE ] &&
    [ "$(os server show "$id" -f value -c project_id)" = "$project" ] &&
    os --os-project-name outlive server stop "$id" && eventually 20 stopped "$id" && os server delete --wait "$id"
}
stopped() { [ "$(os server show "$1" -f value -c status)" = SHUTOFF ]; }
proves S3.12 "a server stays its project's when the user who made it is deleted" outlives

# The pair of token and project, as the oldest clients use it.
pairs() {
  local demo project other path code
  demo=$(CLOUD=yun-demo os token issue -f value -c id) && project=$(CLOUD=yun-demo os token issue -f value -c project_id) &&
    other=$(os project show admin -f value -c id) || return 1
  for path in "/compute/v2.1/servers" "/volume/v3/$project/volumes" "/networking/v2.0/networks" "/image/v2/images"; do
    code=$(curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $demo" "$URL$path")
    [ "$code" = 200 ] || { echo "$path: $code"; return 1; }
    code=$(curl -s -o /dev/null -w '%{http_code}' "$URL$path")
    [ "$code" = 401 ] || { echo "$path without a token: $code"; return 1; }
  done
  for path in "/volume/v3/$other/volumes" "/compute/v2.1/$other/servers"; do
    code=$(curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $demo" "$URL$path")
    case $code in 400 | 403 | 404) ;; *) echo "$path of another project: $code"; return 1 ;; esac
  done
}
proves S0.3 "token and project identify every request" pairs
log_is_clean
