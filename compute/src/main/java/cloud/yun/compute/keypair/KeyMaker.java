package cloud.yun.compute.keypair;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/// Makes keys for users who brought none. Clients could do so up to microversion 2.91.
final class KeyMaker {
    private static final int RSA_BITS = 2048;
    private static final Duration CERTIFICATE_LIFE = Duration.ofDays(3650);
    /// Windows' user principal name, which its remote management looks for in a client's certificate.
    private static final ASN1ObjectIdentifier PRINCIPAL_NAME = new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3");

    /// @param privateKey PEM; a secret
    record Made(String publicKey, String privateKey, String fingerprint) {
        @Override
        public String toString() {
            return "Made[" + fingerprint + "]";
        }
    }

    private KeyMaker() {}

    /// An RSA key of 2048 bits for OpenSSH, its private half as PKCS #1.
    static Made ssh() {
        try {
            var pair = rsa();
            var key = (RSAPublicKey) pair.getPublic();
            var bytes = new ByteArrayOutputStream();
            var out = new DataOutputStream(bytes);
            field(out, "ssh-rsa".getBytes(StandardCharsets.US_ASCII));
            field(out, key.getPublicExponent().toByteArray());
            field(out, key.getModulus().toByteArray());
            var text = "ssh-rsa " + Base64.getEncoder().encodeToString(bytes.toByteArray()) + " Generated-by-Nova";
            var inner = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                    .parsePrivateKey()
                    .toASN1Primitive()
                    .getEncoded();
            return new Made(text, pem("RSA PRIVATE KEY", inner), PublicKeys.fingerprint("ssh", text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void field(DataOutputStream out, byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }

    private static KeyPair rsa() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(RSA_BITS);
        return generator.generateKeyPair();
    }

    /// A self-signed client certificate, for Windows guests.
    static Made x509(String userId, Instant now) {
        try {
            var pair = rsa();
            var algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
            var name = new X500Name("CN=" + userId.replaceAll("[^A-Za-z0-9-]", ""));
            var body = new V3TBSCertificateGenerator();
            body.setSerialNumber(new org.bouncycastle.asn1.ASN1Integer(new BigInteger(159, new SecureRandom())));
            body.setSignature(algorithm);
            body.setIssuer(name);
            body.setSubject(name);
            body.setStartDate(new Time(Date.from(now)));
            body.setEndDate(new Time(Date.from(now.plus(CERTIFICATE_LIFE))));
            body.setSubjectPublicKeyInfo(
                    SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
            var extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
            extensions.addExtension(Extension.subjectAlternativeName, false, principal(userId));
            body.setExtensions(extensions.generate());
            var unsigned = body.generateTBSCertificate();
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(pair.getPrivate());
            signature.update(unsigned.getEncoded("DER"));
            var parts = new ASN1EncodableVector();
            parts.add(unsigned);
            parts.add(algorithm);
            parts.add(new DERBitString(signature.sign()));
            var certificate = pem("CERTIFICATE", new DERSequence(parts).getEncoded("DER"));
            return new Made(
                    certificate,
                    pem("PRIVATE KEY", pair.getPrivate().getEncoded()),
                    PublicKeys.fingerprint("x509", certificate));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GeneralNames principal(String userId) {
        var other = new ASN1EncodableVector();
        other.add(PRINCIPAL_NAME);
        other.add(new DERTaggedObject(true, 0, new DERUTF8String(userId + "@localhost")));
        return new GeneralNames(new GeneralName(GeneralName.otherName, new DERSequence(other)));
    }

    private static String pem(String kind, byte[] content) {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }
}
