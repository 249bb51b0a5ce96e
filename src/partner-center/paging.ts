import type { Json } from "../core/canonical.ts";
import type { MsAnswer, MsCall, MsClient } from "./client.ts";
import { PartnerCenterError, type PartnerCenterProblem } from "./contract.ts";
import { silence } from "./decide-problem.ts";
import { asText, type Items, memberOf, type Parser, UnreadableAnswer } from "./tolerant.ts";

/** One generator for each way in which Microsoft cuts lists into pages. Source: CONTRACT 2.4. */

/** More pages than this means that the list never ends. */
export const PAGES_MAX = 2_000;

/** A list to read: its first call, how to read a page, and who is told of items that could not be read. */
export type Listing<T> = {
  readonly call: MsCall;
  readonly parse: Parser<Items<T>>;
  readonly onUnreadable: (problem: PartnerCenterProblem) => void;
};

type Next = { readonly uri: string | undefined; readonly headers: Readonly<Record<string, string>> };

/** Reads one answer and turns a fault in it into `PartnerCenterError` with the ids of the call. */
export function readAnswer<T>(answer: MsAnswer, call: MsCall, parse: Parser<T>): T {
  try {
    return parse(answer.body);
  } catch (error) {
    if (!(error instanceof UnreadableAnswer)) throw error;
    const ids = { requestId: answer.requestId, correlationId: answer.correlationId };
    throw new PartnerCenterError(
      silence("unreadable-answer", error.message, {
        ...ids,
        isWrite: call.method !== "GET",
        httpStatus: answer.status,
      }),
    );
  }
}

function readPage<T>(answer: MsAnswer, { call, parse, onUnreadable }: Listing<T>): readonly T[] {
  const page = readAnswer(answer, call, parse);
  if (page.unreadable.length === 0) return page.items;
  const ids = { requestId: answer.requestId, correlationId: answer.correlationId };
  const detail = `${page.unreadable.length} of ${page.items.length + page.unreadable.length} could not be read: ${page.unreadable[0] ?? ""}`;
  const problem = silence("unreadable-answer", detail, { ...ids, isWrite: false, httpStatus: answer.status });
  // Nothing at all readable is a changed interface, not a bad row.
  if (page.items.length === 0) throw new PartnerCenterError(problem);
  onUnreadable(problem);
  return page.items;
}

/** `links.next` with its headers; undefined when this was the last page. */
function nextIn(body: Json | undefined): Next | undefined {
  const next = memberOf(memberOf(body, "links"), "next");
  if (next === undefined || next === null) return undefined;
  const sent = memberOf(next, "headers");
  const pairs = (Array.isArray(sent) ? (sent as readonly unknown[]) : []).flatMap((entry) => {
    const [key, value] = [asText(memberOf(entry, "key")), asText(memberOf(entry, "value"))];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  return { uri: asText(memberOf(next, "uri")), headers: Object.fromEntries(pairs) };
}

/** A link of an answer as a path: it may come with or without `/v1`, with or without a leading slash, or with the host. */
export function pathOfLink(uri: string): string {
  if (/^https?:\/\//i.test(uri)) return uri;
  const bare = uri.replace(/^\/+/, "");
  return /^(v1|webhooks|auditactivity)\//i.test(bare) ? `/${bare}` : `/v1/${bare}`;
}

const endless = (call: MsCall, why: string): PartnerCenterError =>
  new PartnerCenterError(
    silence("unreadable-answer", `${call.what}: ${why}`, {
      requestId: "",
      correlationId: call.correlationId,
      isWrite: false,
    }),
  );

/** `seekOperation=Next` with a token in a header. The token belongs to this query and is never stored. */
export async function* pagesByToken<T>(client: MsClient, listing: Listing<T>): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let { call } = listing;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.send(call);
    yield readPage(answer, listing);
    const next = nextIn(answer.body);
    if (next === undefined) return;
    const token = next.headers["MS-ContinuationToken"] ?? tokenIn(next, answer.body);
    if (token === undefined || seen.has(token)) throw endless(call, "the next page has no new continuation token");
    seen.add(token);
    const { path } = listing.call;
    const nextPath = `${path}${path.includes("?") ? "&" : "?"}seekOperation=Next`;
    call = { ...listing.call, path: nextPath, headers: { ...listing.call.headers, "MS-ContinuationToken": token } };
  }
  throw endless(listing.call, `more than ${PAGES_MAX} pages`);
}

/** The token under another spelling of the header, or in the body beside the items. */
function tokenIn(next: Next, body: Json | undefined): string | undefined {
  const spelled = Object.entries(next.headers).find(([key]) => key.toLowerCase() === "ms-continuationtoken")?.[1];
  return spelled ?? asText(memberOf(body, "continuationToken"));
}

/** `links.next.uri` followed as it is, with the headers it asks for. */
export async function* pagesByLink<T>(client: MsClient, listing: Listing<T>): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let { call } = listing;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.send(call);
    yield readPage(answer, listing);
    const next = nextIn(answer.body);
    if (next?.uri === undefined) return;
    const step = `${next.uri} ${JSON.stringify(next.headers)}`;
    if (seen.has(step)) throw endless(call, "the next page is one that was read already");
    seen.add(step);
    call = { ...listing.call, path: pathOfLink(next.uri), headers: { ...listing.call.headers, ...next.headers } };
  }
  throw endless(listing.call, `more than ${PAGES_MAX} pages`);
}

/** `size` and a 0-based `offset`. The server may give fewer than asked for and still have more. */
export async function* pagesByOffset<T>(
  client: MsClient,
  listing: Listing<T>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let offset = 0;
  for (let page = 0; page < PAGES_MAX; page++) {
    const path = `${listing.call.path}${listing.call.path.includes("?") ? "&" : "?"}size=${size}&offset=${offset}`;
    const answer = await client.send({ ...listing.call, path });
    const read = readPage(answer, listing);
    yield read;
    offset += read.length;
    if (read.length === 0 || (read.length < size && nextIn(answer.body) === undefined)) return;
  }
  throw endless(listing.call, `more than ${PAGES_MAX} pages`);
}

/** `PageSize` and `PageNumber` from 1, to the first empty page. */
export async function* pagesByNumber<T>(
  client: MsClient,
  listing: Listing<T>,
  size: number,
): AsyncGenerator<readonly T[]> {
  for (let page = 1; page <= PAGES_MAX; page++) {
    const path = `${listing.call.path}${listing.call.path.includes("?") ? "&" : "?"}PageSize=${size}&PageNumber=${page}`;
    const read = readPage(await client.send({ ...listing.call, path }), listing);
    if (read.length === 0) return;
    yield read;
  }
  throw endless(listing.call, `more than ${PAGES_MAX} pages`);
}

/** Graph's `@odata.nextLink`, followed as it is while it stays on Graph's own host. */
export async function* pagesByODataLink<T>(client: MsClient, listing: Listing<T>): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let { call } = listing;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.send(call);
    yield readPage(answer, listing);
    const next = asText(memberOf(answer.body, "@odata.nextLink"));
    if (next === undefined) return;
    if (seen.has(next)) throw endless(call, "the next page is one that was read already");
    seen.add(next);
    call = { ...listing.call, path: next };
  }
  throw endless(listing.call, `more than ${PAGES_MAX} pages`);
}

/** All items of all pages. */
export async function everything<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}
