/** The part of `qrcode` that the page uses; the package brings no types. */
declare module "qrcode" {
  export function create(
    text: string,
    options?: { readonly errorCorrectionLevel?: "L" | "M" | "Q" | "H" },
  ): { readonly modules: { readonly size: number; readonly data: Uint8Array } };
}
