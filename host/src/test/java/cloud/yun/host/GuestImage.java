package cloud.yun.host;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The tiny guest image, built once.
public final class GuestImage {
    private static final Path SCRIPT = Path.of("../guest-image/build.sh").toAbsolutePath();

    private GuestImage() {}

    public static Path raw() throws IOException {
        return build("yunos.raw", "0");
    }

    /// With the guest agent in it.
    public static Path rawWithAgent() throws IOException {
        return build("yunos-agent.raw", "1");
    }

    private static synchronized Path build(String name, String agent) throws IOException {
        Path image = Path.of("target", name).toAbsolutePath();
        boolean fresh = Files.exists(image)
                && Files.getLastModifiedTime(image).compareTo(Files.getLastModifiedTime(SCRIPT)) > 0;
        if (!fresh) {
            Commands.system()
                    .run(Command.of("bash", SCRIPT.toString(), image.toString())
                            .environment("WITH_QGA", agent)
                            .deadline(Duration.ofMinutes(3)));
        }
        return image;
    }
}
