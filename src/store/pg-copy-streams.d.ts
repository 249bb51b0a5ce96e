declare module "pg-copy-streams" {
  import type { Writable } from "node:stream";
  /** A statement `copy … from stdin` as a stream to write its rows to. */
  export function from(statement: string): Writable;
}
