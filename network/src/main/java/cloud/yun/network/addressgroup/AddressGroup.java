package cloud.yun.network.addressgroup;

import cloud.yun.network.api.Standard;
import java.util.List;

/// @param addresses prefixes, IPv4 and IPv6 mixed, sorted
public record AddressGroup(String id, String projectId, String name, List<String> addresses, Standard standard) {}
