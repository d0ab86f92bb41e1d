/// Keypairs: the public keys that servers are made with. Start reading at `Keypairs`.
package cloud.yun.compute.keypair;
