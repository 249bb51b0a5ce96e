import {
  keepPreviousData,
  QueryClient,
  type QueryKey,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { api, Problem, query, type RequestOptions } from "./api.ts";

/**
 * Conventions. A query key begins with its topic, the slice's word: `["cases", caseId]`. The server's live stream names
 * topics, and everything under a named topic is asked again. A page that shows several topics lists the others in `topics`.
 */
export type Topic =
  | "desk"
  | "today"
  | "notices"
  | "cases"
  | "response"
  | "customers"
  | "exposure"
  | "receivables"
  | "spending"
  | "collections"
  | "activity"
  /** Asked again each minute and not with every batch that comes in: reading them costs the desk something. */
  | "activity-events"
  | "activity-coverage"
  | "sync"
  | "audit"
  | "settings"
  | "access";

/** A refusal will be the same next time; only a lost line or a failing server is asked again. */
const RETRIES_MAX = 2;
const mayHelpToRetry = (error: Error): boolean =>
  !(error instanceof Problem) || error.status === 0 || error.status >= 500 || error.status === 429;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      gcTime: 5 * 60_000,
      retry: (count, error) => count < RETRIES_MAX && mayHelpToRetry(error),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
      // Without the live stream the page still asks again each minute while somebody looks at it.
      refetchInterval: 60_000,
      refetchIntervalInBackground: false,
    },
    mutations: { retry: false },
  },
});

/** Asks again for everything shown that belongs to a topic. */
export function invalidateTopics(client: QueryClient, topics: readonly string[]): Promise<void> {
  const named = new Set(topics);
  return client.invalidateQueries({
    predicate: ({ queryKey, meta }) =>
      named.has(String(queryKey[0])) ||
      ((meta?.["topics"] as string[] | undefined) ?? []).some((one) => named.has(one)),
  });
}

type ReadOptions = {
  /** Other topics whose news makes this answer old. */
  readonly topics?: readonly Topic[];
  readonly enabled?: boolean;
  /** Milliseconds between questions, `false` for never; a minute unless told. */
  readonly refetchInterval?: number | false;
};

/** Reads one thing: `useRead<CaseWire>(["cases", id], `/api/cases/${id}`)`. */
export function useRead<R>(key: readonly [Topic, ...QueryKey], path: string, options: ReadOptions = {}) {
  const { topics, ...rest } = options;
  return useQuery<R>({
    queryKey: key,
    queryFn: ({ signal }) => api.get<R>(path, { signal }),
    meta: { topics: topics ?? [] },
    ...rest,
  });
}

/** A page of rows as every list endpoint answers it. */
export type PageWire<Row> = {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
  readonly total: number;
};
export type ListMembers = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Reads a list that the server filters, sorts and pages by cursor. `members` are the query members (`q`, `sort`, filters):
 * they are part of the key, so a change asks anew and keeps the old rows on screen until the new ones are there.
 */
export function useList<Row>(topic: Topic, path: string, members: ListMembers = {}) {
  const result = useInfiniteQuery({
    queryKey: [topic, "list", path, members],
    queryFn: ({ pageParam, signal }) =>
      api.get<PageWire<Row>>(path + query({ ...members, cursor: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => result.data?.pages.flatMap((page) => page.rows) ?? [], [result.data]);
  return {
    rows,
    total: result.data?.pages[0]?.total,
    isLoading: result.isPending,
    isOld: result.isPlaceholderData,
    error: result.error,
    retry: () => void result.refetch(),
    hasMore: result.hasNextPage,
    isLoadingMore: result.isFetchingNextPage,
    loadMore: () => void result.fetchNextPage(),
  };
}
export type ListState<Row> = ReturnType<typeof useList<Row>>;

type WriteOptions<Input, Output> = {
  /** Topics whose data this write changes: asked again once it is done. */
  readonly topics: readonly Topic[];
  readonly onDone?: (output: Output, input: Input) => void;
};

/**
 * Writes once per user action: `useWrite((input: Body, o) => api.post(`/api/…`, input, o), { topics: ["notices"] })`.
 * Pressing again after a lost connection with the same input sends the same idempotency key, so nothing happens twice.
 */
export function useWrite<Input, Output>(
  send: (input: Input, options: RequestOptions) => Promise<Output>,
  { topics, onDone }: WriteOptions<Input, Output>,
) {
  const client = useQueryClient();
  const action = useRef<{ input: string; key: string } | undefined>(undefined);
  return useMutation<Output, Error, Input>({
    mutationFn: async (input) => {
      const text =
        JSON.stringify(input, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)) ?? "";
      if (action.current?.input !== text) action.current = { input: text, key: crypto.randomUUID() };
      const output = await send(input, { idempotencyKey: action.current.key });
      action.current = undefined;
      return output;
    },
    onError: (error) => {
      // A refusal is an answer: after it, pressing again is a new action. A lost line is not.
      if (!mayHelpToRetry(error)) action.current = undefined;
    },
    onSuccess: async (output, input) => {
      onDone?.(output, input);
      await invalidateTopics(client, [...topics, "today", "desk"]);
    },
  });
}
