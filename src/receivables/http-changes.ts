import { z } from "zod";
import { ok } from "../core/result.ts";
import { customerIdInput } from "../core/wire.ts";
import { route, type Route } from "../http/contract.ts";
import {
  changeJson,
  decisionBody,
  drawBody,
  endPayerBody,
  moneyDetailJson,
  payerBody,
  reallocateBody,
  undoBody,
  writeOffBody,
} from "./contract-statement.ts";
import { mergeRoutes } from "./http-merge.ts";
import { type LedgerPageDeps, whoOf, type WhoOf } from "./http-who.ts";
import { decideWriteOff, reallocate, undoChange, writeOff } from "./service-changes.ts";
import { drawDeposit } from "./service-deposit.ts";
import { changeWire, endPayer, moneyDetail, setPayer } from "./service-statement.ts";
import { listChanges } from "./store-changes.ts";

const moneyParams = z.strictObject({ paymentId: z.string().regex(/^\d{1,18}$/) });
const changeParams = z.strictObject({ changeId: z.uuid() });
const made = z.object({ id: z.string() });
/** Changes that wait for a second person, at most. */
const WAITING_MAX = 200;

/** Routes of changes by hand: money moved, debts given up, deposits drawn, who pays for whom, who is whom. */
export function ledgerChangeRoutes(deps: LedgerPageDeps): Route[] {
  const who = whoOf(deps);
  return [
    ...moneyRoutes(deps, who),
    ...decisionRoutes(deps, who),
    ...payerRoutes(deps, who),
    ...mergeRoutes(deps, who),
  ];
}

const moneyRoutes = (deps: LedgerPageDeps, who: WhoOf): Route[] => [
  route({
    method: "GET",
    path: "/api/payments/:paymentId",
    permission: "receivables.read",
    summary: "Some money with the invoices it pays or may pay",
    params: moneyParams,
    response: moneyDetailJson,
    handle: ({ tx, params }) => moneyDetail(tx, params.paymentId),
  }),
  route({
    method: "PUT",
    path: "/api/payments/:paymentId/allocations",
    permission: "receivables.allocate",
    summary: "Gives money to other invoices by hand, with a reason",
    params: moneyParams,
    body: reallocateBody,
    response: made,
    handle: async (call) => {
      const done = await reallocate(call.tx, deps, { ...(await who(call as never)), ...call.params, ...call.body });
      return done.ok ? ok({ id: done.value }) : done;
    },
  }),
  route({
    method: "POST",
    path: "/api/write-offs",
    permission: "receivables.allocate",
    summary: "Gives up a debt, or asks a second person to agree when it is large",
    body: writeOffBody,
    response: made.extend({ waits: z.boolean() }),
    handle: async (call) => writeOff(call.tx, deps, { ...(await who(call as never)), ...call.body }),
  }),
  route({
    method: "POST",
    path: "/api/deposit-draws",
    permission: "receivables.allocate",
    summary: "Pays an invoice from the deposit that its customer has with us",
    body: drawBody,
    response: made,
    handle: async (call) => {
      const done = await drawDeposit(call.tx, deps, { ...(await who(call as never)), ...call.body });
      return done.ok ? ok({ id: done.value }) : done;
    },
  }),
];

const decisionRoutes = (deps: LedgerPageDeps, who: WhoOf): Route[] => [
  route({
    method: "GET",
    path: "/api/ledger-changes",
    permission: "receivables.read",
    summary: "Changes by hand that wait for a second person",
    response: z.object({ rows: z.array(changeJson) }),
    handle: async ({ tx }) =>
      ok({ rows: (await listChanges(tx, { state: "waiting", limit: WAITING_MAX })).map(changeWire) }),
  }),
  route({
    method: "POST",
    path: "/api/ledger-changes/:changeId/decision",
    permission: "receivables.allocate",
    summary: "The second person agrees to a write-off, or does not",
    params: changeParams,
    body: decisionBody,
    response: changeJson,
    handle: async (call) => {
      const done = await decideWriteOff(call.tx, deps, { ...(await who(call as never)), ...call.params, ...call.body });
      return done.ok ? ok(changeWire(done.value)) : done;
    },
  }),
  route({
    method: "POST",
    path: "/api/ledger-changes/:changeId/undo",
    permission: "receivables.allocate",
    summary: "Undoes a change by hand, from today",
    params: changeParams,
    body: undoBody,
    response: changeJson,
    handle: async (call) => {
      const done = await undoChange(call.tx, deps, { ...(await who(call as never)), ...call.params, ...call.body });
      return done.ok ? ok(changeWire(done.value)) : done;
    },
  }),
];

const payerRoutes = (deps: LedgerPageDeps, who: WhoOf): Route[] => [
  route({
    method: "POST",
    path: "/api/customers/:customerId/payer",
    permission: "receivables.allocate",
    summary: "Says that another customer pays for this one from a day on",
    params: z.strictObject({ customerId: customerIdInput }),
    body: payerBody,
    response: made,
    handle: async (call) => {
      const done = await setPayer(call.tx, deps, { ...(await who(call as never)), ...call.params, ...call.body });
      return done.ok ? ok({ id: done.value }) : done;
    },
  }),
  route({
    method: "POST",
    path: "/api/payer-links/:linkId/end",
    permission: "receivables.allocate",
    summary: "From a day on, a customer pays for itself again",
    params: z.strictObject({ linkId: z.uuid() }),
    body: endPayerBody,
    response: made,
    handle: async (call) => {
      const done = await endPayer(call.tx, deps, { ...(await who(call as never)), ...call.params, ...call.body });
      return done.ok ? ok({ id: done.value }) : done;
    },
  }),
];
