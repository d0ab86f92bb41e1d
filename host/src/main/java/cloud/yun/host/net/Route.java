package cloud.yun.host.net;

import java.util.Optional;

/// A route of the main table, or of the table given.
///
/// @param destination CIDR, or `default`
/// @param via next hop; empty for a route on the link
/// @param source preferred source address
public record Route(
        String destination,
        Optional<String> via,
        Optional<String> device,
        Optional<Integer> metric,
        Optional<String> source,
        Optional<Integer> table) {

    public static Route via(String destination, String nextHop) {
        return new Route(
                destination,
                Optional.of(nextHop),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static Route via(String destination, String nextHop, String device) {
        return new Route(
                destination,
                Optional.of(nextHop),
                Optional.of(device),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static Route onLink(String destination, String device) {
        return new Route(
                destination,
                Optional.empty(),
                Optional.of(device),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
