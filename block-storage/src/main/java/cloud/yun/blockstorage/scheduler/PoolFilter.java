package cloud.yun.blockstorage.scheduler;

import cloud.yun.blockstorage.scheduler.FilterScheduler.Request;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Cinder's filters, by their names in `scheduler_default_filters`.
enum PoolFilter {
    AvailabilityZoneFilter {
        @Override
        Optional<String> refuses(Pool pool, Request wanted) {
            if (pool.zone().equals(wanted.zone())) return Optional.empty();
            return Optional.of("it is in zone " + pool.zone() + ", not " + wanted.zone());
        }
    },
    CapacityFilter {
        @Override
        Optional<String> refuses(Pool pool, Request wanted) {
            double ratio = pool.overSubscription();
            double promised = (pool.allocatedGib() + wanted.sizeGib()) / Math.max(pool.totalGib(), 0.01);
            if (promised > ratio)
                return Optional.of("%d GiB of %.0f GiB are promised, %d more pass the ratio of %.1f"
                        .formatted(pool.allocatedGib(), pool.totalGib(), wanted.sizeGib(), ratio));
            double free = pool.freeGib() * Math.max(1, ratio);
            if (free < wanted.sizeGib())
                return Optional.of("%.1f GiB are free, %d are wanted".formatted(Math.max(0, free), wanted.sizeGib()));
            return Optional.empty();
        }
    },
    CapabilitiesFilter {
        @Override
        Optional<String> refuses(Pool pool, Request wanted) {
            return unmet(pool.capabilities(), wanted.extraSpecs());
        }
    };

    /// @return the first extra spec that the capabilities do not have, in words
    static Optional<String> unmet(ObjectNode capabilities, Map<String, String> extraSpecs) {
        for (var spec : extraSpecs.entrySet()) {
            var key = spec.getKey();
            int colon = key.indexOf(':');
            // A scope other than "capabilities" speaks to somebody else: a driver, QoS.
            if (colon >= 0 && !key.startsWith("capabilities:")) continue;
            var name = colon < 0 ? key : key.substring(colon + 1);
            var has = capabilities.path(name);
            if (has.isMissingNode() || has.isNull()) return Optional.of("it has no capability " + name);
            if (!ExtraSpec.matches(has.asString(""), spec.getValue()))
                return Optional.of("its " + name + " is " + has.asString("") + ", wanted is " + spec.getValue());
        }
        return Optional.empty();
    }

    /// @return why not; empty when the pool may do
    abstract Optional<String> refuses(Pool pool, Request wanted);

    /// One requirement of an extra spec, in the scheduler's language.
    static final class ExtraSpec {
        private ExtraSpec() {}

        /// @see <a href="https://docs.openstack.org/cinder/latest/admin/scheduler-filters.html">Scheduler
        ///     filters</a>
        static boolean matches(String has, String wanted) {
            var words = wanted.strip().split("\\s+");
            if (words.length == 0 || words[0].isEmpty()) return has.isEmpty();
            var rest = wanted.strip().substring(words[0].length()).strip();
            return switch (words[0]) {
                case "<is>" -> truth(has) == truth(rest);
                case "<in>" -> has.contains(rest);
                case "<or>" ->
                    Arrays.stream(wanted.split("<or>")).map(String::strip).anyMatch(w -> !w.isEmpty() && w.equals(has));
                case "=", ">=" -> compared(has, rest) >= 0;
                case "<=" -> compared(has, rest) <= 0;
                case "==" -> compared(has, rest) == 0;
                case "!=" -> compared(has, rest) != 0;
                case "s==" -> has.equals(rest);
                case "s!=" -> !has.equals(rest);
                case "s>=" -> has.compareTo(rest) >= 0;
                case "s>" -> has.compareTo(rest) > 0;
                case "s<=" -> has.compareTo(rest) <= 0;
                case "s<" -> has.compareTo(rest) < 0;
                default -> has.equalsIgnoreCase(wanted.strip());
            };
        }

        private static boolean truth(String text) {
            return Set.of("true", "1", "yes", "on", "t", "y").contains(text.toLowerCase(Locale.ROOT));
        }

        private static int compared(String has, String wanted) {
            try {
                return Double.compare(Double.parseDouble(has), Double.parseDouble(wanted));
            } catch (NumberFormatException e) {
                return has.compareTo(wanted);
            }
        }
    }
}
