/// The outbox: every change writes an event row in its own transaction. From it come notifications and streams.
package cloud.yun.kernel.event;
