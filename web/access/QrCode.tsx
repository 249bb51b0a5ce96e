import { create } from "qrcode";
import { useMemo } from "react";

/** Quiet zone that scanners need, in modules. */
const MARGIN = 3;

/** A QR code drawn by the page itself: dark on white in both colour schemes, because scanners need that. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  const full = size + 2 * MARGIN;
  return (
    <svg className="qr" viewBox={`0 0 ${full} ${full}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={full} height={full} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}

function draw(text: string): { readonly size: number; readonly path: string } {
  const { size, data } = create(text, { errorCorrectionLevel: "M" }).modules;
  let path = "";
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) if (data[y * size + x] === 1) path += `M${x + MARGIN} ${y + MARGIN}h1v1h-1z`;
  return { size, path };
}
