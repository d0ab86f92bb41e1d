/// What must stay true is kept true by passes without input. See `Reconciler`.
package cloud.yun.kernel.reconcile;
