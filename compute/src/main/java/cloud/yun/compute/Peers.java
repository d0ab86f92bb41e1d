package cloud.yun.compute;

import cloud.yun.kernel.http.Peer;

/// The neighbours' public APIs, for the old parts of ours that only pass on what they say.
///
/// @param image version 2
/// @param network version 2.0
/// @param blockStorage version 3
public record Peers(Peer image, Peer network, Peer blockStorage) {}
