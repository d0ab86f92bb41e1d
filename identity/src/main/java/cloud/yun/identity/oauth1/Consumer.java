package cloud.yun.identity.oauth1;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A program that asks to act for users.
///
/// @param secret shown once, when the consumer is made
record Consumer(String id, Optional<String> description, String secret, ObjectNode extra) {
    @Override
    public String toString() {
        return "Consumer[" + id + "]";
    }
}
