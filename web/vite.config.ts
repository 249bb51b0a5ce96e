import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page is built to `dist/web`, which the server hands out; `vite dev` passes `/api` on to a running desk. */
export default defineConfig({
  root: at("."),
  plugins: [react()],
  build: {
    outDir: at("../dist/web"),
    emptyOutDir: true,
    target: "chrome144",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 4401,
    strictPort: true,
    proxy: { "/api": { target: `http://127.0.0.1:${process.env["SURETY_PORT"] ?? "4400"}` } },
  },
});
