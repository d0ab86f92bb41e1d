package cloud.yun.identity.auth;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import tools.jackson.databind.node.ObjectNode;

/// One way to prove who asks: `password`, `token`, `application_credential` ... Works where `[auth] methods` names
/// it.
public interface AuthMethod {
    /// As requests and `[auth] methods` name it.
    String name();

    /// @param given the object of this method in the request's `identity`
    /// @throws Unauthorized the proof does not hold; why is said in the detail only
    /// @throws Invalid something needed is missing
    Proven prove(ObjectNode given, Login login);
}
