/** Over the public sample logs, read in place: nothing throws, and little is hit where nearly all is harmless. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import type { KnownEvent } from "../contract-event.ts";
import { normalise } from "../shapes/normalise.ts";
import { standardSettings } from "./decide-card.ts";
import { DETECTORS } from "./detectors.ts";
import { CUSTOMER, START } from "./example.ts";
import { hitsIn } from "./run.ts";

const FOLDER = join(import.meta.dirname, "../../../../shared/detection/data");
const skip = existsSync(FOLDER) ? false : "the public sample logs are not beside this checkout";

const eventsOf = (file: string): readonly KnownEvent[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => {
      const record = JSON.parse(line) as { readonly [key: string]: Json };
      return normalise(record["event"] ?? record, { receivedAt: START });
    })
    .map((event) => ({ ...event, customer: CUSTOMER }));

const hitsOf = (events: readonly KnownEvent[]) =>
  DETECTORS.flatMap((detector) => {
    const context = () => ({ settings: standardSettings(detector.settings), portfolio: undefined });
    return [...hitsIn(detector, events, context).values()].flat().map(({ level }) => ({ id: detector.id, level }));
  });

test("no public log makes a detector throw", { skip }, (t) => {
  for (const file of globSync(join(FOLDER, "*.jsonl")).sort()) {
    const hits = hitsOf(eventsOf(file));
    const counts = Object.entries(Object.groupBy(hits, ({ id }) => id)).map(([id, of]) => `${id} ${of?.length}`);
    t.diagnostic(`${basename(file)}: ${counts.join(", ") || "nothing"}`);
  }
});

test("three hundred and more sign-ins of everyday work are not a break-in", { skip }, () => {
  const events = ["entra_signin_msticnb_random.jsonl", "entra_signin_msticnb_user.jsonl"].flatMap((name) =>
    eventsOf(join(FOLDER, name)),
  );
  assert.ok(events.length > 300);
  assert.deepEqual(
    hitsOf(events).filter(({ level }) => level === "high" || level === "critical"),
    [],
  );
});
