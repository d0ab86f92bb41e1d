/// What can go wrong, said without HTTP: `CloudException`. `cloud.yun.kernel.http.Faults` turns it into HTTP, once.
package cloud.yun.kernel.error;
