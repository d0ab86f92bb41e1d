/// How much a project may have and has. Counted in the transaction that makes or removes the thing: see `Quotas`.
package cloud.yun.kernel.quota;
