/// Keypairs: the public keys that servers are made with. Start reading at `KeypairService`; servers ask `Keypairs`.
///
/// Compatible with https://docs.openstack.org/api-ref/compute/#keypairs-keypairs Owns the table `keypair`. A
/// private key is made on request, shown once and kept nowhere.
package cloud.yun.compute.keypair;
