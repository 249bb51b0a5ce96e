import { iso, plusSeconds } from "../kernel/clock.ts";
import type { DeliveryRow, RegistrationRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import type { CertificateName } from "./certificates.ts";

/** Ten attempts, then silence (CONTRACT 11.5). */
const ATTEMPTS_MAX = 10;
const FIRST_WAIT_SECONDS = 5;
const WAIT_SECONDS_MAX = 3_600;
/** Real time the receiver has to answer. */
const ANSWER_MS_MAX = 10_000;

/** What can be wrong with a delivery, on demand. */
export const TRICKS = {
  "bad-signature": "the signature does not fit the body",
  "foreign-root": "signed by a leaf of another root",
  "expired-certificate": "signed by a leaf that has expired",
  "foreign-host": "the certificate lies on a host that is not allowed",
  "no-signature": "the signature headers are missing",
  "changed-body": "the body was changed after signing",
  duplicate: "the same event is delivered twice",
  late: "delivered `seconds` later than usual (172800)",
  reorder: "delivered after the next event",
  lost: "never delivered",
} as const;
export type Trick = keyof typeof TRICKS;

const CERTIFICATE_OF: Partial<Record<Trick, CertificateName>> = {
  "foreign-root": "foreign",
  "expired-certificate": "expired",
};

export type Courier = {
  /** Starts a delivery; its outcome is written when it is known. */
  start(deliveryId: string): void;
  /** Waits until nothing is under way. */
  settled(): Promise<void>;
};

/** Sends webhooks. `wake` is called after a commit, so that a booked retry is not overslept. */
export function newCourier(sim: Sim, wake: () => void): Courier {
  const underWay = new Set<Promise<void>>();
  return {
    start(deliveryId) {
      const work = deliver(sim, deliveryId)
        .catch((error: unknown) => sim.log(`delivery ${deliveryId} broke: ${String(error)}`))
        .finally(() => {
          underWay.delete(work);
          wake();
        });
      underWay.add(work);
    },
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

async function deliver(sim: Sim, id: string): Promise<void> {
  const row = sim.tables.deliveries.get(id);
  const registration = sim.tables.registration.get("registration");
  if (row === undefined || row.state !== "waiting" || registration === undefined) return;
  const outcome = await post(sim, row, registration);
  const now = sim.clock.now();
  const attempts = row.attempts + 1;
  const done = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
  const state = done ? "delivered" : attempts >= ATTEMPTS_MAX ? "offline" : "waiting";
  const current = sim.tables.deliveries.get(id) ?? row;
  sim.tables.deliveries.put({
    ...current,
    attempts,
    state,
    results: [...current.results, { at: iso(now), ...outcome }],
  });
  if (state === "waiting") {
    const wait = Math.min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), WAIT_SECONDS_MAX);
    sim.schedule.add({
      id: `deliver ${id}`,
      at: iso(plusSeconds(now, wait)),
      kind: "deliver",
      facts: { delivery: id },
    });
  }
  sim.commit();
  sim.log(`webhook ${row.event} attempt ${attempts}: ${outcome.status ?? outcome.problem}`);
}

async function post(
  sim: Sim,
  row: DeliveryRow,
  registration: RegistrationRow,
): Promise<{ status: number | null; problem: string | null }> {
  const { headers, body } = sealed(sim, row, registration);
  try {
    const answer = await fetch(row.url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await answer.arrayBuffer();
    return { status: answer.status, problem: null };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { status: null, problem: cause.slice(0, 200) };
  }
}

/** The request as it leaves: exact body bytes and the three signature headers (CONTRACT 11.4). */
function sealed(
  sim: Sim,
  row: DeliveryRow,
  registration: Pick<RegistrationRow, "signatureInOwnHeader">,
): { headers: Record<string, string>; body: string } {
  const trick = row.trick as Trick | null;
  const name = CERTIFICATE_OF[trick ?? "late"] ?? "trusted";
  const signed = Buffer.from(trick === "bad-signature" ? `${row.body} ` : row.body);
  const signature = `Signature ${sim.certificates().sign(name, signed)}`;
  const host = trick === "foreign-host" ? "https://certificates.somebody-else.example" : sim.publicUrl();
  const headers: Record<string, string> = {
    "Content-Type": "application/json; charset=utf-8",
    "MS-CorrelationId": row.correlationId ?? row.id,
  };
  if (trick !== "no-signature") {
    headers[registration.signatureInOwnHeader ? "x-ms-signature" : "Authorization"] = signature;
    headers["X-MS-Certificate-Url"] = `${host}/certificates/${name}.cer`;
    headers["X-MS-Signature-Algorithm"] = "rsa-sha256";
  }
  const body =
    trick === "changed-body" ? row.body.replace(/"EventName":"[^"]*"/, '"EventName":"invoice-ready"') : row.body;
  return { headers, body };
}

export const deliveryJson = (row: DeliveryRow) => ({ ...row, body: JSON.parse(row.body) as unknown });

export const isTrick = (text: string): text is Trick => text in TRICKS;

/** Applies a trick to the next event that waits for its first delivery; used by the notifier through the settings. */
export function applyTrick(sim: Sim, row: DeliveryRow, { trick, seconds }: { trick: Trick; seconds: number }): void {
  const job = `deliver ${row.id}`;
  const at = (wait: number): string => iso(plusSeconds(sim.clock.now(), wait));
  if (trick === "lost") {
    sim.schedule.cancel(job);
    sim.tables.deliveries.put({
      ...row,
      state: "lost",
      trick,
      results: [{ at: nowIso(sim), status: null, problem: "lost on purpose" }],
    });
    return;
  }
  sim.tables.deliveries.put({ ...row, trick });
  if (trick === "late") sim.schedule.add({ id: job, at: at(seconds), kind: "deliver", facts: { delivery: row.id } });
  if (trick === "reorder") sim.schedule.add({ id: job, at: at(30), kind: "deliver", facts: { delivery: row.id } });
  if (trick === "duplicate") {
    const twin = { ...row, id: sim.newId(), trick };
    sim.tables.deliveries.put(twin);
    sim.schedule.add({ id: `deliver ${twin.id}`, at: at(seconds), kind: "deliver", facts: { delivery: twin.id } });
  }
}
