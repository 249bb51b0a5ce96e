import { z } from "zod";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { currencyInput, customerIdInput, dayInput } from "../core/wire.ts";
import { route, type Route } from "../http/contract.ts";
import {
  exposureJson,
  portfolioExposureJson,
  rateJson,
  ratesBody,
  ratesJson,
  TREND_DAYS_MAX,
  trendPointJson,
} from "./contract.ts";
import { type ExposureDeps, exposureOf, portfolioExposure, ratesOn, setRates } from "./service.ts";
import { loadTrend, rateHistory } from "./store.ts";
import { rateWire, trendWire } from "./wire.ts";

const customerParams = z.strictObject({ customerId: customerIdInput });
const trendQuery = z.strictObject({
  days: z.coerce.number().int().min(2).max(TREND_DAYS_MAX).default(90),
  to: dayInput.optional(),
});
const trendJson = z.object({ points: z.array(trendPointJson) });
const HISTORY_ROWS = 400;

/** All routes of this slice. */
export const exposureRoutes = (deps: ExposureDeps): Route[] => [...figureRoutes(deps), ...rateRoutes(deps)];

const figureRoutes = (deps: ExposureDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/exposure",
    permission: "exposure.read",
    summary: "What we could lose, to whom, and why it moved: the whole portfolio on a day",
    query: z.strictObject({ day: dayInput.optional() }),
    response: portfolioExposureJson,
    handle: async ({ tx, query, now }) =>
      ok(await portfolioExposure(tx, deps, query.day ?? (await deps.deskDay(tx, now)))),
  }),
  route({
    method: "GET",
    path: "/api/exposure/trend",
    permission: "exposure.read",
    summary: "Exposure of the portfolio day by day",
    query: trendQuery,
    response: trendJson,
    handle: async ({ tx, query, now }) => {
      const to = query.to ?? (await deps.deskDay(tx, now));
      return ok({
        points: (await loadTrend(tx, { customerId: undefined, from: to.subtract({ days: query.days - 1 }), to })).map(
          trendWire,
        ),
      });
    },
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/exposure",
    permission: "exposure.read",
    summary: "What we could lose on a customer as of a day, part by part",
    params: customerParams,
    query: z.strictObject({ day: dayInput.optional() }),
    response: exposureJson,
    handle: async ({ tx, params, query, now }) => {
      const today = await deps.deskDay(tx, now);
      const day = query.day ?? today;
      if (Temporal.PlainDate.compare(day, today) > 0)
        return no("invalid", "day-ahead", `${day.toString()} lies ahead: exposure is told up to today`);
      return ok(await exposureOf(tx, deps, { customerId: params.customerId, day, now }));
    },
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/exposure/trend",
    permission: "exposure.read",
    summary: "Exposure of a customer day by day",
    params: customerParams,
    query: trendQuery,
    response: trendJson,
    handle: async ({ tx, params, query, now }) => {
      const to = query.to ?? (await deps.deskDay(tx, now));
      return ok({
        points: (
          await loadTrend(tx, { customerId: params.customerId, from: to.subtract({ days: query.days - 1 }), to })
        ).map(trendWire),
      });
    },
  }),
];

const rateRoutes = (deps: ExposureDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/exchange-rates",
    permission: "exposure.read",
    summary: "Exchange rates: of each pair the latest on or before a day, and currencies without one",
    query: z.strictObject({ day: dayInput.optional() }),
    response: ratesJson,
    handle: async ({ tx, query, now }) => ok(await ratesOn(tx, deps, query.day ?? (await deps.deskDay(tx, now)))),
  }),
  route({
    method: "GET",
    path: "/api/exchange-rates/:from/:to",
    permission: "exposure.read",
    summary: "All dated rates of one pair, newest first",
    params: z.strictObject({ from: currencyInput, to: currencyInput }),
    response: z.object({ rates: z.array(rateJson) }),
    handle: async ({ tx, params }) =>
      ok({ rates: (await rateHistory(tx, { ...params, limit: HISTORY_ROWS })).map(rateWire) }),
  }),
  route({
    method: "PUT",
    path: "/api/exchange-rates",
    permission: "exposure.set-rates",
    summary: "Set dated exchange rates by hand or from CSV; everyone is computed anew",
    body: ratesBody,
    bodyBytesMax: 2_097_152,
    response: ratesJson,
    handle: ({ tx, body, actor, now }) => setRates(tx, deps, { ...body, actor, now }),
  }),
];
