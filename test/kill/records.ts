/** What was asked of the desk and what it acknowledged, beside what its event log says. */
import assert from "node:assert/strict";
import { verifyExport } from "../../src/store/audit.ts";

/** An event as the exported log has it. */
export type SeenEvent = {
  readonly seq: string;
  readonly type: string;
  readonly actor: { readonly id: string };
  readonly subject: { readonly kind: string; readonly id: string };
  readonly why: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
};

type Write = { readonly what: string; readonly isIt: (event: SeenEvent) => boolean; acknowledged: boolean };

export type Records = ReturnType<typeof newRecords>;

export function newRecords() {
  const writes: Write[] = [];
  return {
    begin(what: string, isIt: Write["isIt"]) {
      const write: Write = { what, isIt, acknowledged: false };
      writes.push(write);
      return { acknowledged: () => void (write.acknowledged = true) };
    },
    count: () => ({ all: writes.length, acknowledged: writes.filter((one) => one.acknowledged).length }),
    /** Those that must be in a log that is read from now on. */
    acknowledged: (): readonly Write[] => writes.filter((one) => one.acknowledged),
    all: (): readonly Write[] => writes,
  };
}

/** The chain of an exported log is whole; gives its events. */
export async function readLog(text: string): Promise<readonly SeenEvent[]> {
  const lines = text.split("\n").filter((line) => line !== "");
  const report = await verifyExport(
    (async function* () {
      yield* lines;
    })(),
  );
  assert.ok(report.ok, JSON.stringify(report));
  return lines.map((line) => JSON.parse((JSON.parse(line) as { body: string }).body) as SeenEvent);
}

/** Nothing acknowledged is missing, and nothing is there twice, whether it was acknowledged or not. */
export function compare(
  events: readonly SeenEvent[],
  { acknowledged, all }: { readonly acknowledged: readonly Write[]; readonly all: readonly Write[] },
): void {
  const must = new Set(acknowledged);
  for (const write of all) {
    const times = events.filter(write.isIt).length;
    assert.ok(times <= 1, `${write.what} happened ${times} times`);
    if (must.has(write)) assert.equal(times, 1, `${write.what} was acknowledged and is gone`);
  }
}
