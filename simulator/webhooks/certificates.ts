// @peculiar/x509 refuses to load without this polyfill.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";
import { createPrivateKey, createSign, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
  X509CertificateGenerator,
  cryptoProvider,
} from "@peculiar/x509";

/** One certificate with its private key, as they are stored: DER in base64. */
export type StoredCertificate = { readonly certificate: string; readonly privateKey: string };
/** `trusted` signs the webhooks; the others are for what must be refused. */
export type StoredCertificates = {
  readonly root: StoredCertificate;
  readonly trusted: StoredCertificate;
  readonly expired: StoredCertificate;
  readonly foreign: StoredCertificate;
};

export type CertificateName = "root" | "trusted" | "expired" | "foreign";
export type Certificates = {
  der(name: CertificateName): Buffer;
  /** RSA-SHA256, PKCS#1 v1.5, over exactly these bytes; base64. */
  sign(name: CertificateName, bytes: Buffer): string;
};

const ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const;
/** The desk requires the issuer to contain `O=Microsoft Corporation`; the common name says what this really is. */
const ROOT_NAME = "CN=Simulator Test Root (not Microsoft), O=Microsoft Corporation, C=US";
const FOREIGN_NAME = "CN=Somebody Else Root, O=Somebody Else, C=US";
const LEAF_NAME = "CN=simulator.partnercenter.example, O=Microsoft Corporation, C=US";
const LONG_AGO = new Date("2020-01-01T00:00:00Z");
const FAR_AHEAD = new Date("2060-01-01T00:00:00Z");
const PASSED = new Date("2021-01-01T00:00:00Z");

type Issued = { readonly certificate: X509Certificate; readonly keys: webcrypto.CryptoKeyPair };

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;

async function root(name: string): Promise<Issued> {
  const keys = await newKeys();
  const extensions = [
    new BasicConstraintsExtension(true, 1, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  const validity = { notBefore: LONG_AGO, notAfter: FAR_AHEAD };
  return {
    keys,
    certificate: await X509CertificateGenerator.createSelfSigned({
      name,
      serialNumber: "01",
      ...validity,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions,
    }),
  };
}

async function leaf(
  issuer: Issued,
  { serialNumber, notAfter }: { serialNumber: string; notAfter: Date },
): Promise<Issued> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: LEAF_NAME,
    issuer: issuer.certificate.subject,
    serialNumber,
    notBefore: LONG_AGO,
    notAfter,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"]),
    ],
  });
  return { keys, certificate };
}

async function stored({ certificate, keys }: Issued): Promise<StoredCertificate> {
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: Buffer.from(certificate.rawData).toString("base64"),
    privateKey: Buffer.from(key).toString("base64"),
  };
}

/** Makes a root and its leaves; once per world, kept in its state. */
export async function makeCertificates(): Promise<StoredCertificates> {
  cryptoProvider.set(webcrypto as Crypto);
  const [own, other] = await Promise.all([root(ROOT_NAME), root(FOREIGN_NAME)]);
  const [trusted, expired, foreign] = await Promise.all([
    leaf(own, { serialNumber: "02", notAfter: FAR_AHEAD }),
    leaf(own, { serialNumber: "03", notAfter: PASSED }),
    leaf(other, { serialNumber: "02", notAfter: FAR_AHEAD }),
  ]);
  return {
    root: await stored(own),
    trusted: await stored(trusted),
    expired: await stored(expired),
    foreign: await stored(foreign),
  };
}

export function openCertificates(all: StoredCertificates): Certificates {
  return {
    der: (name) => Buffer.from(all[name].certificate, "base64"),
    sign(name, bytes) {
      const key = createPrivateKey({ key: Buffer.from(all[name].privateKey, "base64"), format: "der", type: "pkcs8" });
      return createSign("RSA-SHA256").update(bytes).sign(key, "base64");
    },
  };
}
