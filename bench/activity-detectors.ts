/**
 * What detectors cost: `keep` per event over all of them, with and without looking up who wants the operation, and `decide` on large groups.
 * `keep` stands beside asking every detector, which is what a runner without the look-up pays.
 */
import type { Detector } from "../src/activity/contract-detector.ts";
import type { KnownEvent } from "../src/activity/contract-event.ts";
import { standardSettings } from "../src/activity/detectors/decide-card.ts";
import { settle } from "../src/activity/detectors/decide-window.ts";
import { DETECTORS } from "../src/activity/detectors/detectors.ts";
import { azure, fleet, happened, mail, REGIONS, signIn, user } from "../src/activity/detectors/example.ts";
import { detectorsByOperation } from "../src/activity/detectors/run.ts";
import { print } from "./measure.ts";

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
  print(name, `${micros.toFixed(3)} µs an event`);
};

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
/** `npm run bench -- activity-detectors` */
export function benchDetectors(): void {
  const wanted = detectorsByOperation(DETECTORS);
  let kept = 0;
  timed("keep, only detectors that want the operation", everyday.length, () => {
    for (const event of everyday) for (const detector of wanted(event)) kept += detector.keep(event).length;
  });
  timed("keep, every detector asked", everyday.length, () => {
    for (const event of everyday) for (const detector of DETECTORS) kept += detector.keep(event).length;
  });
  console.log(`${kept} facts kept; decide on the largest group of a stream with bursts of ${GROUP}:`);
  for (const detector of DETECTORS) benchDecide(detector);
}

function benchDecide(detector: Detector): void {
  const groups = Map.groupBy(
    large.flatMap((event) => detector.keep(event)),
    ({ group }) => group,
  );
  const [name, most] = [...groups].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (name === undefined || most === undefined) return;
  const group = settle(most.map((one) => one.kept));
  const from = performance.now();
  const hits = detector.decide(name, group, { settings: standardSettings(detector.settings), portfolio: undefined });
  print(detector.id, `${(performance.now() - from).toFixed(1)} ms`, `${group.length} events, ${hits.length} hits`);
}
