package cloud.yun.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Dialect;
import cloud.yun.kernel.error.CloudException.OverQuota;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuotasTest {
    private static final String SOURCE = "cloud.yun.kernel.Databases#both";
    private final Quotas quotas = new Quotas("compute", Map.of("instances", 10L, "cores", 20L));

    @ParameterizedTest
    @MethodSource(SOURCE)
    void take_byManyAtOnce_neverPassesTheLimit(Database db) throws Exception {
        try (db) {
            var taken = new AtomicInteger();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 50; i++)
                    threads.submit(() -> {
                        db.write(tx -> quotas.take(tx, "p", Map.of("instances", 1L, "cores", 1L)));
                        taken.incrementAndGet();
                    });
            }
            assertThat(taken).hasValue(10);
            assertThat(db.<Map<String, Long>>read(tx -> quotas.usage(tx, "p")))
                    .containsEntry("instances", 10L)
                    .containsEntry("cores", 10L);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void take_whenOneOfTwoDoesNotFit_takesNeither(Database db) {
        try (db) {
            assertThatThrownBy(() -> db.write(tx -> quotas.take(tx, "p", Map.of("instances", 1L, "cores", 21L))))
                    .isInstanceOf(OverQuota.class);
            assertThat(db.<Map<String, Long>>read(tx -> quotas.usage(tx, "p"))).containsEntry("instances", 0L);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void limits_ofAProject_winOverTheDefaultClass_whichWinsOverTheOption(Database db) {
        try (db) {
            db.write(tx -> {
                quotas.setLimit(tx, "", "cores", 30);
                quotas.setLimit(tx, "p", "instances", Quotas.UNLIMITED);
            });
            assertThat(db.<Map<String, Long>>read(tx -> quotas.limits(tx, "p")))
                    .containsEntry("cores", 30L)
                    .containsEntry("instances", -1L);
            db.write(tx -> quotas.take(tx, "p", Map.of("instances", 1000L)));
            db.write(tx -> quotas.clearLimits(tx, "p"));
            assertThat(db.<Map<String, Long>>read(tx -> quotas.limits(tx, "p"))).containsEntry("instances", 10L);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void usage_inTheTransactionThatTakes_knowsItAlready(Database db) {
        try (db) {
            var seen = db.<Map<String, Long>>transaction(tx -> {
                quotas.take(tx, "p", Map.of("cores", 3L));
                quotas.give(tx, "p", Map.of("cores", 1L));
                return quotas.usage(tx, "p");
            });
            assertThat(seen).containsEntry("cores", 2L);
            assertThat(db.<Map<String, Long>>read(tx -> quotas.usage(tx, "p"))).containsEntry("cores", 2L);
        }
    }

    /// One writer at a time is all that SQLite has.
    @ParameterizedTest
    @MethodSource(SOURCE)
    void transactionThatTookAndGoesOn_keepsNobodyFromTaking(Database db) {
        try (db) {
            assumeTrue(db.dialect() == Dialect.POSTGRESQL);
            db.write(tx -> {
                quotas.take(tx, "p", Map.of("instances", 1L));
                try (var other = Executors.newVirtualThreadPerTaskExecutor()) {
                    other.submit(() -> db.write(o -> quotas.take(o, "p", Map.of("instances", 9L))))
                            .get(30, TimeUnit.SECONDS);
                } catch (InterruptedException | ExecutionException | TimeoutException e) {
                    throw new IllegalStateException(e);
                }
                quotas.give(tx, "p", Map.of("instances", 1L));
            });
            assertThatThrownBy(() -> db.write(tx -> {
                        quotas.take(tx, "p", Map.of("instances", 1L));
                        try (var other = Executors.newVirtualThreadPerTaskExecutor()) {
                            other.submit(() -> db.write(o -> quotas.take(o, "p", Map.of("instances", 1L))))
                                    .get(30, TimeUnit.SECONDS);
                        } catch (InterruptedException | ExecutionException | TimeoutException e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .as("the last one was taken meanwhile")
                    .isInstanceOf(OverQuota.class);
        }
    }
}
