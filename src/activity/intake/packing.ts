/** How a file is packed, by its name: the word that `content-encoding` has for it. */
export const packingOf = (name: string | undefined): string | undefined =>
  ({ gz: "gzip", zst: "zstd", zstd: "zstd", br: "br" })[/\.(gz|zstd?|br)$/i.exec(name ?? "")?.[1]?.toLowerCase() ?? ""];
