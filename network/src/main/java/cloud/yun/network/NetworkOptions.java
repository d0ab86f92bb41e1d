package cloud.yun.network;

import cloud.yun.kernel.config.Option;
import java.time.Duration;
import java.util.List;

/// The room's options, with OpenStack's sections and names.
public final class NetworkOptions {
    public static final Option<List<String>> TYPE_DRIVERS = Option.list(
            "ml2",
            "type_drivers",
            "local,flat,vlan,vxlan",
            "Network types that can be made. gre and geneve are refused by name: no driver here has them.");
    public static final Option<List<String>> TENANT_NETWORK_TYPES = Option.list(
            "ml2", "tenant_network_types", "vxlan", "Types tried in this order for a network whose type nobody said.");
    public static final Option<List<String>> MECHANISM_DRIVERS = Option.list(
            "ml2", "mechanism_drivers", "linuxbridge", "linuxbridge, or simulated: in memory, no privileges.");
    public static final Option<String> EXTERNAL_NETWORK_TYPE = Option.text(
            "ml2",
            "external_network_type",
            "",
            "Type of external networks whose type nobody said; empty: as tenant networks.");
    public static final Option<Integer> PATH_MTU = Option.integer(
            "ml2", "path_mtu", 0, "Largest packet of the tunnel network, in bytes; 0: as global_physnet_mtu.");
    public static final Option<Integer> GLOBAL_PHYSNET_MTU =
            Option.integer("DEFAULT", "global_physnet_mtu", 1500, "Largest packet of the physical networks, in bytes.");
    public static final Option<List<String>> FLAT_NETWORKS = Option.list(
            "ml2_type_flat", "flat_networks", "*", "Physical networks on which flat networks may be made; * is any.");
    public static final Option<List<String>> NETWORK_VLAN_RANGES = Option.list(
            "ml2_type_vlan",
            "network_vlan_ranges",
            "",
            "PHYSNET:MIN:MAX, ...: VLAN ids for tenants; a bare PHYSNET is for admins only.");
    public static final Option<List<String>> VNI_RANGES =
            Option.list("ml2_type_vxlan", "vni_ranges", "1:65535", "MIN:MAX, ...: VXLAN ids for tenants.");
    public static final Option<String> DNS_DOMAIN =
            Option.text("DEFAULT", "dns_domain", "openstacklocal", "Domain of the names that DHCP gives.");
    public static final Option<String> BASE_MAC =
            Option.text("DEFAULT", "base_mac", "fa:16:3e:00:00:00", "First octets of made MAC addresses.");
    public static final Option<Integer> DHCP_LEASE_DURATION =
            Option.integer("DEFAULT", "dhcp_lease_duration", 86400, "Life of a DHCP lease, in seconds.");
    public static final Option<Boolean> FORCE_METADATA = Option.bool(
            "DEFAULT", "force_metadata", false, "Whether the DHCP namespace answers 169.254.169.254 on every network.");
    public static final Option<Boolean> ENABLE_ISOLATED_METADATA = Option.bool(
            "DEFAULT",
            "enable_isolated_metadata",
            true,
            "Whether the DHCP namespace answers 169.254.169.254 on networks without a router.");
    public static final Option<Integer> AGENT_DOWN_TIME = Option.integer(
            "DEFAULT", "agent_down_time", 75, "Silence after which an agent counts as dead, in seconds.");
    public static final Option<Duration> REPORT_INTERVAL =
            Option.seconds("AGENT", "report_interval", 30, "How often an agent says that it is alive, in seconds.");
    public static final Option<Duration> RPC_RESPONSE_TIMEOUT = Option.seconds(
            "network", "rpc_response_timeout", 60, "How long a host may take to apply one object, in seconds.");
    public static final Option<Integer> MAX_FIXED_IPS_PER_PORT =
            Option.integer("DEFAULT", "max_fixed_ips_per_port", 5, "Most addresses of one port.");
    public static final Option<Integer> MAX_ALLOWED_ADDRESS_PAIR =
            Option.integer("DEFAULT", "max_allowed_address_pair", 10, "Most allowed address pairs of one port.");
    public static final Option<Integer> MAX_DNS_NAMESERVERS =
            Option.integer("DEFAULT", "max_dns_nameservers", 5, "Most name servers of one subnet.");
    public static final Option<Integer> MAX_SUBNET_HOST_ROUTES =
            Option.integer("DEFAULT", "max_subnet_host_routes", 20, "Most host routes of one subnet.");
    public static final Option<Integer> MAX_ROUTES =
            Option.integer("DEFAULT", "max_routes", 30, "Most extra routes of one router.");

    public static final Option<Integer> QUOTA_NETWORK = quota("quota_network", 100, "networks");
    public static final Option<Integer> QUOTA_SUBNET = quota("quota_subnet", 100, "subnets");
    public static final Option<Integer> QUOTA_SUBNETPOOL = quota("quota_subnetpool", -1, "subnet pools");
    public static final Option<Integer> QUOTA_PORT = quota("quota_port", 500, "ports");
    public static final Option<Integer> QUOTA_ROUTER = quota("quota_router", 10, "routers");
    public static final Option<Integer> QUOTA_FLOATINGIP = quota("quota_floatingip", 50, "floating IPs");
    public static final Option<Integer> QUOTA_RBAC_POLICY = quota("quota_rbac_policy", 10, "RBAC policies");
    public static final Option<Integer> QUOTA_SECURITY_GROUP = quota("quota_security_group", 10, "security groups");
    public static final Option<Integer> QUOTA_SECURITY_GROUP_RULE =
            quota("quota_security_group_rule", 100, "security group rules");

    private NetworkOptions() {}

    private static Option<Integer> quota(String name, int standard, String what) {
        return Option.integer("QUOTAS", name, standard, "How many " + what + " a project may have; -1 is no limit.");
    }

    static List<Option<?>> all() {
        return List.of(
                TYPE_DRIVERS,
                TENANT_NETWORK_TYPES,
                MECHANISM_DRIVERS,
                EXTERNAL_NETWORK_TYPE,
                PATH_MTU,
                GLOBAL_PHYSNET_MTU,
                FLAT_NETWORKS,
                NETWORK_VLAN_RANGES,
                VNI_RANGES,
                DNS_DOMAIN,
                BASE_MAC,
                DHCP_LEASE_DURATION,
                FORCE_METADATA,
                ENABLE_ISOLATED_METADATA,
                AGENT_DOWN_TIME,
                REPORT_INTERVAL,
                RPC_RESPONSE_TIMEOUT,
                MAX_FIXED_IPS_PER_PORT,
                MAX_ALLOWED_ADDRESS_PAIR,
                MAX_DNS_NAMESERVERS,
                MAX_SUBNET_HOST_ROUTES,
                MAX_ROUTES,
                QUOTA_NETWORK,
                QUOTA_SUBNET,
                QUOTA_SUBNETPOOL,
                QUOTA_PORT,
                QUOTA_ROUTER,
                QUOTA_FLOATINGIP,
                QUOTA_RBAC_POLICY,
                QUOTA_SECURITY_GROUP,
                QUOTA_SECURITY_GROUP_RULE);
    }
}
