package cloud.yun.compute.volume;

import cloud.yun.compute.server.Server;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;

/// Names of a server's disks: `/dev/vda` is the root, then ephemeral and swap disks, then volumes.
public final class Devices {
    private static final String PREFIX = "/dev/vd";
    private static final int LETTERS = 26;

    private final TreeSet<String> taken = new TreeSet<>();

    public Devices(Server server, Collection<ServerVolume> volumes) {
        taken.add(server.wanted().rootDevice());
        if (server.wanted().ephemeralGib() > 0) next(Optional.empty());
        if (server.wanted().swapMib() > 0) next(Optional.empty());
        volumes.forEach(v -> taken.add(v.device()));
    }

    /// @param wanted a name that the user asked for: taken when it is free and of our kind; the guest decides in
    ///     the end what it calls its disks
    /// @return the next free name
    public String next(Optional<String> wanted) {
        if (wanted.isPresent() && wanted.get().startsWith(PREFIX) && taken.add(wanted.get())) return wanted.get();
        for (int i = 0; ; i++) {
            var name = PREFIX + letters(i);
            if (taken.add(name)) return name;
        }
    }

    private static String letters(int number) {
        return number < LETTERS
                ? String.valueOf((char) ('a' + number))
                : letters(number / LETTERS - 1) + (char) ('a' + number % LETTERS);
    }
}
