package cloud.yun.image.image;

import cloud.yun.image.member.MemberStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;

/// Who may see and do what with an image.
public final class ImageAccess {
    private final Policy policy;

    public ImageAccess(Policy policy) {
        this.policy = policy;
    }

    /// @return the image as policy rules see it
    Target target(Tx tx, Caller caller, Image image) {
        var target = Target.project(image.owner())
                .with("owner", image.owner())
                .with("visibility", image.visibility())
                .with("image_id", image.id());
        return member(tx, caller, image) ? target.with("member_id", caller.projectId()) : target;
    }

    private static boolean member(Tx tx, Caller caller, Image image) {
        return image.visibility().equals("shared")
                && caller.project().isPresent()
                && new MemberStore(tx).find(image.id(), caller.projectId()).isPresent();
    }

    private boolean visible(Tx tx, Caller caller, Image image) {
        boolean known = caller.admin()
                || image.visibility().equals("public")
                || image.visibility().equals("community")
                || owned(caller, image)
                || member(tx, caller, image);
        return known && policy.allows(caller, "get_image", target(tx, caller, image));
    }

    static boolean owned(Caller caller, Image image) {
        return caller.project().map(p -> p.id().equals(image.owner())).orElse(false);
    }

    /// @return the image if the caller may know about it
    /// @throws NotFound otherwise
    public Image visible(Tx tx, Caller caller, String id) {
        var image = new ImageStore(tx).find(id).orElseThrow(() -> ImageService.notFound(id));
        if (!visible(tx, caller, image)) throw ImageService.notFound(id);
        return image;
    }

    boolean sees(Tx tx, Caller caller, Image image) {
        return visible(tx, caller, image);
    }

    /// For whoever can see the image.
    ///
    /// @throws Forbidden the rule does not hold
    public void require(Tx tx, Caller caller, String rule, Image image) {
        if (policy.allows(caller, rule, target(tx, caller, image))) return;
        if (!owned(caller, image) && !caller.admin()) throw new Forbidden("You do not own this image");
        throw Forbidden.byPolicy(rule);
    }

    void require(Caller caller, String rule, Target target) {
        policy.require(caller, rule, target);
    }
}
