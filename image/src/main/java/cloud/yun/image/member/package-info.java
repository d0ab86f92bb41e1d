/// Members: the projects that a shared image is offered to, and what they say to it.
///
/// Start reading at `MemberService`. Owns the table `image_member`.
package cloud.yun.image.member;
