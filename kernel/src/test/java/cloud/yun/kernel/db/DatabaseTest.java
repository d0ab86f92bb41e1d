package cloud.yun.kernel.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.Databases;
import cloud.yun.testing.Requirement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DatabaseTest {
    private static final String SOURCE = "cloud.yun.kernel.Databases#both";

    @ParameterizedTest
    @MethodSource(SOURCE)
    void transaction_whenWorkThrows_leavesNothing(Database db) {
        try (db) {
            assertThatThrownBy(() -> db.write(tx -> {
                        put(tx, "a", 1);
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            assertThat(used(db, "a")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void transaction_whenOneOfAGroupFails_theOthersStay(Database db) throws Exception {
        try (db;
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Future<?>>();
            for (int i = 0; i < 200; i++) {
                int n = i;
                results.add(threads.submit(() -> db.write(tx -> {
                    put(tx, "p" + n, n);
                    if (n % 3 == 0) tx.update("INSERT INTO quota_usage (service) VALUES ('incomplete')");
                })));
            }
            int failed = 0;
            for (var result : results)
                try {
                    result.get();
                } catch (java.util.concurrent.ExecutionException e) {
                    failed++;
                }
            assertThat(failed).isEqualTo(67);
            assertThat((long) db.read(tx -> tx.number("SELECT COUNT(*) AS n FROM quota_usage")))
                    .isEqualTo(133);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void query_askedAgainWhileItsRowsAreRead_answersBoth(Database db) {
        try (db) {
            db.write(tx -> {
                put(tx, "a", 1);
                put(tx, "b", 2);
            });
            var sql = "SELECT used FROM quota_usage ORDER BY used";
            for (int i = 0; i < 2; i++) {
                List<String> found = db.read(tx ->
                        tx.query(sql, r -> r.number("used") + ":" + tx.query(sql, inner -> inner.number("used"))));
                assertThat(found).containsExactly("1:[1, 2]", "2:[1, 2]");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void statement_afterItFailed_worksAgainAndItsFailureTellsNoArgument(Database db) {
        var sql = "INSERT INTO quota_usage (service, project_id, resource, used) VALUES ('s', ?, 'r', ?)";
        try (db) {
            db.write(tx -> tx.update(sql, "a", 1));
            assertThatThrownBy(() -> db.write(tx -> tx.update(sql, "a", 4711)))
                    .hasMessageContaining("INSERT INTO quota_usage")
                    .hasMessageNotContaining("4711");
            db.write(tx -> tx.update(sql, "b", 2));
            assertThat(used(db, "b")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void query_afterItsTableGotAColumn_readsTheRightOnes(Database db) {
        var sql = "SELECT * FROM quota_usage";
        try (db) {
            db.write(tx -> put(tx, "a", 7));
            List<Long> before = db.transaction(tx -> tx.query(sql, r -> r.number("used")));
            assertThat(before).containsExactly(7L);
            db.write(tx -> tx.update("ALTER TABLE quota_usage ADD COLUMN more INTEGER NOT NULL DEFAULT 9"));
            List<Long> after = db.transaction(tx -> tx.query(sql, r -> r.number("used") * 10 + r.number("more")));
            assertThat(after).containsExactly(79L);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void transaction_whenManyCountOneRow_noneIsLost(Database db) throws Exception {
        try (db;
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Future<?>>();
            for (int i = 0; i < 100; i++) results.add(threads.submit(() -> db.write(tx -> tx.update("""
                        INSERT INTO quota_usage (service, project_id, resource, used) VALUES ('s', 'p', 'r', 1)
                        ON CONFLICT (service, project_id, resource) DO UPDATE SET used = quota_usage.used + 1
                        """))));
            for (var result : results) result.get();
            assertThat(used(db, "p")).isEqualTo(100);
        }
    }

    /// SQLite's writers come one after the other anyhow.
    @Test
    void transaction_whenAnotherMadeItsRowMeanwhile_runsAgainAndSeesIt() throws Exception {
        try (var db = Databases.postgresql();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var bothLooked = new CyclicBarrier(2);
            var runs = new AtomicInteger();
            Callable<Boolean> makes = () -> db.transaction(tx -> {
                boolean first = runs.incrementAndGet() <= 2;
                if (tx.exists("SELECT 1 AS one FROM quota_usage WHERE project_id = 'a'")) return false;
                if (first) await(bothLooked);
                tx.update("INSERT INTO quota_usage (service, project_id, resource, used) VALUES ('s', 'a', 'r', 1)");
                return true;
            });
            var results = threads.invokeAll(List.of(makes, makes));
            assertThat(List.of(results.get(0).get(), results.get(1).get())).containsExactlyInAnyOrder(true, false);
            assertThat(runs).hasValue(3);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void afterCommit_runsOnlyWhenDurable(Database db) {
        try (db) {
            var woken = new AtomicInteger();
            db.write(tx -> tx.afterCommit(woken::incrementAndGet));
            assertThatThrownBy(() -> db.write(tx -> {
                        tx.afterCommit(woken::incrementAndGet);
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(woken).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void read_cannotWrite(Database db) {
        try (db) {
            assertThatThrownBy(() -> db.read(tx -> tx.update("DELETE FROM quota_usage")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("DELETE FROM quota_usage");
            // What is asked like a query and writes is left to the database.
            assertThatThrownBy(() -> db.read(tx -> tx.exists("DELETE FROM quota_usage RETURNING used")));
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void read_withSomethingLeftToWriteAtItsEnd_fails(Database db) {
        try (db) {
            Tx.Ending writes = tx -> put(tx, "a", 1);
            assertThatThrownBy(() -> db.read(tx -> tx.ending(Tx.Ending.class, () -> writes)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("quota_usage");
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void read_cannotLock_writeCan(Database db) {
        try (db) {
            db.write(tx -> put(tx, "a", 1));
            for (var lock : List.of(db.dialect().forUpdate(), db.dialect().skipLocked())) {
                var sql = "SELECT used AS n FROM quota_usage" + lock;
                assertThatThrownBy(() -> db.read(tx -> tx.number(sql)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("SELECT used AS n FROM quota_usage");
                assertThat((long) db.transaction(tx -> tx.number(sql))).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void arguments_comeBackAsTheyWent(Database db) {
        try (db) {
            var time = Instant.parse("2026-11-20T06:29:50.123456Z");
            db.write(tx -> tx.update(
                    "INSERT INTO event (type, project_id, resource_id, request_id, payload, at) VALUES (?, ?, ?, ?, ?, ?)",
                    "t",
                    "",
                    "ü'\"",
                    "",
                    cloud.yun.kernel.json.Json.object().put("a", 1),
                    time));
            var found = db.read(tx -> tx.first(
                            "SELECT * FROM event",
                            r -> List.of(
                                    r.string("resource_id"),
                                    r.json("payload").get("a").intValue(),
                                    r.instant("at"))))
                    .orElseThrow();
            assertThat(found).isEqualTo(List.of("ü'\"", 1, time));
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void select_pagesOverMixedDirections_seesEachRowOnce(Database db) {
        try (db) {
            db.write(tx -> {
                for (int i = 0; i < 25; i++) put(tx, "p" + i, i % 4);
            });
            var rows = walk(db, Select.of("project_id", "quota_usage"));
            assertThat(rows).hasSize(25).doesNotHaveDuplicates();
            assertThat(walk(db, Select.of("project_id", "quota_usage").key("project_id")))
                    .isEqualTo(rows);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void select_ofMoreValuesThanADatabaseTakes_findsThem(Database db) {
        try (db) {
            db.write(tx -> {
                put(tx, "p7", 1);
                put(tx, "q\"'", 1);
                put(tx, "r", 1);
            });
            var many = new ArrayList<String>(List.of("q\"'"));
            for (int i = 0; i < 70_000; i++) many.add("p" + i);
            var select = Select.of("project_id", "quota_usage")
                    .in("project_id", many)
                    .where("service = ?", "s")
                    .order(Select.Sort.asc("project_id"));
            assertThat(db.<List<String>>read(tx -> select.list(tx, r -> r.string("project_id"))))
                    .containsExactly("p7", "q\"'");
            assertThat(db.<Long>read(select::count)).isEqualTo(2);
        }
    }

    private static List<String> walk(Database db, Select all) {
        var select = all.where("service = ?", "s")
                .order(Select.Sort.desc("used"), Select.Sort.asc("project_id"))
                .limit(7);
        var seen = new ArrayList<String>();
        while (true) {
            var page = db.read(tx -> select.list(tx, r -> r.string("project_id")));
            if (page.isEmpty()) return seen;
            seen.addAll(page);
            assertThat(db.<Boolean>read(
                            tx -> select.after(tx, "project_id", page.getLast()).isPresent()))
                    .isTrue();
        }
    }

    /// A periodic task has no web request around it: it opens, commits and closes by itself, and leaks nothing.
    @Requirement("S0.12")
    @ParameterizedTest
    @MethodSource(SOURCE)
    void transaction_withoutAnyRequest_aThousandTimes_leaksNoConnection(Database db) {
        try (db) {
            for (int i = 0; i < 1000; i++) {
                db.write(tx -> put(tx, "periodic", 1));
                assertThat(db.<Long>read(tx -> tx.number("SELECT COUNT(*) AS n FROM quota_usage")))
                        .isEqualTo(1);
            }
        }
    }

    private static void put(Tx tx, String project, long used) {
        tx.update("""
                INSERT INTO quota_usage (service, project_id, resource, used) VALUES ('s', ?, 'r', ?)
                ON CONFLICT (service, project_id, resource) DO UPDATE SET used = excluded.used
                """, project, used);
    }

    private static long used(Database db, String project) {
        return db.read(tx -> tx.number("SELECT used AS n FROM quota_usage WHERE project_id = ?", project));
    }
}
