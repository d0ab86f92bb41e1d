package cloud.yun.host.disk;

import java.util.Optional;

/// What `qemu-img info` says of one file, without following its backing chain.
///
/// @param virtualBytes the size a guest sees
/// @param actualBytes what the file takes on the host's disk
/// @param backingFile as written in the header, possibly relative or a `json:` description
/// @param dataFile external data file of a qcow2
public record ImageInfo(
        ImageFormat format,
        long virtualBytes,
        long actualBytes,
        Optional<String> backingFile,
        Optional<String> backingFormat,
        Optional<String> dataFile,
        boolean encrypted) {}
