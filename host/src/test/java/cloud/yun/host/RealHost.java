package cloud.yun.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.host.process.Programs;

/// What tests with tag `host` need of the machine; without it they are skipped and say why.
public final class RealHost {
    private RealHost() {}

    public static void assumeRoot() {
        assumeTrue("Linux".equals(System.getProperty("os.name")), "skipped: not Linux");
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: not root");
    }

    public static void assumeInstalled(String... programs) {
        for (String program : programs) {
            assumeTrue(Programs.installed(program), "skipped: " + program + " is not installed");
        }
    }

    /// A short name no other test run on this machine has.
    public static String unique(String prefix) {
        return prefix + Long.toString(System.nanoTime() & 0xfffff, 36);
    }
}
