import type { FastifyInstance } from "fastify";
import type { Store } from "../store/contract.ts";
import { latestSeq, readEventsAfter } from "../store/events.ts";

const POLL_MS = 1_000;
const EVENTS_A_POLL = 200;
const STREAMS_MAX = 200;
const KEEP_ALIVE_MS = 25_000;

type Stream = { readonly send: (text: string) => void };

/**
 * Tells open pages which slices changed, by following the event log; so it works whichever process made the change.
 * One reader for all pages, none while nobody listens.
 */
export function liveFeed(store: Store, log: { warn(facts: object, text: string): void }) {
  const streams = new Set<Stream>();
  let seq: bigint | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function poll(): Promise<void> {
    seq ??= await latestSeq(store.db);
    const events = await readEventsAfter(store.db, seq, EVENTS_A_POLL);
    const last = events.at(-1);
    if (last === undefined) return;
    seq = last.seq;
    const topics = [...new Set(events.map((event) => event.type.split(".")[0]))];
    for (const stream of streams) stream.send(`data: ${JSON.stringify({ topics, seq: seq.toString() })}\n\n`);
  }
  const tick = () => {
    poll()
      .catch((error: unknown) => log.warn({ error }, "live feed"))
      .finally(() => (timer = streams.size > 0 ? setTimeout(tick, POLL_MS) : undefined));
  };

  return {
    /** Adds a page; undefined when there are too many. The returned function takes it away. */
    add(stream: Stream): (() => void) | undefined {
      if (streams.size >= STREAMS_MAX) return undefined;
      streams.add(stream);
      if (timer === undefined) {
        seq = undefined;
        timer = setTimeout(tick, 0);
      }
      return () => void streams.delete(stream);
    },
    stop: () => clearTimeout(timer),
  };
}
export type LiveFeed = ReturnType<typeof liveFeed>;

/** `GET /api/live`: server-sent events. Access is checked by the caller's hook. */
export function registerLive(app: FastifyInstance, feed: LiveFeed): void {
  app.get("/api/live", (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    const remove = feed.add({ send: (text) => void raw.write(text) });
    if (remove === undefined) return raw.end("event: full\ndata: {}\n\n");
    raw.write(": open\n\n");
    const alive = setInterval(() => raw.write(": still here\n\n"), KEEP_ALIVE_MS);
    request.raw.on("close", () => {
      clearInterval(alive);
      remove();
    });
    return undefined;
  });
}
