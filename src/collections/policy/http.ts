import { z } from "zod";
import type { Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { type Call, type Route, route } from "../../http/contract.ts";
import {
  acceptancesJson,
  acceptBody,
  askBody,
  draftBody,
  endBody,
  lintFactsJson,
  noteBody,
  policiesJson,
  publicPolicyJson,
  rateBody,
  ratesJson,
  saveBody,
  versionJson,
  versionParams,
  type VersionWire,
  whyBody,
} from "./contract-wire.ts";
import type { By, PolicyDeps } from "./deps.ts";
import { packPolicy, packText } from "./packs.ts";
import { acceptancesPage, lintFactsWire, policiesPage, publicPolicies, versionPage } from "./read.ts";
import { addRate, ratesPage, recordAcceptance } from "./service-rates.ts";
import { approve, askFor, createDraft, end, reject, saveDraft, withdraw } from "./service.ts";
import { findVersion, type VersionId } from "./store.ts";

const VERSION = "/api/collections/policies/:policyId/versions/:version";

export const policyRoutes = (deps: PolicyDeps): readonly Route[] => [
  ...readRoutes(deps),
  ...draftRoutes(deps),
  ...decisionRoutes(deps),
  ...rateRoutes(deps),
  ...publicRoutes(deps),
];

type AnyCall = Pick<Call<unknown, unknown, unknown>, "actor" | "person" | "now">;
const by = ({ actor, person, now }: AnyCall): By => ({ actor, person, now });

/** Does it, and answers with the version as it then stands. */
async function then(
  call: AnyCall & Pick<Call<unknown, unknown, unknown>, "tx">,
  deps: PolicyDeps,
  done: Result<VersionId, Refusal>,
): Promise<Result<VersionWire, Refusal>> {
  const { tx, person, now } = call;
  return done.ok ? versionPage(tx, deps, { id: done.value, person, now }) : done;
}

function readRoutes(deps: PolicyDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/policies",
      permission: "collections.read",
      summary: "Collections policies with their versions, and the packs to start from",
      response: policiesJson,
      handle: async ({ tx, now }) => ok(await policiesPage(tx, deps, now)),
    }),
    route({
      method: "GET",
      path: VERSION,
      permission: "collections.read",
      summary: "One version of a policy: its text, the one before, and what you may do with it",
      params: versionParams,
      response: versionJson,
      handle: ({ tx, params: id, person, now }) => versionPage(tx, deps, { id, person, now }),
    }),
    route({
      method: "GET",
      path: "/api/collections/policy-facts",
      permission: "collections.read",
      summary: "What the policy linter looks at of this desk",
      response: lintFactsJson,
      handle: async ({ tx, now }) => ok(await lintFactsWire(tx, deps, now)),
    }),
    route({
      method: "GET",
      path: `${VERSION}/acceptances`,
      permission: "collections.read",
      summary: "Customers that accepted this version, newest first",
      params: versionParams,
      response: acceptancesJson,
      handle: async ({ tx, params: id }) => ok(await acceptancesPage(tx, deps, id)),
    }),
  ];
}

function draftRoutes(deps: PolicyDeps): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/collections/policies",
      permission: "collections.policy",
      summary: "Start a draft: from a pack, from another version, or from a text",
      body: draftBody,
      response: versionJson,
      handle: async (call) => {
        const { tx, body } = call;
        if ("pack" in body)
          return then(
            call,
            deps,
            await createDraft(tx, { policyId: packPolicy(body.pack).id, text: packText(body.pack), ...by(call) }),
          );
        if ("text" in body) return then(call, deps, await createDraft(tx, { ...body, ...by(call) }));
        const from = await findVersion(tx, body.copyOf);
        const text = from?.text ?? "";
        if (from === undefined) return versionPage(tx, deps, { id: body.copyOf, person: call.person, now: call.now });
        return then(call, deps, await createDraft(tx, { policyId: body.copyOf.policyId, text, ...by(call) }));
      },
    }),
    route({
      method: "PUT",
      path: VERSION,
      permission: "collections.policy",
      summary: "Keep the text of a draft, faults and all",
      params: versionParams,
      body: saveBody,
      response: versionJson,
      handle: async (call) => then(call, deps, await saveDraft(call.tx, call.params, { ...call.body, ...by(call) })),
    }),
    route({
      method: "POST",
      path: `${VERSION}/ask`,
      permission: "collections.policy",
      summary: "Ask for a draft to come into force from a day; it must be clean and its simulation looked at",
      params: versionParams,
      body: askBody,
      response: versionJson,
      handle: async (call) =>
        then(call, deps, await askFor(call.tx, deps, { id: call.params, ...call.body, ...by(call) })),
    }),
    route({
      method: "POST",
      path: `${VERSION}/withdraw`,
      permission: "collections.policy",
      summary: "Take a draft, a question, or an approved version before its day back",
      params: versionParams,
      body: noteBody,
      response: versionJson,
      handle: async (call) =>
        then(call, deps, await withdraw(call.tx, deps, { id: call.params, ...call.body, ...by(call) })),
    }),
  ];
}

function decisionRoutes(deps: PolicyDeps): readonly Route[] {
  return [
    route({
      method: "POST",
      path: `${VERSION}/approve`,
      permission: "collections.publish",
      summary: "Approve a policy that another person asked for",
      params: versionParams,
      body: noteBody,
      response: versionJson,
      handle: async (call) =>
        then(call, deps, await approve(call.tx, deps, { id: call.params, ...call.body, ...by(call) })),
    }),
    route({
      method: "POST",
      path: `${VERSION}/reject`,
      permission: "collections.publish",
      summary: "Say no: it is a draft again",
      params: versionParams,
      body: whyBody,
      response: versionJson,
      handle: async (call) => then(call, deps, await reject(call.tx, { id: call.params, ...call.body, ...by(call) })),
    }),
    route({
      method: "POST",
      path: `${VERSION}/end`,
      permission: "collections.publish",
      summary: "Switch a policy off from a day; nothing takes its place",
      params: versionParams,
      body: endBody,
      response: versionJson,
      handle: async (call) =>
        then(call, deps, await end(call.tx, deps, { id: call.params, ...call.body, ...by(call) })),
    }),
    route({
      method: "POST",
      path: `${VERSION}/acceptances`,
      permission: "collections.work",
      summary: "Record that a customer accepted this version, with where that can be seen",
      params: versionParams,
      body: acceptBody,
      response: acceptancesJson,
      handle: async (call) => {
        const done = await recordAcceptance(call.tx, deps, { ...call.params, ...call.body, ...by(call) });
        return done.ok ? ok(await acceptancesPage(call.tx, deps, call.params)) : done;
      },
    }),
  ];
}

function rateRoutes(deps: PolicyDeps): readonly Route[] {
  const page = async (call: Pick<Call<unknown, unknown, unknown>, "tx" | "now">) =>
    ok(await ratesPage(call.tx, (await deps.desk(call.tx, call.now)).day));
  return [
    route({
      method: "GET",
      path: "/api/collections/rates",
      permission: "collections.read",
      summary: "Reference rates by half-year with their sources, and half-years without one",
      response: ratesJson,
      handle: page,
    }),
    route({
      method: "POST",
      path: "/api/collections/rates",
      permission: "collections.policy",
      summary: "Add a reference rate with its source",
      body: rateBody,
      response: ratesJson,
      handle: async (call) => {
        const done = await addRate(call.tx, deps, { ...call.body, ...by(call) });
        return done.ok ? page(call) : done;
      },
    }),
  ];
}

/** Stable addresses that customers are given: readable by anyone, they hold what is published and nothing else. */
function publicRoutes(deps: PolicyDeps): readonly Route[] {
  const versionQuery = z.object({ policyId: versionParams.shape.policyId.optional() });
  return [
    route({
      method: "GET",
      path: "/api/policy",
      permission: "public",
      summary: "The collections policies in force, for customers",
      response: publicPolicyJson,
      handle: ({ tx, now }) => publicPolicies(tx, deps, { now }),
    }),
    route({
      method: "GET",
      path: "/api/policy/:version",
      permission: "public",
      summary: "One published version of the collections policy, for customers",
      params: versionParams.pick({ version: true }),
      query: versionQuery,
      response: publicPolicyJson,
      handle: ({ tx, now, params, query }) =>
        publicPolicies(tx, deps, { now, version: params.version, policyId: query.policyId }),
    }),
  ];
}
