package cloud.yun.host.net;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Forwarding entries and permanent neighbours: what l2population fills.
public final class Neighbours {
    /// @param destination tunnel address of the remote host
    public record Forwarding(String mac, String device, Optional<String> destination) {}

    public record Neighbour(String address, String mac, String device, boolean permanent) {}

    private final HostNetwork network;

    Neighbours(HostNetwork network) {
        this.network = network;
    }

    /// Sends frames for a MAC address through a VXLAN link to a remote host. All-zero adds to the flood list.
    public void forward(String vxlan, String mac, String remote) {
        if (forwarding(vxlan).stream()
                .anyMatch(f -> f.mac().equals(mac) && f.destination().equals(Optional.of(remote)))) return;
        // `append`, because several entries share the all-zero address and `add` takes only the first.
        network.run(bridge("fdb", "append", mac, "dev", vxlan, "dst", remote, "self", "permanent"), "File exists");
    }

    public void unforward(String vxlan, String mac, String remote) {
        network.run(
                bridge("fdb", "del", mac, "dev", vxlan, "dst", remote, "self"),
                "No such file or directory",
                "Cannot find device",
                "No such device");
    }

    /// @return the entries of a link; empty when there is no such link
    public List<Forwarding> forwarding(String device) {
        if (network.link(device).isEmpty()) return List.of();
        var entries = new ArrayList<Forwarding>();
        for (JsonNode entry : network.json(bridge("-j", "fdb", "show", "dev", device))) {
            entries.add(new Forwarding(entry.path("mac").asString(""), device, HostNetwork.text(entry, "dst")));
        }
        return entries;
    }

    /// Sets a permanent neighbour.
    public void replace(String address, String mac, String device) {
        network.ip("neigh", "replace", address, "lladdr", mac, "dev", device, "nud", "permanent");
    }

    public void delete(String address, String device) {
        network.run(
                network.ipCommand("neigh", "del", address, "dev", device),
                "No such file or directory",
                "Cannot find device",
                "No such process");
    }

    public List<Neighbour> list(String device) {
        var entries = new ArrayList<Neighbour>();
        try {
            for (JsonNode entry : network.json(network.ipCommand("-j", "neigh", "show", "dev", device))) {
                boolean permanent = false;
                for (JsonNode state : entry.path("state")) permanent |= "PERMANENT".equals(state.asString());
                entries.add(new Neighbour(
                        entry.path("dst").asString(""), entry.path("lladdr").asString(""), device, permanent));
            }
        } catch (CommandFailed e) {
            if (!e.says("Cannot find device")) throw e;
        }
        return entries;
    }

    private Command bridge(String... arguments) {
        var command = Command.of("bridge");
        if (network.namespace().isPresent())
            command = command.with("-n", network.namespace().get());
        return command.with(arguments);
    }
}
