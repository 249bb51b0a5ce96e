import type { Json } from "../../../core/canonical.ts";
import { PartnerCenterError } from "../../../partner-center/contract.ts";
import type { PullFeed } from "../contract-pull.ts";
import type { PullWindow } from "./decide-feeds.ts";
import type { PullDeps, TenantCall } from "./deps.ts";

/** What is read: a feed of a tenant, and of its parts one. */
export type Pull = {
  readonly feed: PullFeed;
  readonly tenant: string;
  /** Azure subscription or content type; empty when the feed has no parts. */
  readonly part: string;
};
/** Some records, and which blob they came in, when they did. */
export type PulledPage = { readonly records: readonly Json[]; readonly blob?: string | undefined };
type Asking = {
  readonly deps: Pick<PullDeps, "askTenant" | "newId">;
  readonly pull: Pull;
  readonly window: Pick<PullWindow, "from" | "until">;
  /** Whether a blob was read before. */
  readonly isKnown: (blob: string) => boolean;
};
type Reader = (asking: Asking) => AsyncIterable<PulledPage>;

/** More pages than this means that the list never ends. */
const PAGES_MAX = 5_000;
/** Parts of the unified audit log. DLP is left out: it holds the sensitive text itself. */
export const CONTENT_TYPES = [
  "Audit.AzureActiveDirectory",
  "Audit.Exchange",
  "Audit.SharePoint",
  "Audit.General",
] as const;
/** Refusals of the Management Activity API that are no trouble. Source: its reference, "Errors". */
const NO_SUBSCRIPTION = "AF20022";
const ALREADY_SUBSCRIBED = "AF20024";
/** The activity log of the tenant itself: elevated access shows only there. */
export const TENANT_PART = "tenant";

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const member = (body: Json | undefined, name: string): Json | undefined =>
  body !== null && typeof body === "object" && !Array.isArray(body)
    ? (body as Readonly<Record<string, Json>>)[name]
    : undefined;
const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

const caller = ({ deps, pull }: Asking, service: TenantCall["service"]) => {
  const correlationId = deps.newId();
  return (path: string, method: TenantCall["method"] = "GET") =>
    deps.askTenant({
      what: pull.feed,
      service,
      tenant: pull.tenant,
      method,
      path,
      correlationId,
    });
};

/** Pages that are linked by a member of the answer. */
async function* linked(
  ask: ReturnType<typeof caller>,
  first: string,
  nextIn: (answer: Awaited<ReturnType<typeof ask>>) => string | undefined,
): AsyncGenerator<Json | undefined> {
  const seen = new Set<string>();
  let path: string | undefined = first;
  for (let page = 0; path !== undefined; page++) {
    if (page >= PAGES_MAX || seen.has(path))
      throw new Error(`a list of ${PAGES_MAX} pages, or one that goes in a circle`);
    seen.add(path);
    const answer = await ask(path);
    yield answer.body;
    path = nextIn(answer);
  }
}

const seconds = (at: Temporal.Instant): string => at.toString({ smallestUnit: "second" });
const query = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");

/** Lists of Graph. Source: learn.microsoft.com/graph/api/directoryaudit-list, signin-list, riskdetection-list, security-list-alerts_v2 */
const graph = (path: string, time: string, top: number): Reader =>
  async function* (asking) {
    const { from, until } = asking.window;
    const filter = `${time} ge ${seconds(from)} and ${time} le ${seconds(until)}`;
    const first = `${path}?${query({ $filter: filter, $top: String(top) })}`;
    for await (const body of linked(caller(asking, "graph"), first, ({ body }) =>
      text(member(body, "@odata.nextLink")),
    ))
      yield { records: listIn(member(body, "value")) };
  };

/** The Activity Log. Source: learn.microsoft.com/rest/api/monitor/activity-logs/list and tenant-activity-logs/list */
const activityLog: Reader = async function* (asking) {
  const { from, until } = asking.window;
  const scope = asking.pull.part === TENANT_PART ? "" : `/subscriptions/${encodeURIComponent(asking.pull.part)}`;
  const filter = `eventTimestamp ge '${seconds(from)}' and eventTimestamp le '${seconds(until)}'`;
  const first = `${scope}/providers/Microsoft.Insights/eventtypes/management/values?${query({ "api-version": "2015-04-01", $filter: filter })}`;
  for await (const body of linked(caller(asking, "arm"), first, ({ body }) => text(member(body, "nextLink"))))
    yield { records: listIn(member(body, "value")) };
};

/** The Management Activity API: content is listed by when it became available, and fetched blob by blob. */
const unifiedAudit: Reader = async function* (asking) {
  const ask = caller(asking, "office");
  const { tenant, part } = asking.pull;
  const root = `/api/v1.0/${encodeURIComponent(tenant)}/activity/feed`;
  const { from, until } = asking.window;
  // It takes times without a zone, in UTC.
  const [startTime, endTime] = [from, until].map((at) => seconds(at).replace("Z", ""));
  const first = `${root}/subscriptions/content?${query({ contentType: part, startTime: startTime ?? "", endTime: endTime ?? "" })}`;
  const pages = linked(
    subscribing(ask, `${root}/subscriptions/start?${query({ contentType: part })}`),
    first,
    ({ headers }) => headers.get("NextPageUri") ?? undefined,
  );
  for await (const body of pages)
    for (const one of listIn(body)) {
      const [uri, blob] = [text(member(one, "contentUri")), text(member(one, "contentId"))];
      if (uri === undefined || blob === undefined || asking.isKnown(blob)) continue;
      yield { records: listIn((await ask(uri)).body), blob };
    }
};

/** Begins the subscription when there is none, then asks again. */
const subscribing =
  (ask: ReturnType<typeof caller>, start: string): ReturnType<typeof caller> =>
  async (path) => {
    try {
      return await ask(path);
    } catch (error) {
      if (!(error instanceof PartnerCenterError) || error.problem.code !== NO_SUBSCRIPTION) throw error;
      await ask(start, "POST").catch((refused: unknown) => {
        if (!(refused instanceof PartnerCenterError) || refused.problem.code !== ALREADY_SUBSCRIBED) throw refused;
      });
      return ask(path);
    }
  };

export const READERS: Readonly<Record<PullFeed, Reader>> = {
  "graph.directory-audits": graph("/v1.0/auditLogs/directoryAudits", "activityDateTime", 1_000),
  "graph.sign-ins": graph("/v1.0/auditLogs/signIns", "createdDateTime", 1_000),
  "graph.risk-detections": graph("/v1.0/identityProtection/riskDetections", "detectedDateTime", 500),
  "graph.alerts": graph("/v1.0/security/alerts_v2", "createdDateTime", 500),
  "office.audit": unifiedAudit,
  "azure.activity": activityLog,
};

/** What there is to read of a customer in a feed. */
export function partsOf(feed: PullFeed, subscriptions: readonly string[]): readonly string[] {
  if (feed === "office.audit") return CONTENT_TYPES;
  if (feed === "azure.activity") return subscriptions.length === 0 ? [] : [TENANT_PART, ...subscriptions];
  return [""];
}
