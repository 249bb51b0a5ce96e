import { createHash } from "node:crypto";
import type { Person } from "../access/contract.ts";
import type { CaseId } from "../core/ids.ts";
import type { LoggedEvent, Tx } from "../store/contract.ts";
import { readEvents } from "../store/events.ts";
import { caseDetail, type DetailDeps } from "./detail.ts";
import * as parts from "./store-parts.ts";
import { type Entry, zip } from "./zip.ts";

/** Pages of the event log that one pack holds at most: 100,000 events. */
const EVENT_PAGES_MAX = 100;
const EVENTS_A_PAGE = 1_000;

type Ask = { readonly caseId: CaseId; readonly person: Person; readonly now: Temporal.Instant };

/**
 * Everything about a case in one archive, for Microsoft's support, an insurer or the police: the case, each record as it arrived, the
 * event log of the case with its hashes, the files, and a manifest with the SHA-256 of each. undefined when there is no such case.
 */
export async function evidencePack(
  deps: DetailDeps,
  tx: Tx,
  ask: Ask,
): Promise<{ readonly fileName: string; readonly chunks: AsyncIterable<Uint8Array> } | undefined> {
  const found = await caseDetail(deps, tx, ask);
  if (found === undefined) return undefined;
  const { timeline: _, timelineHasMore: __, ...summary } = found;
  const day = ask.now.toZonedDateTimeISO("UTC").toPlainDate().toString();
  return { fileName: `${found.number}-evidence-${day}.zip`, chunks: zip(entriesOf(tx, { ...ask, summary }), ask.now) };
}

async function* entriesOf(
  tx: Tx,
  { caseId, person, now, summary }: Ask & { readonly summary: object },
): AsyncGenerator<Entry> {
  const hashes: { name: string; sha256: string; bytes: number }[] = [];
  const kept = (name: string, content: Uint8Array): Entry => {
    hashes.push({ name, sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length });
    return { name, content };
  };
  yield kept("case.json", json(summary));
  for (const link of await parts.evidenceOf(tx, caseId)) {
    if (link.raw_sha256 === null) continue;
    const record = await parts.evidenceById(tx, caseId, link.evidence_id);
    yield kept(
      `records/${link.evidence_id}.json`,
      json({ source: link.source, recordId: link.record_id, at: link.at, sha256: link.raw_sha256, raw: record?.raw }),
    );
  }
  yield kept(
    "events.ndjson",
    Buffer.from((await allEvents(tx, caseId)).map((event) => JSON.stringify(eventLine(event))).join("\n") + "\n"),
  );
  for (const one of await parts.documentsOf(tx, caseId)) {
    const file = await parts.documentByHash(tx, caseId, one.sha256);
    if (file !== undefined) yield kept(`files/${one.sha256.slice(0, 12)}-${plainName(one.name)}`, file.content);
  }
  yield { name: "manifest.json", content: json({ madeAt: now, madeBy: person.name, files: hashes }) };
}

const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** A file name that every system can unpack. */
const plainName = (name: string): string =>
  name
    .normalize("NFKD")
    .replaceAll(/[^\w.-]+/g, "_")
    .slice(-100);

const eventLine = (event: LoggedEvent) => ({ ...event, seq: event.seq.toString() });

/** Oldest first. */
async function allEvents(tx: Tx, caseId: CaseId): Promise<readonly LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (let page = 0; page < EVENT_PAGES_MAX; page++) {
    const rows = await readEvents(tx, { caseId, beforeSeq: events.at(-1)?.seq, limit: EVENTS_A_PAGE });
    events.push(...rows);
    if (rows.length < EVENTS_A_PAGE) return events.reverse();
  }
  throw new Error(`more than ${EVENT_PAGES_MAX * EVENTS_A_PAGE} events belong to this case`);
}
