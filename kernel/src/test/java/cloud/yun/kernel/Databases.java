package cloud.yun.kernel;

import cloud.yun.kernel.db.Database;
import cloud.yun.testing.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.stream.Stream;

/// The two databases, fresh and migrated, for parameterized tests.
public final class Databases {
    private Databases() {}

    public static Stream<Database> both() {
        return Stream.of(sqlite(), postgresql());
    }

    public static Database sqlite() {
        try {
            var directory = Files.createTempDirectory("yun-test");
            directory.toFile().deleteOnExit();
            return migrated(Database.sqlite(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Database postgresql() {
        return migrated(Database.postgresql(PostgresServer.newDatabase(), 8));
    }

    private static Database migrated(Database db) {
        db.migrate(java.util.List.of("kernel"));
        return db;
    }
}
