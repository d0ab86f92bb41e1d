package cloud.yun.blockstorage.type;

import java.time.Instant;
import java.util.Optional;

/// How the volumes of a type are to be encrypted: a record that operators keep. Our back ends do not encrypt, so no
/// volume can be made of such a type.
///
/// @param controlLocation `front-end` or `back-end`
/// @param keySize in bits
record Encryption(
        String typeId,
        String encryptionId,
        String provider,
        String controlLocation,
        Optional<String> cipher,
        Optional<Long> keySize,
        Instant createdAt,
        Optional<Instant> updatedAt) {}
