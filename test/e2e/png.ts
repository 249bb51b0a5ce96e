/**
 * A screenshot as a palette picture: an interface has few colours, and its README should not weigh megabytes.
 * Reads what Chromium writes (8 bits a channel, not interlaced). Source: PNG specification, third edition.
 */
import assert from "node:assert/strict";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const COLOURS_MAX = 256;

type Picture = {
  readonly width: number;
  readonly height: number;
  /** One colour a pixel, 0xRRGGBB. */ readonly pixels: Uint32Array;
};

export function toPalette(png: Buffer): Buffer {
  const picture = decode(png);
  const palette = paletteOf(picture.pixels);
  return encode(picture, palette);
}

function* chunksOf(png: Buffer): Generator<readonly [string, Buffer]> {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield [png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    at += length + 12;
  }
}

function decode(png: Buffer): Picture {
  const chunks = [...chunksOf(png)];
  const header = chunks.find(([type]) => type === "IHDR")?.[1] ?? assert.fail("a PNG has a header");
  const [width, height, bits, kind] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  assert.ok(bits === 8 && (kind === 2 || kind === 6), "truecolour, 8 bits a channel");
  const channels = kind === 6 ? 4 : 3;
  const lines = inflateSync(Buffer.concat(chunks.filter(([type]) => type === "IDAT").map(([, data]) => data)));
  const bytes = unfilter(lines, width * channels, channels);
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = bytes.readUIntBE(i * channels, 3);
  return { width, height, pixels };
}

/** Undoes the prediction of each byte from its neighbours on the left and above. */
function unfilter(lines: Buffer, stride: number, step: number): Buffer {
  const bytes = Buffer.alloc((lines.length / (stride + 1)) * stride);
  for (let at = 0; at < bytes.length; at++) {
    const [line, x] = [Math.floor(at / stride), at % stride];
    const left = x >= step ? (bytes[at - step] ?? 0) : 0;
    const up = bytes[at - stride] ?? 0;
    const corner = x >= step ? (bytes[at - stride - step] ?? 0) : 0;
    const filter = lines[line * (stride + 1)];
    bytes[at] = (lines[line * (stride + 1) + 1 + x] ?? 0) + predicted(filter, { left, up, corner });
  }
  return bytes;
}

function predicted(
  filter: number | undefined,
  { left, up, corner }: Readonly<Record<"left" | "up" | "corner", number>>,
): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
}

const distance = (a: number, b: number): number =>
  Math.hypot((a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255));

/** The colours used most, each at least so far from the others that all fit: no colour is lost, only shades between. */
function paletteOf(pixels: Uint32Array): readonly number[] {
  const uses = new Map<number, number>();
  for (const colour of pixels) uses.set(colour, (uses.get(colour) ?? 0) + 1);
  const byUse = [...uses].toSorted((a, b) => b[1] - a[1]).map(([colour]) => colour);
  for (let apart = 1; ; apart++) {
    const palette: number[] = [];
    for (const colour of byUse) {
      if (palette.every((kept) => distance(kept, colour) >= apart)) palette.push(colour);
      if (palette.length > COLOURS_MAX) break;
    }
    if (palette.length <= COLOURS_MAX) return palette;
  }
}

function encode({ width, height, pixels }: Picture, palette: readonly number[]): Buffer {
  const nearest = new Map<number, number>();
  const indexOf = (colour: number): number => {
    const known = nearest.get(colour);
    if (known !== undefined) return known;
    const distances = palette.map((kept) => distance(kept, colour));
    const index = distances.indexOf(Math.min(...distances));
    nearest.set(colour, index);
    return index;
  };
  const lines = Buffer.alloc((width + 1) * height);
  for (const [i, colour] of pixels.entries()) lines[i + Math.floor(i / width) + 1] = indexOf(colour);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(data.length + 12);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, "latin1");
  framed.set(data, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, data.length + 8)), data.length + 8);
  return framed;
}
