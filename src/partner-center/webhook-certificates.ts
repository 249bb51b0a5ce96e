import type { X509Certificate } from "node:crypto";
import { ok, refuse, type Result } from "../core/result.ts";
import type { Cloud, Outside } from "./settings.ts";
import { CHAIN_LINKS_MAX, certificatesIn, issuerAddresses } from "./webhook-chain.ts";

/** Fetches the certificates behind webhook signatures. Anybody can post to us, so every fetch is fenced in. */

export type Fetched = { readonly leaf: X509Certificate; readonly intermediates: readonly X509Certificate[] };
export type FetchRefusal = "certificate-host-refused" | "certificate-unavailable" | "certificate-unreadable";
export type Certificates = { get(url: string, now: Temporal.Instant): Promise<Result<Fetched, FetchRefusal>> };

const CERTIFICATE_BYTES_MAX = 64 * 1024;
const FETCH_SECONDS_MAX = 10;
const CACHED_MAX = 32;
const CACHE_HOURS = 24;
/** A forger can name ever new addresses on an allowed host; more fetches than this in a minute are refused. */
const FETCHES_PER_MINUTE_MAX = 20;

type Cached = { readonly fetched: Fetched; readonly until: Temporal.Instant };

export function createCertificates(cloud: Cloud, outside: Pick<Outside, "fetch" | "monotonicMs">): Certificates {
  const cache = new Map<string, Cached>();
  const pending = new Map<string, Promise<Result<Fetched, FetchRefusal>>>();
  const mayFetch = fetchBudget(outside.monotonicMs);
  const fetchBytes = (url: URL): Promise<Uint8Array | undefined> => download(outside.fetch, url);

  async function load(url: URL, now: Temporal.Instant): Promise<Result<Fetched, FetchRefusal>> {
    if (!mayFetch()) return refuse("certificate-unavailable");
    const bytes = await fetchBytes(url);
    if (bytes === undefined) return refuse("certificate-unavailable");
    const read = readable(bytes);
    const [leaf, ...rest] = read ?? [];
    if (leaf === undefined) return refuse("certificate-unreadable");
    const intermediates = rest.length > 0 ? rest : await issuersOf(leaf, { cloud, fetchBytes });
    const fetched = { leaf, intermediates };
    const oldest = cache.keys().next().value;
    if (cache.size >= CACHED_MAX && oldest !== undefined) cache.delete(oldest);
    cache.set(url.href, { fetched, until: now.add({ hours: CACHE_HOURS }) });
    return ok(fetched);
  }

  return {
    get: async (address, now) => {
      const url = URL.canParse(address) ? new URL(address) : undefined;
      const allowed =
        url !== undefined &&
        cloud.certificateOrigins.includes(url.origin) &&
        url.username === "" &&
        url.password === "";
      if (!allowed) return refuse("certificate-host-refused");
      const known = cache.get(url.href);
      if (known !== undefined && Temporal.Instant.compare(now, known.until) < 0) return ok(known.fetched);
      const running = pending.get(url.href) ?? load(url, now).finally(() => pending.delete(url.href));
      pending.set(url.href, running);
      return running;
    },
  };
}

function fetchBudget(monotonicMs: () => number): () => boolean {
  let windowStartedMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  return () => {
    const nowMs = monotonicMs();
    if (nowMs - windowStartedMs > 60_000) [windowStartedMs, used] = [nowMs, 0];
    used += 1;
    return used <= FETCHES_PER_MINUTE_MAX;
  };
}

/** The certificate file holds the leaf alone, so the way up is followed by the addresses written in it. */
async function issuersOf(
  leaf: X509Certificate,
  { cloud, fetchBytes }: { readonly cloud: Cloud; readonly fetchBytes: (url: URL) => Promise<Uint8Array | undefined> },
): Promise<readonly X509Certificate[]> {
  const found: X509Certificate[] = [];
  let last = leaf;
  for (let link = 0; link < CHAIN_LINKS_MAX; link++) {
    const address = issuerAddresses(last).find((one) => cloud.issuerHosts.includes(new URL(one).host));
    if (address === undefined || last.subject === last.issuer) break;
    const bytes = await fetchBytes(new URL(address));
    const [next] = bytes === undefined ? [] : (readable(bytes) ?? []);
    if (next === undefined) break;
    found.push(next);
    last = next;
  }
  return found;
}

function readable(bytes: Uint8Array): readonly X509Certificate[] | undefined {
  try {
    return certificatesIn(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined on any failure: no answer, redirect, other status, too large, too slow. */
async function download(fetch: Outside["fetch"], url: URL): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(FETCH_SECONDS_MAX * 1_000) });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      return undefined;
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > CERTIFICATE_BYTES_MAX) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}
