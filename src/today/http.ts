import { z } from "zod";
import { ok } from "../core/result.ts";
import type { OpenNotices } from "../notices/contract.ts";
import type { WaitingProposals } from "../response/contract.ts";
import { route, type Route } from "../http/contract.ts";
import {
  type AuditState,
  type CountOf,
  deskJson,
  type DeskOf,
  type SearchSource,
  searchJson,
  todayJson,
  type TodayPart,
} from "./contract.ts";
import { readToday, type TodayParts } from "./service.ts";

export type TodayDeps = {
  readonly parts: TodayParts;
  readonly deskOf: DeskOf;
  readonly auditState: AuditState;
  readonly openCases: CountOf;
  readonly customerCount: CountOf;
  readonly openNotices: OpenNotices;
  readonly waitingProposals: WaitingProposals;
  /** In the order in which their results are shown. */
  readonly search: readonly SearchSource[];
  /** A part of the page that could not be read, for the log. */
  readonly report: (part: TodayPart, error: unknown) => void;
};

const SEARCH_LETTERS_MIN = 2;
const SEARCH_LETTERS_MAX = 100;
/** Results of one slice; the search box shows one screen. */
const HITS_MAX = 6;

/** The frame, the first screen and the search. */
export function todayRoutes(deps: TodayDeps): Route[] {
  return [deskRoute(deps), todayRoute(deps), searchRoute(deps)];
}

const deskRoute = (deps: TodayDeps): Route =>
  route({
    method: "GET",
    path: "/api/desk",
    permission: "desk.read",
    summary: "The desk, its clock, what waits, and who is signed in",
    response: deskJson,
    handle: async ({ tx, now, person }) => {
      const [desk, audit, notices, cases, waiting, customers] = await Promise.all([
        deps.deskOf(tx),
        deps.auditState(tx),
        deps.openNotices(tx, now),
        deps.openCases(tx),
        deps.waitingProposals(tx, person, now),
        deps.customerCount(tx),
      ]);
      return ok({
        ...desk,
        now: now.toString(),
        counts: {
          notices: notices.length,
          noticeClockRunning: notices.some((notice) => notice.clock !== null),
          cases,
          decisions: waiting.total,
          customers,
        },
        me: { id: person.id, name: person.name, email: person.email, role: person.role, twoFactor: person.twoFactor },
        audit,
      });
    },
  });

const todayRoute = ({ parts, report }: TodayDeps): Route =>
  route({
    method: "GET",
    path: "/api/today",
    permission: "desk.read",
    summary: "The first screen: clocks, money, decisions, and what cannot be seen",
    response: todayJson,
    handle: async ({ tx, now, person }) => ok(await readToday(parts, { tx, now, person }, report)),
  });

const searchRoute = ({ search }: TodayDeps): Route =>
  route({
    method: "GET",
    path: "/api/search",
    permission: "desk.read",
    summary: "Customers, cases, notices and decisions by part of a name, a number or an id",
    query: z.object({ q: z.string().trim().max(SEARCH_LETTERS_MAX) }),
    response: searchJson,
    handle: async ({ tx, query }) => {
      if (query.q.length < SEARCH_LETTERS_MIN) return ok({ results: [] });
      const found = await Promise.all(search.map((source) => source(tx, query.q, HITS_MAX)));
      return ok({ results: found.flat() });
    },
  });
