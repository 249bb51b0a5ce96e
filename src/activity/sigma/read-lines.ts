const NEWLINE = 10;
/** One line may not be longer: bytes. */
export const LINE_LENGTH_MAX = 64 * 1_024 * 1_024;

export type Line = {
  /** Counts from 1. */
  readonly number: number;
  /** undefined where the line is too long to be read. */
  readonly text: string | undefined;
};

/** The lines of a stream of bytes, blank ones left out, some at a time: as many as a piece of the stream holds. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  let number = 0;
  let isFirst = true;
  const ended = (piece: Uint8Array): Line | undefined => {
    number++;
    const length = restLength + piece.length;
    const whole = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
    rest = [];
    restLength = 0;
    if (length > LINE_LENGTH_MAX) return { number, text: undefined };
    // A byte order mark is no part of the first line.
    const text = Buffer.from(whole.buffer, whole.byteOffset, whole.length).toString("utf8");
    const clean = isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text;
    isFirst = false;
    return clean.trim() === "" ? undefined : { number, text: clean };
  };
  for await (const chunk of bytes) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = ended(chunk.subarray(from, end));
      if (line !== undefined) lines.push(line);
      from = end + 1;
    }
    if (from < chunk.length) {
      restLength += chunk.length - from;
      // What is too long anyway is not kept; its length is.
      if (restLength <= LINE_LENGTH_MAX) rest.push(chunk.subarray(from));
      else rest = [];
    }
    if (lines.length > 0) yield lines;
  }
  if (restLength > 0) {
    const line = ended(new Uint8Array());
    if (line !== undefined) yield [line];
  }
}
