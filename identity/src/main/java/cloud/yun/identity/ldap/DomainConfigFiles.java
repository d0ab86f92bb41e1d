package cloud.yun.identity.ldap;

import cloud.yun.identity.project.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// `[identity] domain_config_dir`: the domain NAME has its configuration in `keystone.NAME.conf`. A file is read
/// again when it has changed.
public final class DomainConfigFiles implements DomainConfigs {
    private record Read(FileTime changed, long size, String text) {}

    private final Path directory;
    private final ConcurrentHashMap<Path, Read> known = new ConcurrentHashMap<>();

    public DomainConfigFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<String> of(Project domain) {
        // A name is what a user chose: it must not lead out of the directory.
        if (domain.name().indexOf('/') >= 0 || domain.name().indexOf('\0') >= 0) return Optional.empty();
        var file = directory.resolve("keystone." + domain.name() + ".conf");
        try {
            var changed = Files.getLastModifiedTime(file);
            long size = Files.size(file);
            var old = known.get(file);
            if (old != null && old.changed().equals(changed) && old.size() == size) return Optional.of(old.text());
            var text = Files.readString(file);
            known.put(file, new Read(changed, size, text));
            return Optional.of(text);
        } catch (NoSuchFileException e) {
            known.remove(file);
            return Optional.empty();
        } catch (IOException e) {
            // Said as an option that is wrong: only this domain is closed, and the log tells why.
            return Optional.of("[ldap]\ncannot read " + file + "\n");
        }
    }
}
