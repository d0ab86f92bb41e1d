package cloud.yun.compute.service;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Page;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// HTTP of the log of usage audits. Usage is computed when asked for here (`os-simple-tenant-usage`), so no host ever
/// runs an audit: each is told as not run, which is what Nova says where `instance_usage_audit` is off.
public final class AuditLogRoutes implements Part {
    private static final Option<String> PERIOD = Option.text(
            "DEFAULT",
            "instance_usage_audit_period",
            "month",
            "Period of usage audits: hour, day, month or year, with @N to begin it later.");
    private static final String LOG = "/v2.1/os-instance_usage_audit_log";
    private static final String RULE = "os_compute_api:os-instance-usage-audit-log:";
    private static final DateTimeFormatter SHOWN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final DateTimeFormatter ASKED = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .optionalStart()
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter();

    private final HostService hosts;
    private final Clock clock;
    private final Config config;

    public AuditLogRoutes(HostService hosts, Clock clock, Config config) {
        this.hosts = hosts;
        this.clock = clock;
        this.config = config;
    }

    public static List<Option<?>> options() {
        return List.of(PERIOD);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(LOG, this::list).policy(RULE + "list"),
                Route.get(LOG + "/{before}", this::show).policy(RULE + "show"));
    }

    private Reply list(Request request) {
        return answer(request, "instance_usage_audit_logs", LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
    }

    private Reply show(Request request) {
        var text = request.variable("before");
        try {
            return answer(request, "instance_usage_audit_log", LocalDateTime.parse(text, ASKED));
        } catch (DateTimeParseException e) {
            throw new Invalid("Invalid timestamp for date " + text);
        }
    }

    private Reply answer(Request request, String name, LocalDateTime before) {
        if (request.microversion().atLeast(102)) Page.only(request, Set.of());
        var end = end(before);
        var missing = hosts.services(Optional.empty(), Optional.of(HostService.COMPUTE)).stream()
                .map(s -> s.service().host())
                .sorted()
                .toList();
        var body = Json.object();
        var log = body.putObject(name)
                .put("period_beginning", SHOWN.format(begin(end)))
                .put("period_ending", SHOWN.format(end))
                .put("num_hosts", missing.size())
                .put("num_hosts_done", 0)
                .put("num_hosts_running", 0)
                .put("num_hosts_not_run", missing.size());
        var array = log.putArray("hosts_not_run");
        missing.forEach(array::add);
        log.put("total_instances", 0)
                .put("total_errors", 0)
                .put(
                        "overall_status",
                        (missing.isEmpty() ? "ALL" : "0 of " + missing.size()) + " hosts done. 0 errors.");
        log.putObject("log");
        return Reply.ok(body);
    }

    private String unit() {
        return config.get(PERIOD).split("@", 2)[0];
    }

    private int offset() {
        var parts = config.get(PERIOD).split("@", 2);
        return parts.length < 2 ? 0 : Integer.parseInt(parts[1]);
    }

    /// @return the end of the newest period that was over before `now`
    private LocalDateTime end(LocalDateTime now) {
        var end = switch (unit()) {
            case "hour" -> now.truncatedTo(ChronoUnit.HOURS).withMinute(offset());
            case "day" -> now.truncatedTo(ChronoUnit.DAYS).withHour(offset());
            case "week" -> now.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case "year" -> now.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).withMonth(Math.max(1, offset()));
            default -> now.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(Math.max(1, offset()));
        };
        return end.isBefore(now) ? end : begin(end);
    }

    private LocalDateTime begin(LocalDateTime end) {
        return switch (unit()) {
            case "hour" -> end.minusHours(1);
            case "day" -> end.minusDays(1);
            case "week" -> end.minusWeeks(1);
            case "year" -> end.minusYears(1);
            default -> end.minusMonths(1);
        };
    }
}
