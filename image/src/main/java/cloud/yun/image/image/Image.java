package cloud.yun.image.image;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// @param visibility `public`, `private`, `shared` or `community`
/// @param owner id of the project that it belongs to
/// @param sizeBytes length of the data
/// @param virtualSizeBytes size of the disk inside, as far as the format tells
/// @param protect nobody can delete it
/// @param hidden left out of lists unless asked for
/// @param properties custom properties in the order in which they came
public record Image(
        String id,
        Optional<String> name,
        ImageState status,
        String visibility,
        String owner,
        Optional<Long> sizeBytes,
        Optional<Long> virtualSizeBytes,
        Optional<String> checksumMd5,
        Optional<String> hashAlgorithm,
        Optional<String> hashValue,
        Optional<String> diskFormat,
        Optional<String> containerFormat,
        int minDiskGib,
        int minRamMib,
        boolean protect,
        boolean hidden,
        Instant createdAt,
        Instant updatedAt,
        Map<String, String> properties,
        Set<String> tags) {

    /// A new image without data.
    static Image queued(String id, String owner, Instant now) {
        return new Image(
                id,
                Optional.empty(),
                ImageState.QUEUED,
                "shared",
                owner,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                false,
                false,
                now,
                now,
                Map.of(),
                Set.of());
    }

    boolean hasData() {
        return status == ImageState.ACTIVE || status == ImageState.DEACTIVATED;
    }

    Image withProperties(Map<String, String> newProperties, Collection<String> newTags) {
        return edit().properties(newProperties).tags(newTags).image();
    }

    Editor edit() {
        return new Editor(this);
    }

    /// What a request may change, one by one.
    static final class Editor {
        private final Image from;
        private Optional<String> name;
        private String visibility;
        private String owner;
        private Optional<String> diskFormat;
        private Optional<String> containerFormat;
        private int minDiskGib;
        private int minRamMib;
        private boolean protect;
        private boolean hidden;
        private final Map<String, String> properties;
        private Set<String> tags;

        private Editor(Image from) {
            this.from = from;
            name = from.name;
            visibility = from.visibility;
            owner = from.owner;
            diskFormat = from.diskFormat;
            containerFormat = from.containerFormat;
            minDiskGib = from.minDiskGib;
            minRamMib = from.minRamMib;
            protect = from.protect;
            hidden = from.hidden;
            properties = new LinkedHashMap<>(from.properties);
            tags = new TreeSet<>(from.tags);
        }

        Editor name(Optional<String> value) {
            name = value;
            return this;
        }

        Editor visibility(String value) {
            visibility = value;
            return this;
        }

        Editor owner(String value) {
            owner = value;
            return this;
        }

        Editor diskFormat(Optional<String> value) {
            diskFormat = value;
            return this;
        }

        Editor containerFormat(Optional<String> value) {
            containerFormat = value;
            return this;
        }

        Editor minDiskGib(int value) {
            minDiskGib = value;
            return this;
        }

        Editor minRamMib(int value) {
            minRamMib = value;
            return this;
        }

        Editor protect(boolean value) {
            protect = value;
            return this;
        }

        Editor hidden(boolean value) {
            hidden = value;
            return this;
        }

        Editor properties(Map<String, String> values) {
            properties.clear();
            properties.putAll(values);
            return this;
        }

        Map<String, String> properties() {
            return properties;
        }

        Editor tags(Collection<String> values) {
            tags = new TreeSet<>(values);
            return this;
        }

        Image image() {
            return new Image(
                    from.id,
                    name,
                    from.status,
                    visibility,
                    owner,
                    from.sizeBytes,
                    from.virtualSizeBytes,
                    from.checksumMd5,
                    from.hashAlgorithm,
                    from.hashValue,
                    diskFormat,
                    containerFormat,
                    minDiskGib,
                    minRamMib,
                    protect,
                    hidden,
                    from.createdAt,
                    from.updatedAt,
                    new LinkedHashMap<>(properties),
                    tags);
        }
    }
}
