package cloud.yun.host;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The tiny guest image, built once per build directory.
public final class GuestImage {
    private static final Path SCRIPT = Path.of("../guest-image/build.sh").toAbsolutePath();
    private static final Path IMAGE = Path.of("target/yunos.raw").toAbsolutePath();

    private GuestImage() {}

    public static synchronized Path raw() throws IOException {
        boolean fresh = Files.exists(IMAGE)
                && Files.getLastModifiedTime(IMAGE).compareTo(Files.getLastModifiedTime(SCRIPT)) > 0;
        if (!fresh) {
            Commands.system()
                    .run(Command.of("bash", SCRIPT.toString(), IMAGE.toString()).deadline(Duration.ofMinutes(3)));
        }
        return IMAGE;
    }
}
