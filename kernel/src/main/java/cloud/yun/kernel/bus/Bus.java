package cloud.yun.kernel.bus;

import java.time.Duration;

/// Carries commands to hosts: oslo.messaging's call, cast and fanout.
///
/// Messages and replies are records that JSON can carry, so that an agent may live in this process or on another
/// host. Topics are `compute`, `compute.HOST`, `network.HOST` ...
public interface Bus {
    /// A place at a topic. Closing it ends serving and cannot fail.
    @FunctionalInterface
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    @FunctionalInterface
    interface Server {
        /// @param message a record; a server refuses those that it does not know
        Object handle(Object message);
    }

    /// @return close it to stop serving
    Subscription serve(String topic, Server server);

    /// Waits for the reply.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Unavailable nobody serves the topic, or no reply in time; the
    ///     command may have been carried out all the same
    /// @throws RuntimeException what the server threw
    <R> R call(String topic, Object message, Class<R> reply, Duration timeout);

    /// Does not wait. Nobody may be there to hear it.
    void cast(String topic, Object message);

    /// To all servers of `topic`, and of `topic.HOST` for every host.
    void fanout(String topic, Object message);
}
