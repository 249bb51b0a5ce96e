import { crc32 } from "node:zlib";

/** One file of an archive. Names are plain ASCII paths. */
export type Entry = { readonly name: string; readonly content: Uint8Array };

/** Limits of the plain ZIP format (no ZIP64). */
const ENTRIES_MAX = 65_535;
const BYTES_MAX = 0xffff_ffff;

/**
 * Writes files into a ZIP without compressing them, so that each lies in the archive byte for byte and its hash can be checked with any
 * tool. Source: APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export async function* zip(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  at: Temporal.Instant,
): AsyncGenerator<Uint8Array> {
  const stamp = dosTime(at);
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const { name, content } of entries) {
    const path = Buffer.from(name, "ascii");
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version that can read it
    common.writeUInt16LE(stamp.time, 6);
    common.writeUInt16LE(stamp.day, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([signature(0x04034b50), common, path]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), common, central, path]));
    offset += local.length + content.length;
    if (directory.length > ENTRIES_MAX || offset > BYTES_MAX)
      throw new Error("the archive is larger than the format allows");
    yield local;
    yield content;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  yield Buffer.concat([central, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  return four;
}

/** DOS wrote times in two-second steps since 1980, without a zone; UTC is what we mean. */
function dosTime(at: Temporal.Instant): { readonly time: number; readonly day: number } {
  const local = at.toZonedDateTimeISO("UTC");
  return {
    time: (local.hour << 11) | (local.minute << 5) | (local.second >> 1),
    day: ((Math.max(1980, local.year) - 1980) << 9) | (local.month << 5) | local.day,
  };
}
