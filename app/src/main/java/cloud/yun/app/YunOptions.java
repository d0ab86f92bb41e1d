package cloud.yun.app;

import cloud.yun.kernel.config.Option;
import java.util.List;

/// Options of the program itself; each room declares its own.
final class YunOptions {
    static final Option<String> LISTEN = Option.text("yun", "listen", "0.0.0.0", "Address on which the APIs listen.");
    static final Option<Integer> PORT = Option.integer(
            "yun", "port", 8000, "The gateway port: every API below its path, for example /identity/v3.");
    static final Option<Boolean> CLASSIC_PORTS = Option.bool(
            "yun",
            "classic_ports",
            true,
            "Also answer on the services' own ports: 5000, 8774, 9292, 8778, 9696, 8776, 8080.");
    static final Option<Boolean> SIMULATED =
            Option.bool("yun", "simulated", false, "Guests, networks and volumes only in memory: needs no privileges.");
    static final Option<String> COMPUTE_DRIVER = Option.text(
            "DEFAULT",
            "compute_driver",
            "",
            "libvirt.LibvirtDriver; or fake.FakeDriver, fake.MediumFakeDriver or fake.SmallFakeDriver, which simulate the"
                    + " whole host as [yun] simulated does. Unset: as [yun] simulated says.");
    static final Option<String> REGION =
            Option.text("yun", "region", "RegionOne", "Name of the region in the catalog.");
    static final Option<String> PUBLIC_URL = Option.text(
            "yun",
            "public_url",
            "",
            "Address of the gateway in the catalog, for example https://cloud.example.org. Unset: this host and the gateway"
                    + " port.");
    static final Option<String> HOST = Option.text(
            "DEFAULT", "host", "", "Name of this host in services, hypervisors and agents. Unset: its host name.");
    static final Option<String> CONNECTION = Option.text(
            "database",
            "connection",
            "",
            "postgresql://USER:PASSWORD@HOST/DATABASE. Unset: an SQLite database in the data directory.");
    static final Option<Integer> POOL =
            Option.integer("database", "max_pool_size", 16, "Connections to PostgreSQL at most.");
    static final Option<Boolean> SERVER_TIMING = Option.bool(
            "yun",
            "server_timing",
            false,
            "Every answer tells in the header Server-Timing what its steps took: the token, the policy, the method itself.");
    static final Option<String> FLOW_HALT = Option.text(
            "yun",
            "flow_halt",
            "",
            "For crash tests: FLOW/TASK or FLOW/TASK#N: the process kills itself after that task is durable, for the Nth time,"
                    + " and before the next begins.");

    static final List<Option<?>> ALL = List.of(
            LISTEN,
            PORT,
            CLASSIC_PORTS,
            SIMULATED,
            COMPUTE_DRIVER,
            REGION,
            PUBLIC_URL,
            HOST,
            CONNECTION,
            POOL,
            SERVER_TIMING,
            FLOW_HALT);

    private YunOptions() {}
}
