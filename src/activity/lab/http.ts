import { z } from "zod";
import { no } from "../../core/refusal.ts";
import { ok } from "../../core/result.ts";
import { route, type Route } from "../../http/contract.ts";
import * as backtests from "./contract-backtest.ts";
import * as wire from "./contract-wire.ts";
import { readRule } from "./decide-text.ts";
import type { LabDeps } from "./deps.ts";
import { examplesOf } from "./examples.ts";
import { explainAsked } from "./service-explain.ts";
import { cardWire, readOneRule, readRules } from "./read.ts";
import { readRunbook } from "./runbooks.ts";
import { saveRule, switchRule, unknownRule } from "./service.ts";
import { backtestRowWire, startBacktest, stopBacktest, unknownBacktest } from "./service-backtest.ts";
import { findInUse, findVersion } from "./store.ts";
import { backtestsOf, findBacktest } from "./store-backtest.ts";
import { runExamples, tryText } from "./try.ts";

const ALL = "/api/activity/rules";
const ONE = `${ALL}/:ruleId` as const;
const BACKTESTS = "/api/activity/backtests";
const BACKTESTS_SHOWN = 20;

export const labRoutes = (deps: LabDeps): readonly Route[] => [
  ...readRoutes(deps),
  ...aboutRoutes(deps),
  ...writeRoutes(deps),
  ...askRoutes(deps),
  ...backtestRoutes(deps),
];

function readRoutes(deps: LabDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: ALL,
      permission: "activity.read",
      summary: "All rules and detectors with their states and hits",
      response: wire.rulesJson,
      handle: async ({ tx, now }) => ok(await readRules(tx, deps, now)),
    }),
    route({
      method: "GET",
      path: ONE,
      permission: "activity.read",
      summary: "One rule or detector with its versions",
      params: wire.ruleParams,
      response: wire.ruleJson,
      handle: async ({ tx, params: { ruleId }, now }) => {
        const rule = await readOneRule(tx, deps, { ruleId, now });
        return rule === undefined ? unknownRule(ruleId) : ok(rule);
      },
    }),
    route({
      method: "GET",
      path: `${ONE}/versions/:version`,
      permission: "activity.read",
      summary: "The text of one version",
      params: wire.versionParams,
      response: wire.versionJson,
      handle: async ({ tx, params: { ruleId, version } }) => {
        const row = await findVersion(tx, ruleId, version);
        return row === undefined
          ? no("not-found", "rule-version-unknown", `rule ${ruleId} has no version ${version}`, { facts: { version } })
          : ok({ version, text: row.text, card: cardWire(row.card) });
      },
    }),
    route({
      method: "GET",
      path: `${ONE}/examples`,
      permission: "activity.read",
      summary: "The examples of a rule or detector, run now",
      params: wire.ruleParams,
      response: wire.examplesJson,
      handle: async ({ tx, params: { ruleId }, now }) => {
        const row = await findInUse(tx, ruleId);
        return row === undefined
          ? unknownRule(ruleId)
          : ok({ rows: examplesOf(deps, { id: ruleId, text: row.text, now }) });
      },
    }),
  ];
}

function writeRoutes(deps: LabDeps): readonly Route[] {
  return [
    route({
      method: "POST",
      path: ALL,
      permission: "activity.rules",
      summary: "Keep a rule's text as a version, and put it in use unless it is a draft",
      body: wire.saveBody,
      response: wire.savedJson,
      handle: async ({ tx, body, actor, now }) => {
        const { rule } = readRule(body.text);
        const ran = rule === undefined ? [] : runExamples(deps, rule, now);
        const failed = ran.filter(({ wanted, got }) => wanted !== got).length;
        const tests = ran.length === 0 ? undefined : { passed: ran.length - failed, failed };
        return saveRule(tx, { ...body, origin: "made", author: actor, now, tests });
      },
    }),
    route({
      method: "POST",
      path: `${ONE}/switch`,
      permission: "activity.rules",
      summary: "Switch a rule on, off or to shadow; put another version in use",
      params: wire.ruleParams,
      body: wire.switchBody,
      response: wire.savedJson,
      handle: ({ tx, params: { ruleId }, body, actor, now }) => switchRule(tx, { ruleId, ...body, author: actor, now }),
    }),
  ];
}

function aboutRoutes(deps: LabDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/activity/runbooks/:name",
      permission: "activity.read",
      summary: "What to do when it fires",
      params: wire.runbookParams,
      response: wire.runbookJson,
      handle: async ({ params: { name } }) => {
        const text = await readRunbook(name);
        return text === undefined
          ? no("not-found", "runbook-unknown", `there is no runbook ${name}`, { facts: { name } })
          : ok({ name, text });
      },
    }),
    route({
      method: "GET",
      path: "/api/activity/fields",
      permission: "activity.read",
      summary: "Fields that rules can ask for",
      response: wire.fieldsJson,
      handle: async () => ok({ fields: (deps.fields?.() ?? []).map(({ name, about }) => ({ name, about })) }),
    }),
  ];
}

function askRoutes(deps: LabDeps): readonly Route[] {
  return [
    route({
      method: "POST",
      path: `${ALL}/explain`,
      permission: "activity.read",
      summary: "Why a rule fires on an event, or not",
      // It changes nothing: no transaction, and no answer kept for a repeat.
      ownTransaction: true,
      body: wire.explainBody,
      response: wire.explainJson,
      handle: ({ tx, body, now }) => explainAsked(tx, deps, { ask: body, now }),
    }),
    route({
      method: "POST",
      path: `${ALL}/try`,
      permission: "activity.read",
      summary: "Run a text on stored or pasted events, in bounded time",
      ownTransaction: true,
      body: wire.tryBody,
      response: wire.tryJson,
      handle: async ({ tx, body, now }) => ok(await tryText(tx, deps, { ask: body, now })),
    }),
  ];
}

const started = z.object({ backtestId: z.string() });
function backtestRoutes(deps: LabDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: `${ONE}/backtests`,
      permission: "activity.read",
      summary: "Backtests of a rule, newest first",
      params: wire.ruleParams,
      response: backtests.backtestsJson,
      handle: async ({ tx, params: { ruleId }, now }) =>
        ok({ rows: (await backtestsOf(tx, ruleId, BACKTESTS_SHOWN)).map((row) => backtestRowWire(row, now)) }),
    }),
    route({
      method: "GET",
      path: `${BACKTESTS}/:backtestId`,
      permission: "activity.read",
      summary: "One backtest: how far it is, and its result",
      params: backtests.backtestParams,
      response: backtests.backtestJson,
      handle: async ({ tx, params: { backtestId }, now }) => {
        const row = await findBacktest(tx, backtestId);
        return row === undefined ? unknownBacktest() : ok({ row: backtestRowWire(row, now), result: row.result });
      },
    }),
    route({
      method: "POST",
      path: BACKTESTS,
      permission: "activity.rules",
      summary: "Run a rule, a version or a draft over stored events",
      body: backtests.backtestBody,
      response: started,
      handle: async ({ tx, body, actor, now }) => {
        const begun = await startBacktest(tx, deps, { ask: body, actor, now });
        return begun.ok ? ok({ backtestId: begun.value }) : begun;
      },
    }),
    route({
      method: "POST",
      path: `${BACKTESTS}/:backtestId/stop`,
      permission: "activity.rules",
      summary: "Stop a backtest that waits or runs",
      params: backtests.backtestParams,
      response: started,
      handle: async ({ tx, params: { backtestId: id }, actor, now }) => {
        const stopped = await stopBacktest(tx, { id, actor, now });
        return stopped.ok ? ok({ backtestId: id }) : stopped;
      },
    }),
  ];
}
