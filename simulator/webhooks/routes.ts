import type { Call, Reply, Route } from "../http/route.ts";
import type { Sim } from "../kernel/sim.ts";
import type { CertificateName } from "./certificates.ts";

const FILES: Readonly<Record<string, CertificateName>> = {
  "trusted.cer": "trusted",
  "expired.cer": "expired",
  "foreign.cer": "foreign",
};

/** Where the header `X-MS-Certificate-Url` points: DER, public. The root is not here; a receiver must have it already. */
export const certificateRoutes: readonly Route[] = [
  { method: "GET", path: "/certificates/:file", surface: "certificates", access: "none", handle: certificate },
];

function certificate(call: Call, sim: Sim): Reply {
  const name = FILES[call.params["file"] ?? ""];
  if (name === undefined) return { status: 404 };
  return { status: 200, bytes: { data: sim.certificates().der(name), type: "application/pkix-cert" } };
}
