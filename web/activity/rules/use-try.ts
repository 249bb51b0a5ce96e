import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { TryWire } from "../../../src/activity/lab/contract-wire.ts";
import { api } from "../../api.ts";

/** What a text is tried on. */
export type TryOn =
  | { readonly kind: "stored"; readonly hours: number }
  | { readonly kind: "json"; readonly json: string }
  | { readonly kind: "examples" };
export type Tried = {
  /** The text that the answer is about; a moment behind the one in the editor. */
  readonly text: string;
  readonly data: TryWire | undefined;
  readonly error: Error | null;
  readonly isBusy: boolean;
  readonly again: () => void;
};

const PAUSE_MS = 600;
const EVENTS_MAX = 20_000;

/** Tries a text a moment after it last changed. The answer before stays until the next is there. */
export function useTry(text: string, on: TryOn): Tried {
  const [settled, setSettled] = useState({ text, on });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ text, on }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, on]);
  const read = useQuery<{ readonly text: string; readonly data: TryWire }>({
    queryKey: ["activity", "try", settled.text, settled.on],
    queryFn: async ({ signal }) => {
      const body = { text: settled.text, events: eventsOf(settled.on) };
      const data = await api.post<TryWire>("/api/activity/rules/try", body, {
        idempotencyKey: crypto.randomUUID(),
        signal,
      });
      return { text: settled.text, data };
    },
    placeholderData: (before) => before,
    enabled: settled.text.trim() !== "" && !(settled.on.kind === "json" && settled.on.json.trim().length < 2),
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return {
    text: read.data?.text ?? settled.text,
    data: read.data?.data,
    error: read.error,
    isBusy: read.isFetching,
    again: () => void read.refetch(),
  };
}

const eventsOf = (on: TryOn) =>
  on.kind === "stored"
    ? { hours: on.hours, limit: EVENTS_MAX }
    : on.kind === "json"
      ? { json: on.json }
      : { examples: true };
