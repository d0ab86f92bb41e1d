package cloud.yun.network.extension;

import java.util.List;

/// The extensions that are really there. Aliases, names and dates are upstream's: clients look for the aliases.
final class Extensions {
    record Extension(String alias, String name, String description, String updated) {}

    static final List<Extension> ALL = List.of(
            of("address-group", "Address group", "Address group extension.", "2020-07-15T10:00:00-00:00"),
            of("address-scope", "Address scope", "Address scopes extension.", "2015-07-26T10:00:00-00:00"),
            of("agent", "agent", "The agent management extension.", "2013-02-03T10:00:00-00:00"),
            of(
                    "allowed-address-pairs",
                    "Allowed Address Pairs",
                    "Provides allowed address pairs",
                    "2013-07-23T10:00:00-00:00"),
            of(
                    "availability_zone",
                    "Availability Zone",
                    "The availability zone extension.",
                    "2015-01-01T10:00:00-00:00"),
            of(
                    "availability_zone_filter",
                    "Availability Zone Filter Extension",
                    "Add filter parameters to AvailabilityZone resource",
                    "2018-06-22T10:00:00-00:00"),
            of(
                    "binding",
                    "Port Binding",
                    "Expose port bindings of a virtual port to external application",
                    "2014-02-03T10:00:00-00:00"),
            of(
                    "default-subnetpools",
                    "Default Subnetpools",
                    "Provides ability to mark and use a subnetpool as the default.",
                    "2016-02-18T18:00:00-00:00"),
            of("dns-integration", "DNS Integration", "Provides integration with DNS.", "2015-08-15T18:00:00-00:00"),
            of(
                    "empty-string-filtering",
                    "Empty String Filtering Extension",
                    "Allow filtering by attributes with empty string value",
                    "2018-05-01T10:00:00-00:00"),
            of(
                    "ext-gw-mode",
                    "Neutron L3 Configurable external gateway mode",
                    "Extension of the router abstraction for specifying whether SNAT should occur on the external gateway",
                    "2013-03-28T10:00:00-00:00"),
            of(
                    "external-net",
                    "Neutron external network",
                    "Adds external network attribute to network resource.",
                    "2013-01-14T10:00:00-00:00"),
            of(
                    "extra_dhcp_opt",
                    "Neutron Extra DHCP options",
                    "Extra options configuration for DHCP. For example PXE boot options to DHCP clients can be specified (e.g. tftp-server, server-ip-address, bootfile-name)",
                    "2013-03-17T12:00:00-00:00"),
            of(
                    "extraroute",
                    "Neutron Extra Route",
                    "Extra routes configuration for L3 router",
                    "2013-02-01T10:00:00-00:00"),
            of(
                    "extraroute-atomic",
                    "Atomically add/remove extra routes",
                    "Edit extra routes of a router on server side by atomically adding/removing extra routes",
                    "2019-07-10T00:00:00+00:00"),
            of(
                    "filter-validation",
                    "Filter parameters validation",
                    "Provides validation on filter parameters.",
                    "2018-03-21T10:00:00-00:00"),
            of(
                    "fip-port-details",
                    "Floating IP Port Details Extension",
                    "Add port_details attribute to Floating IP resource",
                    "2018-04-09T10:00:00-00:00"),
            of(
                    "floatingip-pools",
                    "Floating IP Pools Extension",
                    "Provides a floating IP pools API.",
                    "2018-03-21T10:00:00-00:00"),
            of(
                    "ip-substring-filtering",
                    "IP address substring filtering",
                    "Provides IP address substring filtering when listing ports",
                    "2017-11-28T09:00:00-00:00"),
            of("net-mtu", "Network MTU", "Provides MTU attribute for a network resource.", "2015-03-25T10:00:00-00:00"),
            of(
                    "net-mtu-writable",
                    "Network MTU (writable)",
                    "Provides a writable MTU attribute for a network resource.",
                    "2017-07-12T00:00:00-00:00"),
            of(
                    "network-ip-availability",
                    "Network IP Availability",
                    "Provides IP availability data for each network and subnet.",
                    "2015-09-24T00:00:00-00:00"),
            of(
                    "network_availability_zone",
                    "Network Availability Zone",
                    "Availability zone support for network.",
                    "2015-01-01T10:00:00-00:00"),
            of(
                    "pagination",
                    "Pagination support",
                    "Extension that indicates that pagination is enabled.",
                    "2016-06-12T00:00:00-00:00"),
            of("port-security", "Port Security", "Provides port security", "2012-07-23T10:00:00-00:00"),
            of(
                    "port-security-groups-filtering",
                    "Port filtering on security groups",
                    "Provides security groups filtering when listing ports",
                    "2018-01-09T09:00:00-00:00"),
            of(
                    "project-id",
                    "project_id field enabled",
                    "Extension that indicates that project_id field is enabled.",
                    "2016-09-09T09:09:09-09:09"),
            of(
                    "provider",
                    "Provider Network",
                    "Expose mapping of virtual networks to physical networks",
                    "2012-09-07T10:00:00-00:00"),
            of(
                    "quota-check-limit",
                    "Quota engine limit check",
                    "Support for checking the resource usage before applying a new quota limit",
                    "2021-01-27T16:00:00-00:00"),
            of(
                    "quota_details",
                    "Quota details management support",
                    "Expose functions for quotas usage statistics per project",
                    "2017-02-10T10:00:00-00:00"),
            of(
                    "quotas",
                    "Quota management support",
                    "Expose functions for quotas management per project",
                    "2012-07-29T10:00:00-00:00"),
            of(
                    "rbac-address-group",
                    "Add address_group type to RBAC",
                    "Add address_group type to network RBAC",
                    "2020-10-29T00:00:00-00:00"),
            of(
                    "rbac-address-scope",
                    "Add address_scope type to RBAC",
                    "Add address_scope type to network RBAC",
                    "2020-06-01T00:00:00-00:00"),
            of(
                    "rbac-policies",
                    "RBAC Policies",
                    "Allows creation and modification of policies that control tenant access to resources.",
                    "2015-06-17T12:15:12-00:00"),
            of(
                    "rbac-security-groups",
                    "Add security_group type to network RBAC",
                    "Add security_group type to network RBAC",
                    "2019-07-10T17:40:00-00:00"),
            of(
                    "rbac-subnetpool",
                    "Add subnetpool type to RBAC",
                    "Add subnetpool type to network RBAC",
                    "2020-04-22T00:00:00-00:00"),
            of(
                    "revision-if-match",
                    "If-Match constraints based on revision_number",
                    "Extension indicating that If-Match based on revision_number is supported.",
                    "2016-12-11T00:00:00-00:00"),
            of(
                    "router",
                    "Neutron L3 Router",
                    "Router abstraction for basic L3 forwarding between L2 Neutron networks and access to external networks via a NAT gateway.",
                    "2012-07-20T10:00:00-00:00"),
            of(
                    "router_availability_zone",
                    "Router Availability Zone",
                    "Availability zone support for router.",
                    "2015-01-01T10:00:00-00:00"),
            of("security-group", "security-group", "The security groups extension.", "2012-10-05T10:00:00-00:00"),
            of(
                    "security-groups-normalized-cidr",
                    "Normalized CIDR field for security group rules",
                    "Add new field with normalized remote_ip_prefix cidr in SG rule",
                    "2020-09-23T13:00:00-00:00"),
            of(
                    "security-groups-remote-address-group",
                    "Remote address group id field for security group rules",
                    "Add new field of remote address group id in SG rules",
                    "2020-08-25T00:00:00-00:00"),
            of(
                    "security-groups-shared-filtering",
                    "Security group filtering on the shared field",
                    "Support filtering security groups on the shared field",
                    "2021-10-05T09:00:00-00:00"),
            of(
                    "service-type",
                    "Neutron Service Type Management",
                    "API for retrieving service providers for Neutron advanced services",
                    "2013-01-20T00:00:00-00:00"),
            of(
                    "sorting",
                    "Sorting support",
                    "Extension that indicates that sorting is enabled.",
                    "2016-06-12T00:00:00-00:00"),
            of(
                    "standard-attr-description",
                    "standard-attr-description",
                    "Extension to add descriptions to standard attributes",
                    "2016-02-10T10:00:00-00:00"),
            of(
                    "standard-attr-revisions",
                    "Resource revision numbers",
                    "This extension will display the revision number of neutron resources.",
                    "2016-04-11T10:00:00-00:00"),
            of(
                    "standard-attr-tag",
                    "Tag support for resources with standard attribute: port, subnet, subnetpool, network, security_group, router, floatingip",
                    "Enables to set tag on resources with standard attribute.",
                    "2017-01-01T00:00:00-00:00"),
            of(
                    "standard-attr-timestamp",
                    "Resource timestamps",
                    "Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes.",
                    "2016-09-12T10:00:00-00:00"),
            of(
                    "stateful-security-group",
                    "Stateful security group",
                    "Indicates if the security group is stateful or not",
                    "2019-11-26T09:00:00-00:00"),
            of(
                    "subnet_onboard",
                    "Subnet Onboard",
                    "Provides support for onboarding subnets into subnet pools",
                    "2016-08-17T00:00:00-00:00"),
            of(
                    "subnet-service-types",
                    "Subnet service types",
                    "Provides ability to set the subnet service_types field",
                    "2016-03-15T18:00:00-00:00"),
            of(
                    "subnetpool-prefix-ops",
                    "Subnet Pool Prefix Operations",
                    "Provides support for adjusting the prefix list of subnet pools",
                    "2019-02-08T00:00:00-00:00"),
            of(
                    "subnet_allocation",
                    "Subnet Allocation",
                    "Enables allocation of subnets from a subnet pool",
                    "2015-03-30T10:00:00-00:00"));

    private Extensions() {}

    private static Extension of(String alias, String name, String description, String updated) {
        return new Extension(alias, name, description, updated);
    }
}
