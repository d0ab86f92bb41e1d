/// What every room's tests share: the requirement marker and a throw-away PostgreSQL.
///
/// Knows no part of Yun, so that the kernel's own tests can use it too.
package cloud.yun.testing;
