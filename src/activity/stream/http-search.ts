import { z } from "zod";
import type { NewId } from "../../core/ids.ts";
import { no } from "../../core/refusal.ts";
import { ok } from "../../core/result.ts";
import { pageQuery } from "../../core/wire.ts";
import { downloadRoute, type Route, route } from "../../http/contract.ts";
import { SOURCES } from "../contract-event.ts";
import {
  eventDetailJson,
  histogramJson,
  type SavedSearch,
  savedSearchBody,
  savedSearchJson,
  searchFilters,
  searchJson,
  searchQuery,
} from "./contract.ts";
import {
  countEvents,
  eventDetail,
  exportEvents,
  type ExportForm,
  type SearchDeps,
  searchEvents,
} from "./service-search.ts";
import { countSaved, dropSearch, type SavedRow, savedRows, saveSearch } from "./store-saved.ts";

export type SearchRouteDeps = SearchDeps & { readonly newId: NewId };
/** Searches that one person keeps. */
const SAVED_MAX = 100;

/** Routes of the search page. */
export const searchRoutes = (deps: SearchRouteDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/activity/events",
    permission: "activity.read",
    summary: "Events of a stretch of time, newest first, one page; says how far back it came when it stopped early",
    query: z.strictObject({ ...pageQuery, ...searchFilters }),
    response: searchJson,
    handle: async ({ query: { cursor, limit, ...filters }, now }) =>
      searchEvents(deps, { filters, cursor, limit, now }),
  }),
  route({
    method: "GET",
    path: "/api/activity/events/histogram",
    permission: "activity.read",
    summary: "How many events the same search finds, over the time",
    query: searchQuery,
    response: histogramJson,
    handle: async ({ query, now }) => countEvents(deps, { filters: query, now }),
  }),
  route({
    method: "GET",
    path: "/api/activity/event",
    permission: "activity.read",
    summary: "One event: its fields, its record as it came, and the rules that hit it",
    query: z.strictObject({ source: z.enum(SOURCES), id: z.string().min(1).max(2_000) }),
    response: eventDetailJson,
    handle: async ({ tx, query }) => eventDetail(tx, deps, query),
  }),
  exportRoute(deps, "ndjson", "application/x-ndjson; charset=utf-8"),
  exportRoute(deps, "csv", "text/csv; charset=utf-8"),
  ...savedRoutes(deps),
];

const exportRoute = (deps: SearchDeps, form: ExportForm, contentType: string): Route =>
  downloadRoute({
    method: "GET",
    path: `/api/activity/events.${form}`,
    permission: "activity.read",
    summary: `What a search finds as ${form.toUpperCase()}, newest first, at most 100,000 events`,
    query: searchQuery,
    handle: async ({ query, now }) => {
      const chunks = await exportEvents(deps, { filters: query, now, form });
      if (!chunks.ok) return chunks;
      const fileName = `activity ${now.toString().slice(0, 10)}.${form}`;
      return ok({ contentType, fileName, chunks: chunks.value });
    },
  });

const savedRoutes = (deps: SearchRouteDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/activity/searches",
    permission: "activity.read",
    summary: "Searches the person saved, and those that others share",
    response: z.object({ rows: z.array(savedSearchJson) }),
    handle: async ({ tx, person }) =>
      ok({ rows: (await savedRows(tx, person.id)).map((row) => saved(row, person.id)) }),
  }),
  route({
    method: "POST",
    path: "/api/activity/searches",
    permission: "activity.read",
    summary: "Saves a search under a name; the same name of the same person is replaced",
    body: savedSearchBody,
    response: savedSearchJson,
    handle: async ({ tx, person, body, now }) => {
      if ((await countSaved(tx, person.id)) >= SAVED_MAX)
        return no("conflict", "searches-full", `you keep ${SAVED_MAX} searches already: remove one first`);
      const row = await saveSearch(tx, {
        search_id: deps.newId(),
        owner_id: person.id,
        owner_name: person.name,
        name: body.name,
        filters: { filters: body.filters as Record<string, string>, last: body.last ?? null },
        shared: body.shared,
        saved_at: now,
      });
      return ok(saved(row, person.id));
    },
  }),
  route({
    method: "DELETE",
    path: "/api/activity/searches/:id",
    permission: "activity.read",
    summary: "Removes one of the person's own searches",
    params: z.strictObject({ id: z.uuid() }),
    response: z.object({}),
    handle: async ({ tx, person, params }) =>
      (await dropSearch(tx, { id: params.id, ownerId: person.id }))
        ? ok({})
        : no("not-found", "search-unknown", "you have no such search; those of others are theirs to remove"),
  }),
];

const saved = (row: SavedRow, personId: string): SavedSearch => ({
  id: row.search_id,
  name: row.name,
  filters: row.filters.filters,
  last: row.filters.last,
  shared: row.shared,
  owner: { id: row.owner_id, name: row.owner_name },
  mine: row.owner_id === personId,
  savedAt: row.saved_at.toString(),
});
