/// One database for the whole house: SQLite inside the process by default, PostgreSQL in production.
///
/// Start reading at `Database`. Stores get a `Tx` and write plain SQL that both databases understand: ids are TEXT,
/// booleans INTEGER 0/1, times BIGINT microseconds since 1970. What differs is in `Dialect`.
package cloud.yun.kernel.db;
