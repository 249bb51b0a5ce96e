/**
 * What detectors cost: `keep` per event over all of them, with and without looking up who wants the operation, and `decide` on large groups.
 * Run: node bench/activity-detectors.ts
 */
import { performance } from "node:perf_hooks";
import type { KnownEvent } from "../src/activity/contract-event.ts";
import { standardSettings } from "../src/activity/detectors/decide-card.ts";
import { settle } from "../src/activity/detectors/decide-window.ts";
import { DETECTORS } from "../src/activity/detectors/detectors.ts";
import { azure, fleet, happened, mail, REGIONS, signIn, user } from "../src/activity/detectors/example.ts";
import { detectorsByOperation } from "../src/activity/detectors/run.ts";

const ROUNDS = 20;
const GROUP = 5_000;

/** Everyday events, of which few matter: as in a tenant's logs. */
const everyday: readonly KnownEvent[] = Array.from({ length: 10_000 }, (_, n): KnownEvent => {
  const minutes = n / 10;
  if (n % 20 === 0) return signIn(minutes, { country: "SE", ip: "192.0.2.1", actor: user(`u${n % 50}`) });
  if (n % 20 === 1) return azure(minutes, { operation: "microsoft.storage/storageaccounts/listkeys/action" });
  if (n % 20 < 8) return mail(minutes, { operation: "mailitemsaccessed" });
  if (n % 20 < 14) return mail(minutes, { operation: "set-mailbox" });
  if (n % 20 < 17) return azure(minutes, { operation: "microsoft.resources/tags/write" });
  return happened("entra-audit", minutes, { operation: "update user", actor: user(`u${n % 50}`) });
});

const timed = (name: string, events: number, work: () => void): void => {
  work();
  const from = performance.now();
  for (let round = 0; round < ROUNDS; round++) work();
  const micros = ((performance.now() - from) * 1_000) / (events * ROUNDS);
  process.stdout.write(`${name.padEnd(52)} ${micros.toFixed(3)} µs an event\n`);
};

let kept = 0;
timed("keep, every detector asked", everyday.length, () => {
  for (const event of everyday) for (const detector of DETECTORS) kept += detector.keep(event).length;
});
const wanted = detectorsByOperation(DETECTORS);
timed("keep, only those that want the operation", everyday.length, () => {
  for (const event of everyday) for (const detector of wanted(event)) kept += detector.keep(event).length;
});
process.stdout.write(`${kept} kept\n\ndecide on one group of ${GROUP} events, milliseconds:\n`);

const large: readonly KnownEvent[] = [
  ...fleet(0, { count: GROUP, regions: REGIONS, size: "Standard_NC24ads_A100_v4" }),
  ...Array.from({ length: GROUP }, (_, n) => mail(n / 60, { operation: "send", id: `send:${n}` })),
  ...Array.from({ length: GROUP }, (_, n) =>
    signIn(n / 60, {
      ip: "203.0.113.1",
      country: n % 2 ? "SE" : "NG",
      outcome: n % 9 ? "failure" : "success",
      actor: user(`u${n % 99}`),
    }),
  ),
  ...DETECTORS.flatMap(({ examples }) => examples[0]?.events ?? []),
];
for (const detector of DETECTORS) {
  const groups = Map.groupBy(
    large.flatMap((event) => detector.keep(event)),
    ({ group }) => group,
  );
  const [name, most] = [...groups].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (name === undefined || most === undefined) continue;
  const group = settle(most.map((one) => one.kept));
  const from = performance.now();
  const hits = detector.decide(name, group, { settings: standardSettings(detector.settings), portfolio: undefined });
  const took = (performance.now() - from).toFixed(1).padStart(8);
  process.stdout.write(
    `${detector.id.padEnd(28)} ${String(group.length).padStart(6)} events ${took} ms, ${hits.length} hits\n`,
  );
}
