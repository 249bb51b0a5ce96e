import { z } from "zod";
import { moneyFromJson, moneyToText } from "../../core/money.ts";
import { ok } from "../../core/result.ts";
import { no } from "../../core/refusal.ts";
import { pageOf, pageQuery } from "../../core/wire.ts";
import { downloadRoute, route, type Route } from "../../http/contract.ts";
import type { Tx } from "../../store/contract.ts";
import { seenOf } from "../policy/store.ts";
import {
  simulatedAccountJson,
  type SimulatedAccountWire,
  SIMULATION_LISTS,
  simulationBody,
  simulationJson,
  simulationParams as params,
  simulationRowJson,
  type SimulationRowWire,
  type SimulationWire,
} from "./contract-simulation.ts";
import { markSeen, type SimulationDeps, startSimulation, stopSimulation, unknown } from "./service.ts";
import { accountsOf, countAccounts, findSimulation, newestSimulations, type SimulationRow } from "./store.ts";

const ALL = "/api/collections/simulations";
const ONE = `${ALL}/:simulationId` as const;
const SHOWN_MAX = 50;

export const simulationRoutes = (deps: SimulationDeps): readonly Route[] => [
  ...readRoutes(),
  ...writeRoutes(deps),
  ...listRoutes(),
];

function readRoutes(): readonly Route[] {
  return [
    route({
      method: "GET",
      path: ALL,
      permission: "collections.read",
      summary: "Simulations of collections policies, newest first",
      response: z.object({ rows: z.array(simulationRowJson) }),
      handle: async ({ tx }) => ok({ rows: (await newestSimulations(tx, SHOWN_MAX)).map(rowWire) }),
    }),
    route({
      method: "GET",
      path: ONE,
      permission: "collections.read",
      summary: "One simulation: how far it is, and its result",
      params,
      response: simulationJson,
      handle: async ({ tx, params: { simulationId }, person }) => {
        const row = await findSimulation(tx, simulationId);
        return row === undefined ? unknown() : ok(await simulationWire(tx, row, person.id));
      },
    }),
  ];
}

function writeRoutes(deps: SimulationDeps): readonly Route[] {
  return [
    route({
      method: "POST",
      path: ALL,
      permission: "collections.policy",
      summary: "Try a policy, or two, on the desk's own history",
      body: simulationBody,
      response: z.object({ simulationId: z.string() }),
      handle: async ({ tx, body, actor, person, now }) => {
        const started = await startSimulation(tx, deps, { ask: body, by: { actor, person, now } });
        return started.ok ? ok({ simulationId: started.value }) : started;
      },
    }),
    route({
      method: "POST",
      path: `${ONE}/stop`,
      permission: "collections.policy",
      summary: "Stop a simulation that waits or runs",
      params,
      response: z.object({ simulationId: z.string() }),
      handle: async ({ tx, params: { simulationId: id }, actor, now }) => {
        const stopped = await stopSimulation(tx, { id, actor, now });
        return stopped.ok ? ok({ simulationId: id }) : stopped;
      },
    }),
    route({
      method: "POST",
      path: `${ONE}/seen`,
      permission: "collections.policy",
      summary: "Note that you have looked at a completed simulation",
      params,
      response: z.object({ simulationId: z.string() }),
      handle: async ({ tx, params: { simulationId: id }, actor, person, now }) => {
        const seen = await markSeen(tx, { id, by: { actor, person, now } });
        return seen.ok ? ok({ simulationId: id }) : seen;
      },
    }),
  ];
}

const listQuery = { list: z.enum(SIMULATION_LISTS).default("all") };
function listRoutes(): readonly Route[] {
  return [
    route({
      method: "GET",
      path: `${ONE}/accounts`,
      permission: "collections.read",
      summary: "Customers behind a figure of a simulation, those that matter most first",
      params,
      query: z.strictObject({ ...pageQuery, ...listQuery }),
      response: pageOf(simulatedAccountJson),
      handle: async ({ tx, params: { simulationId: id }, query: { list, cursor, limit } }) => {
        const at = /^(\d{1,9})\.(.{1,100})$/.exec(cursor ?? "");
        if (cursor !== undefined && at === null)
          return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
        const after = at === null ? undefined : { weight: Number(at[1]), accountId: at[2] ?? "" };
        const rows = await accountsOf(tx, id, { list, after, limit: limit + 1 });
        const shown = rows.slice(0, limit);
        const last = rows.length > limit ? shown.at(-1) : undefined;
        return ok({
          rows: shown.map(({ row }) => row),
          nextCursor: last === undefined ? null : `${last.weight}.${last.account_id}`,
          total: await countAccounts(tx, id, list),
        });
      },
    }),
    downloadRoute({
      method: "GET",
      path: `${ONE}/accounts.csv`,
      permission: "collections.read",
      summary: "The same customers as CSV",
      params,
      query: z.strictObject(listQuery),
      handle: async ({ tx, params: { simulationId: id }, query: { list } }) => {
        if ((await findSimulation(tx, id)) === undefined) return unknown();
        return ok({
          contentType: "text/csv; charset=utf-8",
          fileName: `simulation ${list}.csv`,
          chunks: csv(tx, id, list),
        });
      },
    }),
  ];
}

async function simulationWire(tx: Tx, row: SimulationRow, personId: string): Promise<SimulationWire> {
  const seen = await seenOf(tx, [row.policy_sha256]);
  return {
    row: rowWire(row),
    model: row.model as SimulationWire["model"],
    result: row.result,
    seen: seen.some((one) => one.simulation_id === row.simulation_id && one.person_id === personId),
  };
}
const rowWire = (row: SimulationRow): SimulationRowWire => ({
  simulationId: row.simulation_id,
  state: row.state,
  fault: row.fault,
  policy: { policyId: row.policy_id, version: row.policy_version, name: row.policy_name, sha256: row.policy_sha256 },
  against:
    row.against_id === null || row.against_version === null || row.against_name === null || row.against_sha256 === null
      ? null
      : { policyId: row.against_id, version: row.against_version, name: row.against_name, sha256: row.against_sha256 },
  from: row.from_day.toString(),
  to: row.to_day.toString(),
  startedBy: { id: row.started_by, name: row.started_by_name },
  startedAt: row.started_at.toString(),
  finishedAt: row.finished_at?.toString() ?? null,
  progress: { done: row.accounts_done, of: row.accounts_of },
});

const SIDE = [
  "letters",
  "calls",
  "toldOn",
  "frozenOn",
  "frozenDays",
  "suspendedOn",
  "suspendedDays",
  "handedOn",
  "renewalStoppedOn",
  "restedDays",
  "wrong",
] as const;
const CSV_PAGE = 1_000;
async function* csv(tx: Tx, id: string, list: (typeof SIMULATION_LISTS)[number]): AsyncGenerator<string> {
  const heads = (side: string) => [...SIDE.map((name) => `${side}_${name}`), `${side}_overdue_end`];
  yield `\uFEFF${["account", "name", ...heads("before"), ...heads("policy"), "paid_on", "holds", "class"].join(",")}\n`;
  let after: { weight: number; accountId: string } | undefined;
  for (;;) {
    const rows = await accountsOf(tx, id, { list, after, limit: CSV_PAGE });
    yield rows.map(({ row }) => line(row)).join("");
    const last = rows.at(-1);
    if (last === undefined || rows.length < CSV_PAGE) return;
    after = { weight: last.weight, accountId: last.account_id };
  }
}
function line({ accountId, name, base, draft, truth }: SimulatedAccountWire): string {
  const side = (one: SimulatedAccountWire["base"]) => [
    ...SIDE.map((member) => String(one[member] ?? "")),
    one.overdueEnd.map((money) => `${moneyToText(moneyFromJson(money))} ${money.currency}`).join("; "),
  ];
  const cells = [
    accountId,
    name,
    ...side(base),
    ...side(draft),
    truth.paidOn ?? "",
    truth.holds.join("; "),
    truth.customerClass ?? "",
  ];
  return `${cells.map(cell).join(",")}\n`;
}
/** A value that begins like a formula would be run by a spreadsheet: an apostrophe keeps it text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
