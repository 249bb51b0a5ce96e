/** Glyphs of a font as a PDF keeps them (the `glyf` table of TrueType), written from their outlines. */

type Command = { readonly command: string; readonly args: readonly number[] };
type Glyph = {
  readonly path: { readonly commands: readonly Command[] };
  readonly advanceWidth: number;
  readonly _getMetrics: () => { readonly leftBearing: number };
};
export type FontSubset = {
  _addGlyph: (gid: number) => number;
  readonly font: { readonly getGlyph: (gid: number) => Glyph };
  readonly glyf: Uint8Array[];
  readonly loca: { readonly offsets: number[] };
  readonly hmtx: { readonly metrics: { readonly advance: number; readonly bearing: number }[] };
  offset: number;
};

/**
 * Compressed fonts (woff2) keep their glyphs in another form than the library copies them from, and letters made of two parts, such
 * as a with a ring, break it. So every glyph that is used is written anew from its outline.
 */
export function writeFromOutlines(subset: FontSubset): void {
  subset._addGlyph = (gid) => {
    const glyph = subset.font.getGlyph(gid);
    const bytes = simpleGlyph(glyph.path.commands);
    subset.glyf.push(bytes);
    subset.loca.offsets.push(subset.offset);
    subset.hmtx.metrics.push({ advance: glyph.advanceWidth, bearing: glyph._getMetrics().leftBearing });
    subset.offset += bytes.length;
    return subset.glyf.length - 1;
  };
}

type Point = { readonly x: number; readonly y: number; readonly isOn: boolean };
const ON_CURVE = 1;
const HEADER_BYTES = 10;

/** A simple glyph without packing: every point as two 16-bit steps. Empty for a blank. */
export function simpleGlyph(commands: readonly Command[]): Uint8Array {
  const contours = contoursOf(commands);
  const points = contours.flat();
  if (points.length === 0) return new Uint8Array(0);
  const size = HEADER_BYTES + contours.length * 2 + 2 + points.length * 5;
  const bytes = new Uint8Array(size + ((4 - (size % 4)) % 4));
  const view = new DataView(bytes.buffer);
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  [contours.length, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)].forEach((value, at) =>
    view.setInt16(at * 2, value),
  );
  let at = HEADER_BYTES;
  let end = -1;
  for (const contour of contours) {
    end += contour.length;
    view.setUint16(at, end);
    at += 2;
  }
  at += 2;
  for (const point of points) view.setUint8(at++, point.isOn ? ON_CURVE : 0);
  for (const values of [xs, ys]) {
    let last = 0;
    for (const value of values) {
      view.setInt16(at, value - last);
      last = value;
      at += 2;
    }
  }
  return bytes;
}

function contoursOf(commands: readonly Command[]): readonly (readonly Point[])[] {
  const contours: Point[][] = [];
  for (const { command, args } of commands) {
    if (command === "moveTo") contours.push([]);
    const contour = contours[contours.length - 1];
    if (contour === undefined) continue;
    for (let at = 0; at + 1 < args.length; at += 2)
      contour.push({
        x: Math.round(args[at] ?? 0),
        y: Math.round(args[at + 1] ?? 0),
        isOn: command !== "quadraticCurveTo" || at === 2,
      });
  }
  return contours.filter((contour) => contour.length > 0);
}
