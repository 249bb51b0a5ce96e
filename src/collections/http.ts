import { z } from "zod";
import type { CustomerId } from "../core/ids.ts";
import { ok } from "../core/result.ts";
import { customerIdInput, pageQuery } from "../core/wire.ts";
import { downloadRoute, type Route, route } from "../http/contract.ts";
import { collectionsSettings, mayBuyJson } from "./contract.ts";
import {
  ACCOUNT_FILTERS,
  ACCOUNT_SORTS,
  accountJson,
  accountsJson,
  laddersJson,
  readingBody,
} from "./contract-wire.ts";
import type { CollectionsDeps } from "./deps.ts";
import { workRoutes } from "./http-work.ts";
import { accountPage } from "./service-account.ts";
import { exportAccounts, ladders, listAccounts, purchaseFreeze } from "./service-list.ts";
import { setReading } from "./service-reading.ts";
import { readCollectionsSettings, saveCollectionsSettings } from "./service-settings.ts";

const listQuery = {
  filter: z.enum(ACCOUNT_FILTERS).default("overdue"),
  sort: z.enum(ACCOUNT_SORTS).default("value"),
  q: z.string().max(200).default(""),
  direction: z.enum(["asc", "desc"]).optional(),
  stepId: z.string().max(40).optional(),
  policyId: z.string().max(40).optional(),
};
const account = z.object({ accountId: customerIdInput });

/** Collections at work: the list, one account, and what people do with it. */
export function collectionsRoutes(deps: CollectionsDeps): readonly Route[] {
  return [...readRoutes(deps), ...accountRoutes(deps), ...settingRoutes(), ...workRoutes(deps)];
}

function readRoutes(deps: CollectionsDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/accounts",
      permission: "collections.read",
      summary: "Accounts that owe, with the next step, the chance of payment and what a contact is worth",
      query: z.object({ ...listQuery, ...pageQuery }),
      response: accountsJson,
      handle: ({ tx, query, now }) => listAccounts(tx, deps, { ...query, now }),
    }),
    downloadRoute({
      method: "GET",
      path: "/api/collections/accounts.csv",
      permission: "collections.read",
      summary: "The same list as a file",
      query: z.object(listQuery),
      handle: async ({ tx, query, now }) =>
        ok({
          contentType: "text/csv; charset=utf-8",
          fileName: `accounts-${query.filter}-${now.toZonedDateTimeISO(deps.zone).toPlainDate().toString()}.csv`,
          chunks: exportAccounts(tx, deps, { ...query, limit: 0, now }),
        }),
    }),
    route({
      method: "GET",
      path: "/api/collections/ladder",
      permission: "collections.read",
      summary: "The policies in force as ladders, with how many accounts stand on each step",
      response: laddersJson,
      handle: async ({ tx, now }) => ok(await ladders(tx, deps, now)),
    }),
    route({
      method: "GET",
      path: "/api/customers/:customerId/may-buy",
      permission: "collections.read",
      summary: "Whether a customer may buy now, for shops: new purchases freeze while an account is late",
      params: z.object({ customerId: customerIdInput }),
      response: mayBuyJson,
      handle: async ({ tx, params, now }) => {
        const customerId = params.customerId as CustomerId;
        const frozen = (await purchaseFreeze(tx, [customerId])).get(customerId);
        return ok({
          customerId,
          mayBuy: frozen === undefined,
          since: frozen?.since.toString() ?? null,
          stepId: frozen?.stepId ?? null,
          accountId: frozen?.accountId ?? null,
          asOf: now.toString(),
        });
      },
    }),
  ];
}

function accountRoutes(deps: CollectionsDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/accounts/:accountId",
      permission: "collections.read",
      summary:
        "One account: its step with every condition, notices, holds, promises, calls, effects and what comes next",
      params: account,
      response: accountJson,
      handle: ({ tx, params, person, now }) =>
        accountPage(tx, deps, { customerId: params.accountId as CustomerId, person, now }),
    }),
    route({
      method: "PUT",
      path: "/api/collections/accounts/:accountId/reading",
      permission: "collections.work",
      summary: "Say how you read an account; null takes it back to the desk's suggestion",
      params: account,
      body: readingBody,
      response: z.object({ accountId: z.string() }),
      handle: ({ tx, params, body, actor, now }) =>
        setReading(tx, { accountId: params.accountId as CustomerId, reading: body.is, why: body.why, actor, now }),
    }),
  ];
}

function settingRoutes(): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/settings",
      permission: "collections.read",
      summary: "Settings of collections",
      response: collectionsSettings,
      handle: async ({ tx }) => ok(await readCollectionsSettings(tx)),
    }),
    route({
      method: "PUT",
      path: "/api/collections/settings",
      permission: "collections.policy",
      summary: "Change settings of collections",
      body: collectionsSettings,
      response: collectionsSettings,
      handle: ({ tx, body, actor, now }) => saveCollectionsSettings(tx, { settings: body, actor, now }),
    }),
  ];
}
