package cloud.yun.app;

import cloud.yun.host.HostFacts;
import cloud.yun.host.daemons.QemuConf;
import cloud.yun.host.net.NetworkFacts;
import cloud.yun.host.process.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Says what this host can and cannot do, with the remedy. Exit status 1 when real guests cannot run here.
@Command(name = "doctor", description = "What this host can and cannot do.")
final class DoctorCommand implements Callable<Integer> {
    private record Finding(boolean good, boolean needed, String what, String remedy) {}

    private static final String APT = "./yun up installs it, as root; or: apt-get install ";

    @Override
    public Integer call() {
        var findings = new ArrayList<Finding>();
        boolean root = "root".equals(System.getProperty("user.name"));
        findings.add(new Finding(
                root, true, "root, for bridges, namespaces and libvirt", "run as root, or use --simulated"));
        for (var program : List.of(
                List.of("qemu-system-x86_64", "guests", "qemu-system-x86"),
                List.of("qemu-img", "disks", "qemu-utils"),
                List.of("libvirtd", "guests", "libvirt-daemon-system"),
                List.of("ip", "networks", "iproute2"),
                List.of("nft", "security groups and NAT", "nftables"),
                List.of("dnsmasq", "DHCP", "dnsmasq-base"),
                List.of("haproxy", "the metadata service", "haproxy"),
                List.of("genisoimage", "config drives", "genisoimage")))
            findings.add(new Finding(
                    found(program.get(0)), true, program.get(0) + ", for " + program.get(1), APT + program.get(2)));
        // Trying needs root; without it the first finding says enough.
        if (root && found("ip") && found("nft"))
            for (var fact : NetworkFacts.read(
                    Commands.system(), "yun-doctor-" + ProcessHandle.current().pid()))
                findings.add(new Finding(fact.good(), !fact.what().startsWith("sources"), fact.what(), fact.why()));
        findings.add(new Finding(
                Files.exists(Path.of("/usr/share/novnc/core/rfb.js")),
                false,
                "novnc, for the console in a browser",
                "apt-get install novnc"));
        var facts = HostFacts.read(Commands.system(), Path.of("/"));
        findings.add(new Finding(
                facts.kvm().works(),
                false,
                "KVM",
                facts.kvm().why() + "; guests run in software, about ten times slower"));
        findings.add(new Finding(
                facts.memoryMib() >= 1024, true, "memory: " + facts.memoryMib() + " MiB", "at least 1024 MiB"));
        for (var trouble : QemuConf.troubles())
            findings.add(
                    new Finding(
                            false,
                            true,
                            trouble,
                            "stop it, ./yun up starts its own; or set user = \"root\", group = \"root\", dynamic_ownership = 0,"
                                    + " remember_owner = 0 and security_driver = \"none\" in /etc/libvirt/qemu.conf and restart it"));
        boolean able = true;
        for (var f : findings) {
            System.out.printf("%-4s %s%s%n", f.good() ? "ok" : "-", f.what(), f.good() ? "" : ": " + f.remedy());
            able &= f.good() || !f.needed();
        }
        System.out.println(
                able ? "Real guests can run here." : "Only simulated guests can run here: ./yun up --simulated");
        return able ? 0 : 1;
    }

    private static boolean found(String program) {
        for (var directory : List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin"))
            if (Files.isExecutable(Path.of(directory, program))) return true;
        return false;
    }
}
