# Lists: 100 000 servers, ports, volumes and images, pages of 100 under every filter and by every sort key. Sourced by run.sh.
# lists_postgresql: the same on a PostgreSQL server of its own. lists_rows with KEEP=FILE: only the database, for statements by hand.
. "$HERE/scripts/postgresql.sh"

# pick SQL: its rows.
pick() {
  if [ -n "${PG_DIR:-}" ]; then postgresql_query "$1"; else sqlite3 "$DATA/yun.db" "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; $1"; fi
}
# hex DIGITS EXPRESSION: an expression of SQL.
hex() { if [ -n "${PG_DIR:-}" ]; then echo "lpad(to_hex($2), $1, '0')"; else echo "printf('%0$1x', $2)"; fi; }
columns_of() {
  if [ -n "${PG_DIR:-}" ]; then
    pick "SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_name = '$1' AND is_identity = 'NO'"
  else pick "SELECT group_concat(name) FROM pragma_table_info('$1') WHERE NOT (pk = 1 AND type = 'INTEGER')"; fi
}

# multiply TABLE WHERE COLUMN=EXPRESSION...: 100 000 rows like the one row that WHERE names; `i` counts them.
multiply() {
  local table=$1 where=$2 columns expressions column override
  shift 2
  columns=$(columns_of "$table")
  for column in ${columns//,/ }; do
    override=$table.$column
    for pair in "$@"; do if [ "${pair%%=*}" = "$column" ]; then override=${pair#*=}; fi; done
    expressions+="${expressions:+, }$override"
  done
  pick "INSERT INTO $table ($columns) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
    SELECT $expressions FROM $table, n WHERE $where"
}

lists_postgresql() {
  need_packages postgresql
  postgresql_start >"$DATA/bench.postgresql.log" 2>&1 || { cat "$DATA/bench.postgresql.log" >&2; exit 1; }
  cp "$DATA/bench.conf" "$DATA/bench.conf.sqlite"
  postgresql_config >>"$DATA/bench.conf"
  lists
  mv "$DATA/bench.conf.sqlite" "$DATA/bench.conf"
  postgresql_stop
}

lists_rows() {
  up --simulated
  ADMIN=$(token admin bench)
  local project image flavor server port volume api="curl -s -f -H X-Auth-Token:$ADMIN -H Content-Type:application/json"
  project=$(pick "SELECT id FROM identity_project WHERE name = 'admin'")
  network=$($api "$URL/networking/v2.0/networks" -d '{"network": {"name": "lists"}}' | jq -r .network.id)
  subnet=$($api "$URL/networking/v2.0/subnets" -d "{\"subnet\": {\"network_id\": \"$network\", \"ip_version\": 4, \"cidr\": \"10.0.0.0/8\",
    \"enable_dhcp\": false}}" | jq -r .subnet.id)
  image=$($api "$URL/image/v2/images?name=yunos" | jq -r '.images[0].id')
  flavor=$($api "$URL/compute/v2.1/flavors" | jq -r '.flavors[] | select(.name == "m1.nano") | .id')
  server=$($api "$URL/compute/v2.1/servers" -d "{\"server\": {\"name\": \"one\", \"imageRef\": \"$image\", \"flavorRef\": \"$flavor\",
    \"networks\": [{\"uuid\": \"$network\"}]}}" | jq -r .server.id)
  volume=$($api "$URL/volume/v3/volumes" -d '{"volume": {"size": 1, "name": "one"}}' | jq -r .volume.id)
  until [ "$($api "$URL/compute/v2.1/servers/$server" | jq -r .server.status)" = ACTIVE ]; do :; done
  until [ "$($api "$URL/volume/v3/volumes/$volume" | jq -r .volume.status)" = available ]; do :; done
  port=$(pick "SELECT id FROM port WHERE device_id = '$server'")
  down

  # Ten projects, a hundred hosts that are not this one, one row in a thousand of the rare kinds.
  id_of() { echo "$(hex 8 "i * 7919 % 100000") || '-0000-4000-8000-00000000000$1'"; }
  local project_of="CASE WHEN i % 10 = 0 THEN '$project' ELSE 'project-' || (i % 10) END" at='1700000000000000 + i * CAST(1000000 AS BIGINT)'
  multiply server "server.id = '$server'" "id=$(id_of a)" "name='server-' || i" \
    "hostname='server-' || i" "project_id=$project_of" "host='host-' || (i % 100)" "created_at=$at" "updated_at=$at" "launched_at=$at" \
    "vm_state=CASE WHEN i % 1000 = 7 THEN 'STOPPED' ELSE vm_state END" "flavor_id=CASE WHEN i % 1000 = 3 THEN 'rare' ELSE flavor_id END" \
    "image_id=CASE WHEN i % 1000 = 4 THEN 'rare' ELSE image_id END" "reservation_id='r-' || i" "key_name=CASE WHEN i % 1000 = 5 THEN 'rare' END" \
    "locked_by=CASE WHEN i % 1000 = 6 THEN 'owner' END" "user_id=CASE WHEN i % 1000 = 8 THEN 'rare' ELSE user_id END" \
    "access_v4=CASE WHEN i % 1000 = 9 THEN '192.0.2.1' END" "description='about ' || i" "zone=CASE WHEN i % 1000 = 2 THEN 'rare' ELSE zone END"
  pick "INSERT INTO server_tag (server_id, tag) SELECT id, 'rare' FROM server WHERE number % 1000 = 1"
  multiply port "port.id = '$port'" "id=$(id_of b)" "name='port-' || i" "project_id=$project_of" \
    "mac='fa:16:3f:' || $(hex 2 "i / 65536") || ':' || $(hex 2 "i / 256 % 256") || ':' || $(hex 2 "i % 256")" "device_id=$(id_of a)" \
    "host='host-' || (i % 100)" "plugged_host=NULL" "created_at=$at" "updated_at=$at" "description=CASE WHEN i % 1000 = 1 THEN 'rare' ELSE '' END" \
    "status=CASE WHEN i % 1000 = 2 THEN 'DOWN' ELSE status END" "admin_state_up=CASE WHEN i % 1000 = 3 THEN 0 ELSE 1 END" "device_owner=CASE WHEN i % 1000 = 4 THEN 'compute:rare' ELSE device_owner END"
  pick "INSERT INTO ip_allocation (subnet_id, ip, port_id, position)
    SELECT '$subnet', '10.' || (2 + n.i / 65536) || '.' || (n.i / 256 % 256) || '.' || (n.i % 256), p.id, 0
      FROM (SELECT id, row_number() OVER () AS i FROM port WHERE name LIKE 'port-%') n JOIN port p ON p.id = n.id"
  pick "INSERT INTO port_security_group (port_id, group_id) SELECT p.id, g.group_id FROM port p,
    (SELECT group_id FROM port_security_group WHERE port_id = '$port') g WHERE p.name LIKE 'port-%'"
  multiply volume "volume.id = '$volume'" "id=$(id_of c)" "name='volume-' || i" "project_id=$project_of" \
    "created_at=$at" "updated_at=$at" "launched_at=$at" "status=CASE WHEN i % 1000 = 1 THEN 'error' ELSE status END" "bootable=CASE WHEN i % 1000 = 2 THEN 1 ELSE 0 END" \
    "size_gib=CASE WHEN i % 1000 = 3 THEN 7 ELSE size_gib END" "availability_zone=CASE WHEN i % 1000 = 4 THEN 'rare' ELSE availability_zone END" \
    "host='host-' || (i % 100)" "user_id=CASE WHEN i % 1000 = 5 THEN 'rare' ELSE user_id END"
  pick "INSERT INTO volume_metadata (volume_id, scope, key, value) SELECT id, 'user', 'k', 'rare' FROM volume WHERE name LIKE 'volume-%000'"
  multiply image "image.id = '$image'" "id=$(id_of d)" "name='image-' || i" "owner=$project_of" \
    "visibility=CASE WHEN i % 1000 = 1 THEN 'community' WHEN i % 1000 = 2 THEN 'public' WHEN i % 1000 = 3 THEN 'shared' ELSE 'private' END" \
    "created_at=$at" "updated_at=$at" "status=CASE WHEN i % 1000 = 4 THEN 'deactivated' ELSE status END" "size=CASE WHEN i % 1000 = 5 THEN 777 ELSE size END" \
    "protected=CASE WHEN i % 1000 = 6 THEN 1 ELSE 0 END" "os_hidden=CASE WHEN i % 1000 = 7 THEN 1 ELSE 0 END" "disk_format=CASE WHEN i % 1000 = 8 THEN 'iso' ELSE disk_format END" \
    "container_format=CASE WHEN i % 1000 = 9 THEN 'ova' ELSE container_format END" "checksum=$(hex 32 i)" "os_hash_value=$(hex 128 i)"
  pick "INSERT INTO image_tag (image_id, tag) SELECT id, 'rare' FROM image WHERE name LIKE 'image-%000'"
  pick "INSERT INTO image_property (image_id, name, value) SELECT id, 'os_distro', 'rare' FROM image WHERE name LIKE 'image-%000'"
  pick "INSERT INTO image_member (image_id, member_id, status, created_at, updated_at) SELECT id, '$project', 'accepted', created_at, updated_at
    FROM image WHERE visibility = 'shared'"
  # As autovacuum does in time; nobody does it on SQLite.
  [ -z "${PG_DIR:-}" ] || pick ANALYZE
  [ -z "${KEEP:-}" ] || cp "$DATA/yun.db" "$KEEP"
}

lists() {
  local network subnet
  lists_rows
  up --simulated
  ADMIN=$(token admin bench)
  row() { printf '%08x-0000-4000-8000-00000000000%s' "$(($1 * 7919 % 100000))" "$2"; }
  # From its start and from the middle.
  sorted() { printf '  %s\n' "$1" "$1&marker=$(row 77777 "$2")"; }
  java_bench lists <<PATHS
servers /compute/v2.1/servers/detail?limit=100
  all_tenants=1
  all_tenants=1&marker=$(row 90000 a)
  all_tenants=1&marker=$(row 10000 a)
  marker=$(row 10000 a)
  all_tenants=1&name=server-77777
  all_tenants=1&name=^server-7777.$
  all_tenants=1&name=none
  all_tenants=1&status=SHUTOFF
  all_tenants=1&status=ERROR
  all_tenants=1&host=host-77
  all_tenants=1&flavor=rare
  all_tenants=1&image=rare
  all_tenants=1&key_name=rare
  all_tenants=1&user_id=rare
  all_tenants=1&project_id=project-3
  all_tenants=1&availability_zone=rare
  all_tenants=1&reservation_id=r-77777
  all_tenants=1&access_ip_v4=192.0.2.1
  all_tenants=1&hostname=server-77777
  all_tenants=1&description=77777
  all_tenants=1&power_state=4
  all_tenants=1&task_state=rebooting
  all_tenants=1&config_drive=true
  all_tenants=1&uuid=$(row 77777 a)
  all_tenants=1&ip=10.3.44
  all_tenants=1&ip=^10.3.44.1$
  all_tenants=1&changes-since=2023-11-15T20:00:00Z
  all_tenants=1&changes-before=2023-11-14T23:00:00Z
  all_tenants=1&launched_at=2023-11-14T22:13:20
  all_tenants=1&deleted=true
  all_tenants=1&locked=true
  all_tenants=1&tags=rare
  all_tenants=1&tags-any=rare,other
  all_tenants=1&not-tags=rare
$(for key in access_ip_v4 access_ip_v6 availability_zone config_drive created_at display_description display_name host hostname image_ref \
  instance_type_id key_name launch_index launched_at locked_by node power_state project_id task_state terminated_at updated_at user_id uuid vm_state; do
  sorted "all_tenants=1&sort_key=$key&sort_dir=asc" a; done)
ports /networking/v2.0/ports?limit=100

  marker=$(row 90000 b)
  marker=$(row 10000 b)
  name=port-77777
  name=none
  network_id=$network
  project_id=project-3
  status=DOWN
  admin_state_up=false
  device_id=$(row 77777 a)
  device_owner=compute:rare
  mac_address=fa:16:3f:01:02:03
  binding:host_id=host-77
  description=rare
  fixed_ips=ip_address%3D10.3.44.1
  fixed_ips=ip_address_substr%3D3.44.1
  fixed_ips=subnet_id%3D$subnet
  security_groups=none
  revision_number=77
  tags=rare
  not-tags=rare
$(for key in id name network_id project_id mac_address admin_state_up status device_id device_owner description binding:vnic_type \
  binding:host_id port_security_enabled dns_name created_at updated_at revision_number; do
  sorted "sort_key=$key&sort_dir=asc" b; done)
volumes /volume/v3/volumes/detail?limit=100
  all_tenants=1
  all_tenants=1&marker=$(row 90000 c)
  all_tenants=1&marker=$(row 10000 c)
  marker=$(row 10000 c)
  all_tenants=1&name=volume-77777
  all_tenants=1&name~=77777
  all_tenants=1&name=none
  all_tenants=1&status=error
  all_tenants=1&status=in-use
  all_tenants=1&bootable=true
  all_tenants=1&size=7
  all_tenants=1&availability_zone=rare
  all_tenants=1&project_id=project-3
  all_tenants=1&host=host-77
  all_tenants=1&user_id=rare
  all_tenants=1&metadata={'k':'rare'}
  all_tenants=1&created_at=gt:2023-11-15T20:00:00
  all_tenants=1&updated_at=lt:2023-11-14T23:00:00
  all_tenants=1&with_count=true
$(for key in id name status size bootable host availability_zone created_at updated_at launched_at user_id project_id; do
  sorted "all_tenants=1&sort=$key:asc" c; done)
images /image/v2/images?limit=100

  marker=$(row 90000 d)
  marker=$(row 10000 d)
  name=image-77777
  name=in:image-77777,image-7777
  name=none
  visibility=public
  visibility=community
  visibility=shared
  visibility=all
  member_status=all&visibility=shared
  owner=project-3
  status=deactivated
  status=queued
  tag=rare
  size_min=99999999999
  size_max=777
  protected=true
  os_hidden=true
  disk_format=iso
  disk_format=in:iso,vhd
  container_format=ova
  checksum=00000000000000000000000000012fd1
  os_hash_value=$(printf '%0128x' 77777)
  os_distro=rare
  created_at=gt:2023-11-15T20:00:00Z
  updated_at=lt:2023-11-14T23:00:00Z
  id=in:$(row 77777 d),$(row 7777 d)
$(for key in id name status size container_format disk_format created_at updated_at size:desc,name; do sorted "sort=$key:asc" d; done)
PATHS
  down
}
