package cloud.yun.image.member;

import java.time.Instant;

/// @param memberId the project
/// @param status `pending`, `accepted` or `rejected`
public record Member(String imageId, String memberId, String status, Instant createdAt, Instant updatedAt) {}
