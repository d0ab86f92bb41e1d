package cloud.yun.identity;

import cloud.yun.identity.Maintenance.Finding;
import cloud.yun.kernel.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Options that are allowed and yet are likely a mistake, or out of date.
final class OptionCheck {
    private OptionCheck() {}

    static List<Finding> of(
            Config config, Duration tokenLife, boolean v2Shim, int keysMax, Path tokenKeys, Path credentialKeys) {
        var found = new ArrayList<Finding>();
        check(
                found,
                !v2Shim,
                "the v2.0 API is off",
                "[identity] v2_shim: Identity v2.0 has long ended; move its clients to v3");
        check(
                found,
                tokenLife.compareTo(Duration.ofDays(7)) <= 0,
                "tokens live " + tokenLife.toHours() + " h",
                "[token] expiration is more than a week: a stolen token stays good that long");
        check(
                found,
                keysMax >= 3,
                "[fernet_tokens] max_active_keys is " + keysMax,
                "with fewer than 3 a rotation makes the tokens before it worthless");
        check(
                found,
                !tokenKeys
                        .toAbsolutePath()
                        .normalize()
                        .equals(credentialKeys.toAbsolutePath().normalize()),
                "tokens and credentials have keys of their own",
                "[fernet_tokens] key_repository must not be the credentials' one: rotation would lose credentials");
        DirectoryModule.files(config)
                .ifPresent(d -> check(
                        found,
                        Files.isDirectory(d),
                        "the domains' configurations in " + d,
                        "[identity] domain_config_dir is no directory"));
        return found;
    }

    private static void check(List<Finding> found, boolean good, String what, String remedy) {
        found.add(new Finding(good, what, good ? "" : remedy));
    }
}
