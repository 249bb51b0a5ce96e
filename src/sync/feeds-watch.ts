import { parseDay } from "../core/time.ts";
import {
  type AlertChannel,
  PartnerCenterError,
  type PartnerCenterProblem,
  PROBLEM_ADVICE,
  type SecurityAlert,
} from "../partner-center/contract.ts";
import { auditDays } from "./decide-run.ts";
import type { ReadFeed, Run } from "./run.ts";
import { saveAudit } from "./store-audit.ts";
import { newestDelivery } from "./store-inbox.ts";

const CHANNELS: readonly AlertChannel[] = ["graph", "fraud-events"];

type Asked = { readonly alerts: readonly SecurityAlert[] } | { readonly problem: PartnerCenterProblem };

/**
 * Both channels are asked, Graph first: it is the one that stays, v1 the one that is known. The feed fails only when
 * both do; a v1 that has been switched off is no trouble while Graph answers.
 */
export const readAlerts: ReadFeed = async (run) => {
  const { deps, startedAt } = run;
  const answers = new Map<AlertChannel, Asked>();
  for (const channel of CHANNELS) {
    const asked = await ask(run, channel);
    answers.set(channel, asked);
    if ("problem" in asked || asked.alerts.length === 0) continue;
    await run.save(async (tx) => {
      await deps.sinks.saveAlerts(tx, asked.alerts, startedAt);
      const times = asked.alerts.map((alert) => alert.detectedAt).sort((a, b) => Temporal.Instant.compare(a, b));
      return { facts: asked.alerts.length, newestFactAt: times.at(-1) };
    });
  }
  const graph = answers.get("graph");
  const v1 = answers.get("fraud-events");
  if (graph !== undefined && "problem" in graph) {
    if (v1 === undefined || "problem" in v1) throw new PartnerCenterError(graph.problem);
    run.leaveOut(graph.problem);
  }
  return { kind: "complete" };
};

async function ask({ reader, deps }: Run, channel: AlertChannel): Promise<Asked> {
  try {
    return { alerts: await reader.alerts(channel) };
  } catch (error) {
    if (!(error instanceof PartnerCenterError)) throw error;
    const { kind, detail, correlationId } = error.problem;
    deps.log("warn", "sync.channel-silent", { channel, kind, detail, correlationId });
    return { problem: error.problem };
  }
}

export const readGdap: ReadFeed = async (run) => {
  const relationships = await run.reader.gdap();
  await run.save(async (tx) => {
    await run.deps.sinks.saveGdap(tx, relationships, run.startedAt);
    return { facts: relationships.length, newestFactAt: run.startedAt };
  });
  return { kind: "complete" };
};

/** Day by day, as Microsoft advises; the cursor is the last day read to its end. */
export const readAudit: ReadFeed = async (run) => {
  const today = run.deps.clock.now().toZonedDateTimeISO("UTC").toPlainDate();
  const kept = typeof run.cursor === "string" ? parseDay(run.cursor) : undefined;
  for (const day of auditDays(kept?.ok === true ? kept.value : undefined, today)) {
    if (run.isTimeUp()) return { kind: "paused" };
    await readAuditDay(run, day);
  }
  return { kind: "complete" };
};

async function readAuditDay(run: Run, day: Temporal.PlainDate): Promise<void> {
  const { deps, reader } = run;
  for await (const records of reader.auditRecords(day, day)) {
    await run.save(async (tx) => {
      const fresh = await saveAudit(tx, records, run.startedAt);
      if (fresh.length > 0) await deps.sinks.saveAuditRecords(tx, fresh);
      const times = records.map((record) => record.at).sort((a, b) => Temporal.Instant.compare(a, b));
      return { facts: fresh.length, newestFactAt: times.at(-1) };
    });
  }
  await run.save(async () => ({ facts: 0, cursor: day.toString() }));
}

/**
 * Makes lost webhooks harmless, together with the polls of the other feeds: says when the last one came, and whether
 * Microsoft still knows our address (one registration per tenant, so another tool may have taken it).
 */
export const readWebhooks: ReadFeed = async (run) => {
  const { deps, reader } = run;
  const last = await newestDelivery(deps.store.db);
  await run.save(async () => ({ facts: 0, newestFactAt: last }));
  if (deps.webhookUrl === undefined) return { kind: "complete" };
  const registration = await reader.webhookRegistration();
  if (registration?.url !== deps.webhookUrl) run.leaveOut(notRegistered(registration === undefined));
  return { kind: "complete" };
};

const notRegistered = (nobody: boolean): PartnerCenterProblem => ({
  kind: "auth-config",
  advice: PROBLEM_ADVICE["auth-config"],
  detail: nobody
    ? "Microsoft has no address for webhooks of this tenant"
    : "webhooks of this tenant go to another address",
  code: nobody ? "webhook-unregistered" : "webhook-foreign",
  requestId: "",
  correlationId: "",
  outcomeUnknown: false,
});
