/// What every room stands on. The kernel knows no room. `Kernel` is what a room gets, `Room` is what it gives.
package cloud.yun.kernel;
