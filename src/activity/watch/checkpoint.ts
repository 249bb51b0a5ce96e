import { deserialize, serialize } from "node:v8";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { KeptState } from "./evaluator.ts";
import type { CheckpointPart } from "./store-checkpoint.ts";

/** Raised when what is kept changes its form: an older checkpoint is then read past, and the state is built by replay. */
const FORMAT = 1;
const PART_BYTES = 16 * 1024 * 1024;
/** Larger states are not kept: replay is what is left. */
const BYTES_MAX = 1024 * 1024 * 1024;

/** The state as parts that fit a row; undefined when it is too large. */
export function checkpointOf(state: KeptState, position: bigint): readonly CheckpointPart[] | undefined {
  const whole = serialize({ format: FORMAT, state });
  if (whole.length > BYTES_MAX) return undefined;
  const packed = zstdCompressSync(whole, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const parts: CheckpointPart[] = [];
  for (let from = 0; from < packed.length; from += PART_BYTES)
    parts.push({ part: parts.length, position, body: packed.subarray(from, from + PART_BYTES) });
  return parts;
}

/** What a checkpoint holds; undefined when there is none, or none that can be read. */
export function stateOf(
  parts: readonly CheckpointPart[],
): { readonly state: KeptState; readonly position: bigint } | undefined {
  const [first] = parts;
  if (first === undefined || parts.some(({ position }) => position !== first.position)) return undefined;
  try {
    const read = deserialize(zstdDecompressSync(Buffer.concat(parts.map(({ body }) => body)))) as {
      format: number;
      state: KeptState;
    };
    return read.format === FORMAT ? { state: read.state, position: first.position } : undefined;
  } catch {
    return undefined;
  }
}
