import { Button, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconSearch } from "@tabler/icons-react";
import { rowSortingFeature, type SortingState, tableFeatures, useTable } from "@tanstack/react-table";
import { useEffect, useMemo, useRef, useState } from "react";
import { useFormat, useT } from "../i18n/t.ts";
import type { ListState } from "../query.ts";
import { K } from "./Bits.tsx";
import { Go, useGo } from "./Go.tsx";
import { useKeys } from "./keys.ts";
import { AfterQuiet, ErrorState, FilteredEmpty, RowsSkeleton } from "./States.tsx";

/**
 * Where a cell goes when a row becomes a card of two lines on a phone, or of three with `foot`; one column to a place. Columns
 * without a place are left out there.
 */
export type CardPlace = "title" | "aside" | "detail" | "more" | "foot";

export type Column<Row> = {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => React.ReactNode;
  readonly align?: "right" | undefined;
  /** The server sorts: its name in `sort`, `-name` for descending. */
  readonly sort?: string | undefined;
  /** CSS width; the rest is shared. */
  readonly width?: string | undefined;
  readonly card?: CardPlace | undefined;
  /** A line under the header for screen readers only, when the header is too short to stand alone. */
  readonly describe?: string | undefined;
};

type DataTableProps<Row> = {
  /** What the rows are: read out as the table's caption. */
  readonly label: string;
  /** Stable: at module level or in useMemo. */
  readonly columns: readonly Column<Row>[];
  /** What `useList` gave. */
  readonly list: ListState<Row>;
  readonly rowId: (row: Row) => string;
  /** Address a row opens: by link in its first cell, Enter, or a press anywhere in the row. */
  readonly rowTo?: ((row: Row) => string) | undefined;
  readonly sort?: string | undefined;
  readonly onSort?: ((sort: string | undefined) => void) | undefined;
  /** Text of the server-side search; with `onFilter` a field is shown above the rows. */
  readonly filter?: string | undefined;
  readonly onFilter?: ((filter: string | undefined) => void) | undefined;
  /** Other filters, beside the text field. */
  readonly tools?: React.ReactNode | undefined;
  /** True when other filters than the text are set, so that an empty list can be told from an empty desk. */
  readonly isFiltered?: boolean | undefined;
  readonly onClear?: (() => void) | undefined;
  /** What an empty list means when nothing is filtered. */
  readonly empty: React.ReactNode;
  readonly errorTitle?: string | undefined;
};

const features = tableFeatures({ rowSortingFeature });
const FILTER_PAUSE_MS = 200;

/** A list that the server filters, sorts and pages: quick at ten thousand rows because it never holds them all. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { list } = props;
  const isFiltered = Boolean(props.filter) || props.isFiltered === true;
  const clear = props.onClear ?? (() => props.onFilter?.(undefined));
  return (
    <div className="data">
      {(props.onFilter || props.tools) && <Tools {...props} />}
      {list.error && list.rows.length === 0 ? (
        <ErrorState
          error={list.error}
          onRetry={list.retry}
          {...(props.errorTitle ? { title: props.errorTitle } : {})}
        />
      ) : list.isLoading ? (
        <RowsSkeleton rows={6} />
      ) : list.rows.length === 0 ? (
        isFiltered ? (
          <FilteredEmpty onClear={clear} {...(props.filter ? { filter: props.filter } : {})} />
        ) : (
          props.empty
        )
      ) : (
        <>
          <Rows {...props} />
          <More list={list} />
        </>
      )}
    </div>
  );
}

function Tools<Row extends object>({ filter, onFilter, tools, list }: DataTableProps<Row>) {
  const t = useT();
  const f = useFormat();
  const [text, setText] = useState(filter ?? "");
  const [kept, setKept] = useState(filter);
  if (kept !== filter) {
    setKept(filter);
    if ((filter ?? "") !== text.trim()) setText(filter ?? "");
  }
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeys({ "/": () => field.current?.focus(), ...(filter && onFilter ? { Escape: () => onFilter(undefined) } : {}) });
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    const { pathname } = window.location;
    timer.current = setTimeout(() => {
      // Who has opened a row meanwhile, while its page is still on the way, is not called back to the list.
      if (window.location.pathname === pathname) onFilter?.(next.trim() || undefined);
    }, FILTER_PAUSE_MS);
  };
  return (
    <div className="data-tools">
      {onFilter && (
        <TextInput
          ref={field}
          size="xs"
          className="data-filter"
          aria-label={t("kit.filter")}
          placeholder={t("kit.filter")}
          leftSection={<IconSearch size={14} />}
          rightSection={text === "" ? <K>/</K> : undefined}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            change("");
            event.currentTarget.blur();
          }}
        />
      )}
      {tools}
      {list.total !== undefined && (
        <span className="push tiny ink3 num" role="status">
          {t("kit.shown", { shown: f.count(list.rows.length), total: f.count(list.total) })}
        </span>
      )}
    </div>
  );
}

const sortingOf = (sort: string | undefined): SortingState =>
  sort === undefined ? [] : [{ id: sort.replace(/^-/, ""), desc: sort.startsWith("-") }];

function Rows<Row extends object>(props: DataTableProps<Row>) {
  const { columns, list, rowId, sort, onSort, label } = props;
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const defs = useMemo(
    () =>
      columns.map(({ id, header, sort: by }) => ({
        id,
        header,
        enableSorting: by !== undefined,
        accessorFn: () => id,
      })),
    [columns],
  );
  const rows = list.rows as Row[];
  const sorting = useMemo(() => {
    const by = sortingOf(sort)[0];
    const column = columns.find((one) => one.sort !== undefined && one.sort === by?.id);
    return by && column ? [{ id: column.id, desc: by.desc }] : [];
  }, [columns, sort]);
  const table = useTable({
    features,
    columns: defs,
    data: rows,
    getRowId: rowId,
    manualSorting: true,
    state: { sorting },
  });
  const selected = useRowKeys(props);
  return (
    <table className={`t data-table ${list.isOld ? "old" : ""}`} aria-label={label} aria-busy={list.isOld}>
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => {
              const column = byId.get(header.column.id);
              return column && <Header key={header.id} column={column} sort={sort} onSort={onSort} />;
            })}
          </tr>
        ))}
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <BodyRow key={row.id} table={props} row={row.original} isSelected={row.id === selected} />
        ))}
      </tbody>
    </table>
  );
}

/** `J` `K` move through the rows, `Enter` opens; gives the id of the row they stand on. */
function useRowKeys<Row>({ list, rowId, rowTo }: DataTableProps<Row>): string | undefined {
  const go = useGo();
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const ids = list.rows.map(rowId);
  const move = (step: 1 | -1) => {
    const at = selected === undefined ? -1 : ids.indexOf(selected);
    const next = ids[Math.max(0, Math.min(ids.length - 1, at + step))];
    setSelected(next);
    document.getElementById(`row-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    const row = list.rows.find((one) => rowId(one) === selected);
    if (row !== undefined && rowTo) go(rowTo(row));
  };
  useKeys({ j: () => move(1), k: () => move(-1), Enter: open });
  return selected;
}

type BodyRowProps<Row> = {
  readonly table: DataTableProps<Row>;
  readonly row: Row;
  readonly isSelected: boolean;
};

function BodyRow<Row>({ table, row, isSelected }: BodyRowProps<Row>) {
  const go = useGo();
  const to = table.rowTo?.(row);
  return (
    <tr
      id={`row-${table.rowId(row)}`}
      className={`${isSelected ? "sel" : ""} ${to === undefined ? "" : "opens"}`}
      {...(to === undefined ? {} : { onClick: (event) => pressRow(event, () => go(to)) })}
    >
      {table.columns.map((column, i) => (
        <td key={column.id} className={`${column.align ?? ""} card-${column.card ?? "off"}`}>
          {i === 0 && to !== undefined ? (
            <Go className="lnk" to={to}>
              {column.cell(row)}
            </Go>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

/** A press anywhere in the row opens it, unless it was meant for something inside or text is being selected. */
function pressRow(event: React.MouseEvent, open: () => void): void {
  const target = event.target as Element;
  if (target.closest("a, button, input, label, [role=dialog]") || window.getSelection()?.toString()) return;
  open();
}

type HeaderProps<Row> = Pick<DataTableProps<Row>, "sort" | "onSort"> & { readonly column: Column<Row> };

function Header<Row>({ column, sort, onSort }: HeaderProps<Row>) {
  const t = useT();
  const by = sortingOf(sort)[0];
  const isSorted = column.sort !== undefined && by?.id === column.sort;
  const style = column.width === undefined ? undefined : { width: column.width };
  const common = { scope: "col", className: column.align ?? "", style } as const;
  if (column.sort === undefined || onSort === undefined)
    return <th {...common}>{column.header === "" ? <span className="sr">{column.describe}</span> : column.header}</th>;
  const name = column.sort;
  const next = !isSorted ? name : by?.desc ? undefined : `-${name}`;
  const Arrow = by?.desc ? IconArrowDown : IconArrowUp;
  return (
    <th {...common} aria-sort={isSorted ? (by?.desc ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        className="sort"
        title={t("kit.sort", { column: column.header })}
        onClick={() => onSort(next)}
      >
        {column.header}
        {isSorted && <Arrow size={12} aria-hidden="true" />}
      </button>
    </th>
  );
}

/** One page of rows; the number the button promises. */
const PAGE_ROWS = 50;

function More<Row>({ list }: { readonly list: ListState<Row> }) {
  const t = useT();
  if (list.error && list.rows.length > 0)
    return (
      <AfterQuiet>
        <ErrorState error={list.error} onRetry={list.retry} />
      </AfterQuiet>
    );
  if (!list.hasMore) return null;
  const left = Math.min(PAGE_ROWS, (list.total ?? Number.POSITIVE_INFINITY) - list.rows.length);
  return (
    <div className="data-more">
      <Button variant="default" loading={list.isLoadingMore} onClick={list.loadMore}>
        {t("kit.more", { n: Math.max(1, left) })}
      </Button>
    </div>
  );
}
