/// Tokens for requests that were signed as Amazon's clients sign them: who serves EC2 or S3 asks here whose they are.
///
/// Start reading at `SignedRequests`; the signatures: `Ec2Signature` and `S3Signature`. The keys are credentials of
/// type
/// `ec2`. API: https://docs.openstack.org/api-ref/identity/v3-ext/ (OS-EC2)
package cloud.yun.identity.ec2;
