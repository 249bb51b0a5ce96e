import assert from "node:assert/strict";
import { sign, webcrypto, X509Certificate as NodeCertificate } from "node:crypto";
import { before, test } from "node:test";
// oxlint-disable-next-line import/no-unassigned-import -- the certificate generator needs it
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { type Cloud, simulatorCloud } from "./settings.ts";
import { createWebhookReceiver, WEBHOOK_BYTES_MAX, type WebhookDelivery } from "./webhook.ts";

/** Webhooks signed by a root made for this test; nothing here is a real key. */

x509.cryptoProvider.set(webcrypto as unknown as Crypto);
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const ORIGIN = "https://certificates.example";
const cloud: Cloud = {
  ...simulatorCloud("https://api.example"),
  certificateOrigins: [ORIGIN],
  issuerHosts: ["issuers.example"],
};

type Authority = { readonly certificate: x509.X509Certificate; readonly keys: webcrypto.CryptoKeyPair };
const keyPair = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(RSA, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
const days = (count: number): Date => new Date(NOW.add({ hours: count * 24 }).epochMilliseconds);

async function authority(name: string, issuer?: Authority): Promise<Authority> {
  const keys = await keyPair();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: issuer?.certificate.subject ?? name,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    notBefore: days(-100),
    notAfter: days(1_000),
    signingAlgorithm: RSA,
    extensions: [new x509.BasicConstraintsExtension(true, 3, true)],
  });
  return { certificate, keys };
}

/** Web Crypto binds a key to its hash, so signing with another hash needs the key again. */
async function signingKey(issuer: Authority, hash: string): Promise<CryptoKey> {
  const bytes = await webcrypto.subtle.exportKey("pkcs8", issuer.keys.privateKey);
  return webcrypto.subtle.importKey("pkcs8", bytes, { ...RSA, hash }, false, ["sign"]);
}

type LeafOptions = {
  readonly notAfter?: Date;
  readonly hash?: string;
  readonly issuerAddress?: string;
  readonly modulusLength?: number;
};

async function leaf(issuer: Authority, options: LeafOptions = {}): Promise<Authority> {
  const keys = (await webcrypto.subtle.generateKey({ ...RSA, modulusLength: options.modulusLength ?? 2048 }, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const access =
    options.issuerAddress === undefined
      ? []
      : [new x509.AuthorityInfoAccessExtension({ caIssuers: [options.issuerAddress] })];
  const certificate = await x509.X509CertificateGenerator.create({
    subject: "CN=webhooks, O=Microsoft Corporation",
    issuer: issuer.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: await signingKey(issuer, options.hash ?? "SHA-256"),
    notBefore: days(-50),
    notAfter: options.notAfter ?? days(50),
    signingAlgorithm: { ...RSA, hash: options.hash ?? "SHA-256" },
    extensions: access,
  });
  return { certificate, keys };
}

const BODY = JSON.stringify({
  EventName: "azure-fraud-event-detected",
  ResourceUri:
    "https://api.example/v1/fraudEvents?SubscriptionId=5f6e6521-6e5f-4b0b-80aa-bd44fad7a398&EventStatus=Active",
  AuditUri: null,
  ResourceChangeUtcDate: "2026-11-22T11:59:00.1234567+00:00",
});

let root: Authority;
let files: Map<string, Uint8Array>;
let fetched: string[];
let signer: Authority;

before(async () => {
  root = await authority("CN=Test Root, O=Microsoft Corporation");
  const issuing = await authority("CN=Test Issuing, O=Microsoft Corporation", root);
  signer = await leaf(root);
  const entries: [string, Authority][] = [
    ["/good.cer", signer],
    ["/expired.cer", await leaf(root, { notAfter: days(-1) })],
    ["/sha1.cer", await leaf(root, { hash: "SHA-1" })],
    ["/short-key.cer", await leaf(root, { modulusLength: 1024 })],
    ["/other-root.cer", await leaf(await authority("CN=Test Root, O=Microsoft Corporation"))],
    ["/other-issuer.cer", await leaf(await authority("CN=Somebody Else, O=Somebody", root))],
    ["/by-issuing.cer", await leaf(issuing, { issuerAddress: "http://issuers.example/issuing.cer" })],
    ["/by-unknown.cer", await leaf(issuing, { issuerAddress: "http://elsewhere.example/issuing.cer" })],
  ];
  keysOf = new Map(entries.map(([path, one]) => [path, one.keys]));
  files = new Map(entries.map(([path, one]) => [`${ORIGIN}${path}`, new Uint8Array(one.certificate.rawData)]));
  files.set("http://issuers.example/issuing.cer", new Uint8Array(issuing.certificate.rawData));
  files.set("http://elsewhere.example/issuing.cer", new Uint8Array(issuing.certificate.rawData));
  files.set(`${ORIGIN}/garbage.cer`, new TextEncoder().encode("not a certificate"));
  files.set(`${ORIGIN}/huge.cer`, new Uint8Array(200_000));
  keysOf
    .set("/garbage.cer", signer.keys)
    .set("/huge.cer", signer.keys)
    .set("/redirect.cer", signer.keys)
    .set("/missing.cer", signer.keys);
});
let keysOf: Map<string, webcrypto.CryptoKeyPair>;

const fetchFile: typeof fetch = (input) => {
  const url = String(input);
  fetched.push(url);
  if (url.endsWith("/redirect.cer"))
    return Promise.resolve(new Response(null, { status: 302, headers: { Location: `${ORIGIN}/good.cer` } }));
  const file = files.get(url);
  return Promise.resolve(file === undefined ? new Response("no", { status: 404 }) : new Response(Buffer.from(file)));
};

function receiver() {
  fetched = [];
  return createWebhookReceiver({
    cloud,
    outside: { fetch: fetchFile, monotonicMs: () => 0 },
    extraRoots: [new NodeCertificate(Buffer.from(root.certificate.rawData))],
  });
}

type Options = {
  readonly path?: string;
  readonly body?: string;
  readonly hash?: string;
  readonly headers?: WebhookDelivery["headers"];
};

async function delivery(options: Options = {}): Promise<WebhookDelivery> {
  const { path = "/good.cer", body = BODY, hash = "sha256" } = options;
  const keys = keysOf.get(path) ?? signer.keys;
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const signature = sign(hash, Buffer.from(body), { key, format: "der", type: "pkcs8" });
  const headers = {
    authorization: `Signature ${signature.toString("base64")}`,
    "x-ms-certificate-url": `${ORIGIN}${path}`,
    "x-ms-signature-algorithm": `rsa-${hash}`,
    ...options.headers,
  };
  return { headers, rawBody: Buffer.from(body), now: NOW };
}

const withUri = (uri: string): string => JSON.stringify({ ...(JSON.parse(BODY) as object), ResourceUri: uri });

const REFUSED: readonly (readonly [string, Options, string, number])[] = [
  ["no signature header", { headers: { authorization: undefined } }, "headers-missing", 401],
  ["a bearer token instead of a signature", { headers: { authorization: "Bearer abc" } }, "headers-missing", 401],
  ["no certificate address", { headers: { "x-ms-certificate-url": undefined } }, "headers-missing", 401],
  ["no algorithm", { headers: { "x-ms-signature-algorithm": undefined } }, "headers-missing", 401],
  [
    "a header given twice",
    { headers: { "x-ms-certificate-url": [`${ORIGIN}/good.cer`, "x"] } },
    "headers-missing",
    401,
  ],
  ["SHA-1 as algorithm", { hash: "sha1" }, "algorithm-refused", 401],
  ["an elliptic algorithm", { headers: { "x-ms-signature-algorithm": "ecdsa-sha256" } }, "algorithm-refused", 401],
  [
    "a certificate on another host",
    { headers: { "x-ms-certificate-url": "https://evil.example/good.cer" } },
    "certificate-host-refused",
    401,
  ],
  [
    "the right host without https",
    { headers: { "x-ms-certificate-url": "http://certificates.example/good.cer" } },
    "certificate-host-refused",
    401,
  ],
  [
    "the right host as user name",
    { headers: { "x-ms-certificate-url": "https://certificates.example@evil.example/good.cer" } },
    "certificate-host-refused",
    401,
  ],
  [
    "the right host on another port",
    { headers: { "x-ms-certificate-url": `${ORIGIN}:8443/good.cer` } },
    "certificate-host-refused",
    401,
  ],
  ["a certificate that is not there", { path: "/missing.cer" }, "certificate-unavailable", 503],
  ["a redirect to a good certificate", { path: "/redirect.cer" }, "certificate-unavailable", 503],
  ["a certificate that never ends", { path: "/huge.cer" }, "certificate-unavailable", 503],
  ["a file that is no certificate", { path: "/garbage.cer" }, "certificate-unreadable", 401],
  ["an expired certificate", { path: "/expired.cer" }, "certificate-expired", 401],
  ["a certificate signed with SHA-1", { path: "/sha1.cer" }, "key-too-weak", 401],
  ["a key of 1,024 bits", { path: "/short-key.cer" }, "key-too-weak", 401],
  ["a root of the same name that is not ours", { path: "/other-root.cer" }, "chain-refused", 401],
  ["an issuer that is not Microsoft", { path: "/other-issuer.cer" }, "issuer-refused", 401],
  ["an issuer that can only be fetched elsewhere", { path: "/by-unknown.cer" }, "chain-refused", 401],
  ["a body that is not JSON", { body: "<html>" }, "body-unreadable", 400],
  ["a body without a name", { body: "{}" }, "body-unreadable", 400],
  [
    "a resource on another host",
    { body: withUri("https://evil.example/v1/customers/1") },
    "resource-host-refused",
    400,
  ],
  ["a resource that hides its host", { body: withUri("//evil.example/v1") }, "resource-host-refused", 400],
  [
    "a resource with a user name",
    { body: withUri("https://api.example@evil.example/v1") },
    "resource-host-refused",
    400,
  ],
  ["a body too large to be an event", { body: `"${"x".repeat(WEBHOOK_BYTES_MAX)}"` }, "body-too-large", 413],
];

for (const [says, options, code, httpStatus] of REFUSED)
  test(`refused: ${says}`, async () => {
    const answer = await receiver()(await delivery(options));
    assert.deepEqual(answer, { ok: false, error: { code, httpStatus } });
  });

test("an altered body is refused, to the last byte", async () => {
  const good = await delivery();
  const altered = { ...good, rawBody: Buffer.from(BODY.replace("Active", "active")) };
  assert.deepEqual(await receiver()(altered), { ok: false, error: { code: "signature-wrong", httpStatus: 401 } });
  const spaced = { ...good, rawBody: Buffer.from(`${BODY} `) };
  assert.deepEqual(await receiver()(spaced), { ok: false, error: { code: "signature-wrong", httpStatus: 401 } });
});

test("a good signature gives the event, in either header, directly under the root or through an issuer", async () => {
  for (const options of [{}, { path: "/by-issuing.cer" }, { hash: "sha512" }] as const) {
    const answer = await receiver()(await delivery(options));
    assert.ok(answer.ok, JSON.stringify(answer));
    assert.equal(answer.value.name, "azure-fraud-event-detected");
    assert.equal(answer.value.changedAt?.toString(), "2026-11-22T11:59:00.1234567Z");
  }
  const plain = await delivery();
  const moved = {
    ...plain,
    headers: { ...plain.headers, authorization: undefined, "x-ms-signature": plain.headers["authorization"] },
  };
  assert.ok((await receiver()(moved)).ok);
});

test("the same event has the same key, another change has another", async () => {
  const receive = receiver();
  const keyOf = async (body: string): Promise<string> => {
    const answer = await receive(await delivery({ body }));
    return answer.ok ? answer.value.dedupKey : assert.fail();
  };
  assert.equal(await keyOf(BODY), await keyOf(BODY));
  assert.notEqual(await keyOf(BODY), await keyOf(BODY.replace("11:59:00", "11:59:01")));
  assert.equal(fetched.length, 1, "the certificate is fetched once");
});

test("a forger who names ever new certificates cannot make us fetch without end", async () => {
  const receive = receiver();
  for (let n = 0; n < 100; n++)
    await receive(await delivery({ headers: { "x-ms-certificate-url": `${ORIGIN}/${n}.cer` } }));
  assert.equal(fetched.length, 20);
});

test("a late event is accepted: delivery may be days late, and only one that is known already is a replay", async () => {
  const late = BODY.replace("2026-11-22", "2026-11-19");
  assert.ok((await receiver()(await delivery({ body: late }))).ok);
});
