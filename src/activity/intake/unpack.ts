import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { INTAKE_LIMITS } from "./contract.ts";

type Unpack = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const UNPACKERS: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip) as Unpack,
  "x-gzip": promisify(gunzip) as Unpack,
  zstd: promisify(zstdDecompress) as Unpack,
  br: promisify(brotliDecompress) as Unpack,
  // "deflate" means the zlib form; some senders leave its frame out. Source: RFC 9110 8.4.1.2.
  deflate: async (bytes, options) =>
    (bytes[0] ?? 0) % 16 === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0
      ? (promisify(inflate) as Unpack)(bytes, options)
      : (promisify(inflateRaw) as Unpack)(bytes, options),
};
const ENCODINGS = ["gzip", "zstd", "br", "deflate"] as const;
/** A body packed more often than this is built to hurt. */
const LAYERS_MAX = 2;

type Limits = { readonly [Name in "unpackedBytesMax" | "ratioMax" | "ratioFreeBytes"]: number };

/** How large a body of this size may grow: a bomb is stopped while it unpacks, not after. */
export const unpackedBytesMax = (sentBytes: number, limits: Limits = INTAKE_LIMITS): number =>
  Math.min(limits.unpackedBytesMax, Math.max(limits.ratioFreeBytes, sentBytes * limits.ratioMax));

/** Undoes `content-encoding`. Refuses what it does not know, what is broken and what grows beyond measure. */
export async function unpack(
  body: Uint8Array,
  contentEncoding: string | undefined,
  limits: Limits = INTAKE_LIMITS,
): Promise<Result<Uint8Array, Refusal>> {
  const layers = (contentEncoding ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (layers.length > LAYERS_MAX)
    return no("invalid", "encoding-layers", `a body may be packed at most ${LAYERS_MAX} times`);
  let bytes = body;
  for (const name of layers.toReversed()) {
    const done = await one(bytes, name, unpackedBytesMax(body.length, limits));
    if (!done.ok) return done;
    bytes = done.value;
  }
  return bytes.length > limits.unpackedBytesMax ? tooLarge(limits.unpackedBytesMax) : ok(bytes);
}

async function one(bytes: Uint8Array, name: string, max: number): Promise<Result<Uint8Array, Refusal>> {
  const unpacker = UNPACKERS[name];
  if (unpacker === undefined)
    return no("invalid", "encoding-unknown", `content-encoding may be ${ENCODINGS.join(", ")} or left out`, {
      facts: { encoding: name.slice(0, 40) },
    });
  try {
    return ok(await unpacker(bytes, { maxOutputLength: max }));
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === "ERR_BUFFER_TOO_LARGE") return tooLarge(max);
    return no("invalid", "encoding-broken", `the body is not whole ${name}: ${code ?? "it cannot be unpacked"}`, {
      facts: { encoding: name },
    });
  }
}

const tooLarge = (max: number): Result<never, Refusal> =>
  no("too-large", "unpacked-too-large", `the body unpacks to more than ${max} bytes: send smaller batches`, {
    facts: { bytesMax: max },
  });
