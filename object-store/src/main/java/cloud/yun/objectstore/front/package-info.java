/// The way of every request through the room: path, filters, handler, and what every answer has.
///
/// Start reading at `Front`. A `Filter` stands for one of Swift's middlewares.
package cloud.yun.objectstore.front;
