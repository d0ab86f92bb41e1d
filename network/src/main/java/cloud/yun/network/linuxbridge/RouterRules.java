package cloud.yun.network.linuxbridge;

import cloud.yun.network.driver.NetworkDriver.FloatingIp;
import cloud.yun.network.driver.NetworkDriver.Router;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The address translation of a router as one nftables table.
///
/// - A floating IP is translated both ways for its fixed address.
/// - Everything else that leaves by the gateway gets the gateway's address, if `enable_snat`.
/// - A guest that talks to a floating IP of its own router is given the gateway's address too, because the answer
///   would otherwise go past the router and not be recognised.
/// - 169.254.169.254 is the metadata proxy; nobody else may reach its port, since it trusts the sender's address.
final class RouterRules {
    private static final int EXTERNAL = 2;

    private RouterRules() {}

    static String table(Router router, int metadataPort) {
        var text = new StringBuilder();
        var gateway = router.gateway();
        String qg = gateway.map(g -> Names.gatewayPort(g.port().portId())).orElse("");
        var own = gateway.flatMap(g -> g.port().addresses().stream()
                .map(a -> a.split("/", 2)[0])
                .filter(a -> !a.contains(":"))
                .findFirst());
        List<FloatingIp> floating = gateway.isPresent() ? router.floatingIps() : List.of();
        var in = new TreeMap<String, String>();
        var out = new TreeMap<String, String>();
        for (FloatingIp ip : floating) {
            in.putIfAbsent(
                    Cidr.of(ip.floatingAddress()).address(),
                    Cidr.of(ip.fixedAddress()).address());
            out.putIfAbsent(
                    Cidr.of(ip.fixedAddress()).address(),
                    Cidr.of(ip.floatingAddress()).address());
        }
        map(text, "floating", in);
        map(text, "fixed", out);
        text.append("chain outside {\n type filter hook prerouting priority mangle; policy accept;\n");
        if (gateway.isPresent()) text.append(" iifname \"" + qg + "\" meta mark set " + EXTERNAL + "\n");
        text.append("}\nchain prerouting {\n type nat hook prerouting priority dstnat; policy accept;\n");
        text.append(" iifname \"qr-*\" ip daddr 169.254.169.254 tcp dport 80 redirect to :" + metadataPort + "\n");
        text.append(" dnat to ip daddr map @floating\n");
        text.append("}\nchain input {\n type filter hook input priority filter; policy accept;\n");
        text.append(" tcp dport " + metadataPort + " ct status and dnat != dnat drop\n");
        text.append("}\nchain postrouting {\n type nat hook postrouting priority srcnat; policy accept;\n");
        if (gateway.isPresent()) {
            text.append(" oifname \"" + qg + "\" snat to ip saddr map @fixed\n");
            own.ifPresent(address -> {
                String ip = Cidr.of(address).address();
                text.append(" oifname != \"" + qg + "\" ct status and dnat == dnat meta mark != " + EXTERNAL
                        + " snat to " + ip + "\n");
                if (gateway.get().snat()) text.append(" oifname \"" + qg + "\" snat to " + ip + "\n");
            });
        }
        return text.append("}\n").toString();
    }

    private static void map(StringBuilder text, String name, Map<String, String> pairs) {
        text.append("map " + name + " {\n type ipv4_addr : ipv4_addr;\n");
        if (!pairs.isEmpty()) {
            text.append(pairs.entrySet().stream()
                    .map(e -> e.getKey() + " : " + e.getValue())
                    .collect(Collectors.joining(", ", " elements = { ", " }\n")));
        }
        text.append("}\n");
    }
}
