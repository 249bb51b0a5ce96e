import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { EventRowWire, SearchWire } from "../../../src/activity/stream/contract.ts";
import { api, query } from "../../api.ts";
import type { ListState } from "../../query.ts";
import type { Members } from "./filters.ts";

/** The rows of a search as a list, and down to when it came if it stopped early. */
export type Events = { readonly list: ListState<EventRowWire>; readonly searchedBack: string | null };

const REFETCH_MS = 30_000;

/** Reads events page by page. A page may be short, or empty, when the server's time was over: it says so, and going on looks further. */
export function useEvents(members: Members): Events {
  const result = useInfiniteQuery({
    queryKey: ["activity-events", members],
    queryFn: ({ pageParam, signal }) =>
      api.get<SearchWire>(`/api/activity/events${query({ ...members, cursor: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    // Who reads further down is not disturbed by rows coming in above.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : REFETCH_MS),
  });
  const rows = useMemo(() => result.data?.pages.flatMap((page) => page.rows) ?? [], [result.data]);
  const list: ListState<EventRowWire> = {
    rows,
    total: undefined,
    isLoading: result.isPending,
    isOld: result.isPlaceholderData,
    error: result.error,
    retry: () => void result.refetch(),
    hasMore: result.hasNextPage,
    isLoadingMore: result.isFetchingNextPage,
    loadMore: () => void result.fetchNextPage(),
  };
  return { list, searchedBack: result.data?.pages.at(-1)?.searchedBack ?? null };
}
