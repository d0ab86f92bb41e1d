/// How passwords are hashed, in the strings that Keystone and passlib write, so that either reads the other's.
///
/// Start reading at `PasswordHashers`: which algorithm makes new hashes, and which reads one. Each algorithm is a
/// `PasswordHasher`. What is remembered of verified passwords, and the threads this runs on: `auth.Passwords`.
package cloud.yun.identity.password;
