package cloud.yun.compute.lifecycle;

/// What a flow that works on one server is given. The rest it reads when it needs it.
public record Work(String serverId, String requestId) {}
