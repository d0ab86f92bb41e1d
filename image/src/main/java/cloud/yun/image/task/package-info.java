/// Tasks: what became of each import, for users to ask.
///
/// Start reading at `TaskService`. The work itself is a flow of the package `image`; a task is what the API shows
/// of it. Owns the table `image_task`.
package cloud.yun.image.task;
