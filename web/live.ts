import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { invalidateTopics } from "./query.ts";

/** News that arrive together are asked about together. */
const GATHER_MS = 2_000;

/**
 * Listens to the desk's one stream of hints (`{"topic":"notices"}`) and asks again for what they name.
 * Without a stream everything still works: queries repeat each minute. Returns whether the stream is open.
 */
export function useLive(): boolean {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const stream = new EventSource("/api/live");
    const waiting = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    stream.addEventListener("open", () => setOpen(true));
    stream.addEventListener("error", () => setOpen(false));
    stream.addEventListener("message", (message: MessageEvent<string>) => {
      for (const topic of topicsOf(message.data)) waiting.add(topic);
      timer ??= setTimeout(() => {
        timer = undefined;
        const topics = [...waiting];
        waiting.clear();
        void invalidateTopics(client, [...topics, "today", "desk"]);
      }, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [client]);
  return isOpen;
}

function topicsOf(text: string): readonly string[] {
  try {
    const hint = JSON.parse(text) as { topic?: unknown; topics?: unknown };
    const given = [hint.topic, ...(Array.isArray(hint.topics) ? (hint.topics as unknown[]) : [])];
    return given.filter((one): one is string => typeof one === "string");
  } catch {
    return [];
  }
}
