/// What must hold: invariants over rows, attachments, files and quota, and the pass that frees what a crash left.
package cloud.yun.blockstorage.check;
