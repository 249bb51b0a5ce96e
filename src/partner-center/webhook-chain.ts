import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

/** Whether a certificate comes from a root we trust. Source: CONTRACT 11.4, step 3. */

export type ChainFault = "chain-refused" | "certificate-expired" | "issuer-refused" | "key-too-weak";

/** Links from leaf to root, the root not counted. */
export const CHAIN_LINKS_MAX = 5;
const RSA_BITS_MIN = 2_048;
const ISSUER = "O=Microsoft Corporation";

/** Roots that Microsoft's certificates end in, of those that Node.js ships. More can be added by configuration. */
export const microsoftRoots = (): readonly X509Certificate[] =>
  rootCertificates
    .map((pem) => new X509Certificate(pem))
    .filter((root) => root.subject.includes(ISSUER) || root.subject.includes("CN=DigiCert Global Root G2"));

/** One certificate in DER, or any number in PEM. Throws on anything else. */
export function certificatesIn(bytes: Uint8Array): readonly X509Certificate[] {
  const text = Buffer.from(bytes).toString("latin1");
  const pems = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  return pems === null ? [new X509Certificate(bytes)] : pems.map((pem) => new X509Certificate(pem));
}

const isGoodAt = (certificate: X509Certificate, now: Temporal.Instant): boolean =>
  certificate.validFromDate.getTime() <= now.epochMilliseconds &&
  now.epochMilliseconds <= certificate.validToDate.getTime();

const hasWeakHash = (certificate: X509Certificate): boolean => /sha1|md5/i.test(certificate.signatureAlgorithm ?? "");

/** The issuer of `certificate` among `candidates`: named as such, allowed to issue, and it really signed it. */
const issuerOf = (certificate: X509Certificate, candidates: readonly X509Certificate[]): X509Certificate | undefined =>
  candidates.find(
    (candidate) => candidate.ca && certificate.checkIssued(candidate) && certificate.verify(candidate.publicKey),
  );

export type Chain = {
  readonly leaf: X509Certificate;
  readonly intermediates: readonly X509Certificate[];
  readonly roots: readonly X509Certificate[];
};

/** What is wrong with the leaf or its way to a root at `now`; undefined when nothing is. */
export function faultOf({ leaf, intermediates, roots }: Chain, now: Temporal.Instant): ChainFault | undefined {
  const key = leaf.publicKey;
  if (key.asymmetricKeyType !== "rsa" || (key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN)
    return "key-too-weak";
  if (!leaf.issuer.split("\n").includes(ISSUER)) return "issuer-refused";
  let certificate = leaf;
  for (let link = 0; link < CHAIN_LINKS_MAX; link++) {
    if (!isGoodAt(certificate, now)) return "certificate-expired";
    if (hasWeakHash(certificate)) return "key-too-weak";
    const root = issuerOf(certificate, roots);
    if (root !== undefined) return isGoodAt(root, now) ? undefined : "certificate-expired";
    const next = issuerOf(certificate, intermediates);
    if (next === undefined || next.fingerprint256 === certificate.fingerprint256) return "chain-refused";
    certificate = next;
  }
  return "chain-refused";
}

/** Addresses at which a certificate says its issuer can be fetched. */
export function issuerAddresses(certificate: X509Certificate): readonly string[] {
  const lines = certificate.infoAccess?.split("\n") ?? [];
  return lines.flatMap((line) => /^CA Issuers - URI:"?(https?:[^"\s]+)"?$/.exec(line.trim())?.[1] ?? []);
}
