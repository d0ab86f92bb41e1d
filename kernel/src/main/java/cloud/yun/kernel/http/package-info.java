/// The way of one request: socket, route table, token, microversion, body schema, policy, handler, answer or fault.
///
/// A room describes itself as an `ApiService` and a list of `Route`s; everything that OpenStack's services do
/// alike is done here, and where they differ the difference is data (`FaultDialect`). Start reading at
/// `ServiceHandler`.
package cloud.yun.kernel.http;
