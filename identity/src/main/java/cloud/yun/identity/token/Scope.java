package cloud.yun.identity.token;

/// What a token gives access to.
public sealed interface Scope {
    record Unscoped() implements Scope {}

    record Project(String id) implements Scope {}

    record Domain(String id) implements Scope {}

    record System() implements Scope {}
}
