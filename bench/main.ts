/** `npm run bench -- NAME [PART …]`: prints figures; each stands beside the naive way or the physical limit, measured in the same run. */
const BENCHES: Readonly<Record<string, (parts: readonly string[]) => Promise<void>>> = {
  "late-payment": async () => (await import("./late-payment.ts")).benchLatePayment(),
  activity: async (args) => (await import("./activity.ts")).benchActivity(args),
  "activity-detectors": async () => (await import("./activity-detectors.ts")).benchDetectors(),
  collections: async (args) => (await import("./collections.ts")).benchCollections(args),
  desk: async (parts) => (await import("./desk.ts")).benchDesk(parts),
};

const [name = "", ...parts] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`which bench? ${Object.keys(BENCHES).join(", ")}: npm run bench -- desk`);
  process.exit(2);
}
await bench(parts);
