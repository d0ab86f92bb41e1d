package cloud.yun.image.member;

import cloud.yun.image.image.Image;
import cloud.yun.image.image.ImageAccess;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// The rules of members. The owner offers the image; only the member says what it thinks of it.
public final class MemberService {
    private static final Set<String> STATUSES = Set.of("pending", "accepted", "rejected");

    private final Database db;
    private final ImageAccess access;
    private final Clock clock;
    private final int membersMax;

    /// @param membersMax members of one image; -1: any number
    public MemberService(Database db, ImageAccess access, Clock clock, int membersMax) {
        this.db = db;
        this.access = access;
        this.clock = clock;
        this.membersMax = membersMax;
    }

    Member create(Caller caller, String imageId, String memberId) {
        return db.transaction(tx -> {
            var image = access.visible(tx, caller, imageId);
            access.require(tx, caller, "add_member", image);
            shared(image, "create");
            var store = new MemberStore(tx);
            if (membersMax >= 0 && store.of(imageId).size() >= membersMax)
                throw new Refused(
                        413,
                        "The limit has been exceeded on the number of allowed image members for this image. Attempted: "
                                + (membersMax + 1) + ", Maximum: " + membersMax);
            var now = clock.instant();
            var member = new Member(imageId, memberId, "pending", now, now);
            if (!store.insert(member)) throw new Conflict("Member " + memberId + " is duplicated for image " + imageId);
            return member;
        });
    }

    private static void shared(Image image, String verb) {
        if (!image.visibility().equals("shared"))
            throw new Forbidden("Not allowed to " + verb + " members for image " + image.id() + ".");
    }

    List<Member> list(Caller caller, String imageId) {
        return db.read(tx -> {
            var image = access.visible(tx, caller, imageId);
            access.require(tx, caller, "get_members", image);
            var all = new MemberStore(tx).of(imageId);
            return owner(caller, image)
                    ? all
                    : all.stream()
                            .filter(m -> m.memberId().equals(caller.projectId()))
                            .toList();
        });
    }

    private static boolean owner(Caller caller, Image image) {
        return caller.admin()
                || caller.project().map(p -> p.id().equals(image.owner())).orElse(false);
    }

    Member show(Caller caller, String imageId, String memberId) {
        return db.read(tx -> {
            var image = access.visible(tx, caller, imageId);
            access.require(tx, caller, "get_member", image);
            if (!owner(caller, image) && !memberId.equals(caller.projectId())) throw notFound(imageId, memberId);
            return find(tx, imageId, memberId);
        });
    }

    private static Member find(Tx tx, String imageId, String memberId) {
        return new MemberStore(tx).find(imageId, memberId).orElseThrow(() -> notFound(imageId, memberId));
    }

    private static NotFound notFound(String imageId, String memberId) {
        return new NotFound(memberId + " not found in the member list of the image " + imageId + ".");
    }

    Member answer(Caller caller, String imageId, String memberId, String status) {
        if (!STATUSES.contains(status))
            throw new Invalid("Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".");
        return db.transaction(tx -> {
            var image = access.visible(tx, caller, imageId);
            access.require(tx, caller, "modify_member", image);
            if (!caller.admin() && !memberId.equals(caller.projectId())) throw notFound(imageId, memberId);
            var seen = find(tx, imageId, memberId);
            var now = clock.instant();
            new MemberStore(tx).status(imageId, memberId, status, now);
            return new Member(imageId, memberId, status, seen.createdAt(), now);
        });
    }

    void delete(Caller caller, String imageId, String memberId) {
        db.write(tx -> {
            var image = access.visible(tx, caller, imageId);
            access.require(tx, caller, "delete_member", image);
            shared(image, "delete");
            if (!new MemberStore(tx).delete(imageId, memberId)) throw notFound(imageId, memberId);
        });
    }
}
