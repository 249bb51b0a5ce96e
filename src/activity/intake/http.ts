import { z } from "zod";
import type { Person } from "../../access/contract.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { NewId } from "../../core/ids.ts";
import { type Admit, type Call, route, type Route, uploadRoute } from "../../http/contract.ts";
import {
  BATCH_FORM,
  batchReportJson,
  batchRowJson,
  type BatchReport,
  fileQuery,
  INTAKE_LIMITS,
  pushQuery,
} from "./contract.ts";
import type { IntakeDeps } from "./deps.ts";
import { gate } from "./gate.ts";
import { packingOf } from "./packing.ts";
import { takeBatch } from "./service-push.ts";
import { loadBatches } from "./store.ts";
import { unpack } from "./unpack.ts";

export type IntakeRoutesDeps = IntakeDeps & { readonly newId: NewId };

const BATCHES_SHOWN = 100;

/** Everything other programs send records to. */
export function intakeRoutes(deps: IntakeRoutesDeps): Route[] {
  const common = {
    method: "POST",
    permission: "activity.send",
    bodyBytesMax: INTAKE_LIMITS.sentBytesMax,
    ownTransaction: true,
    admit: doorOf(INTAKE_LIMITS),
    response: batchReportJson,
  } as const;
  // Those that wait hold what was sent, and not what it unpacks to.
  const inTurn = gate(INTAKE_LIMITS.batchesAtOnce);
  return [
    uploadRoute({
      ...common,
      path: "/api/activity/events",
      summary:
        "Send records of any shape: one JSON object a line, a JSON list, or an envelope with `records` or `value`",
      query: pushQuery,
      handle: (call) => inTurn(() => push(deps, call, call.query)),
    }),
    uploadRoute({
      ...common,
      path: "/api/activity/files",
      summary:
        "Send a file of records: NDJSON, a JSON list, or CSV with a heading; packed as .gz, .zst or .br if you like",
      query: fileQuery,
      handle: (call) => inTurn(() => push(deps, call, call.query)),
    }),
    route({
      method: "GET",
      path: "/api/activity/batches",
      permission: "activity.read",
      summary: "The newest batches that came in by push and by file",
      response: z.object({ rows: z.array(batchRowJson) }),
      handle: async ({ tx }) => ok({ rows: [...(await loadBatches(tx, BATCHES_SHOWN))] }),
    }),
  ];
}

type DoorLimits = {
  readonly [Name in "batchesInHandMax" | "bytesInHandMax" | "sentBytesMax" | "retryAfterSeconds"]: number;
};

/** How many batches, and how much of them, is worked on at once; the next sender is asked to come back. */
export function doorOf(limits: DoorLimits): Admit {
  let batches = 0;
  let bytes = 0;
  return (told) => {
    // Who does not say how much it sends may send the most.
    const asked = told ?? limits.sentBytesMax;
    const isFull = batches >= limits.batchesInHandMax || (batches > 0 && bytes + asked > limits.bytesInHandMax);
    if (isFull) {
      const detail = `${batches} batches are being taken in: send this one again in a moment`;
      const refusal: Refusal = { kind: "unavailable", code: "intake-busy", detail, facts: { batches } };
      return { ok: false, refusal, retryAfterSeconds: limits.retryAfterSeconds };
    }
    batches += 1;
    bytes += asked;
    let isOut = false;
    const release = (): void => {
      if (isOut) return;
      isOut = true;
      batches -= 1;
      bytes -= asked;
    };
    return { ok: true, release };
  };
}

type Query = z.output<typeof pushQuery> & { readonly name?: string | undefined };

async function push(
  deps: IntakeRoutesDeps,
  call: Call<unknown, unknown, Uint8Array>,
  query: Query,
): Promise<Result<BatchReport, Refusal>> {
  const { headers, person, now } = call;
  const told = query.batch ?? headers["x-batch-id"] ?? headers["idempotency-key"];
  if (told !== undefined && !BATCH_FORM.test(told))
    return no("invalid", "batch-form", "a batch id is 1 to 200 visible ASCII characters");
  const packed = await unpack(call.body, headers["content-encoding"] ?? packingOf(query.name));
  if (!packed.ok) return packed;
  const batch = told ?? deps.newId();
  const taken = await takeBatch(deps, {
    sender: senderOf(person),
    batch,
    intake: intakeOf(person, query.name),
    bytes: packed.value,
    hint: { customer: query.customer, tenant: query.tenant },
    fileName: query.name,
    contentType: headers["content-type"],
    actor: person.via === "api-key" ? undefined : call.actor,
    now,
  });
  if (!taken.ok) return taken;
  call.setHeader("x-batch-id", batch);
  if (taken.value.isRepeat) call.setHeader("x-batch-repeated", "true");
  return ok(taken.value.report);
}

/** A batch id is the sender's own: two keys may use the same. */
export const senderOf = ({ id, via }: Pick<Person, "id" | "via">): string =>
  `${via === "api-key" ? "key" : "person"}:${id.replace(/^key:/, "")}`.slice(0, SENDER_CHARS_MAX);
const SENDER_CHARS_MAX = 120;

/** As pages name it: by the name that the key, or the person, goes by. */
const intakeOf = ({ name }: Person, fileName: string | undefined): string =>
  (fileName === undefined ? `push:${name}` : `file:${fileName}`).slice(0, SENDER_CHARS_MAX);
