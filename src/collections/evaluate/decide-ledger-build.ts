import type { CustomerId } from "../../core/ids.ts";
import type { AllocationReason } from "../../receivables/contract-ledger.ts";
import type { AccountHistory, HistoryHold, HistoryInvoice, HistoryMoney } from "../contract-history.ts";
import { CHANNELS } from "../contract-policy.ts";
import { type LedgerRow, minorOf } from "./decide-ledger-row.ts";

/** The allocation of `receivables`, handed in: named invoices first, then the oldest due. */
export type AllocateMoney = (
  money: readonly {
    readonly paymentId: bigint;
    readonly leftMinor: bigint;
    readonly valueDate: string;
    readonly wanted: string | null;
    readonly reference: string | null;
  }[],
  invoices: readonly {
    readonly invoiceId: bigint;
    readonly number: string;
    readonly openMinor: bigint;
    readonly issueDate: string;
    readonly dueDate: string;
  }[],
  by: { readonly rule: "named-then-oldest" },
) => readonly {
  readonly paymentId: bigint;
  readonly invoiceId: bigint;
  readonly amountMinor: bigint;
  readonly day: string;
  readonly reason: AllocationReason;
}[];

type Row<Type extends LedgerRow["type"]> = Extract<LedgerRow, { type: Type }>;
/** Rows of one customer by type. A row's `line` is where it began in the file. */
export type Gathered = {
  customer: Row<"customer"> | undefined;
  readonly invoices: Row<"invoice">[];
  readonly money: (Row<"payment"> | Row<"credit-note">)[];
  readonly dueChanges: Row<"due-change">[];
  readonly holds: Row<"hold">[];
  readonly promises: Row<"promise">[];
  readonly notices: Row<"notice">[];
  readonly effects: Row<"effect">[];
};
export const gathered = (): Gathered => ({
  customer: undefined,
  invoices: [],
  money: [],
  dueChanges: [],
  holds: [],
  promises: [],
  notices: [],
  effects: [],
});

export function gather(into: Gathered, row: LedgerRow): void {
  switch (row.type) {
    case "customer":
      into.customer = row;
      break;
    case "invoice":
      into.invoices.push(row);
      break;
    case "payment":
    case "credit-note":
      into.money.push(row);
      break;
    case "due-change":
      into.dueChanges.push(row);
      break;
    case "hold":
      into.holds.push(row);
      break;
    case "promise":
      into.promises.push(row);
      break;
    case "notice":
      into.notices.push(row);
      break;
    case "effect":
      into.effects.push(row);
      break;
    default:
      row satisfies never;
  }
}

/** One account's rows, its own and those of the customers it pays for, as the history the ladder reads. */
export function historyFrom(
  accountId: string,
  members: ReadonlyMap<string, Gathered>,
  allocate: AllocateMoney,
): AccountHistory {
  const own = members.get(accountId)?.customer;
  const rows = [...members.values()];
  const invoices = rows.flatMap((one) => one.invoices);
  const { applied, money } = settle(
    invoices,
    rows.flatMap((one) => one.money),
    allocate,
  );
  const dueChanges = Map.groupBy(
    rows.flatMap((one) => one.dueChanges),
    ({ invoice }) => invoice,
  );
  return {
    account: {
      accountId: accountId as CustomerId,
      name: own?.name ?? accountId,
      country: own?.country,
      language: own?.language,
      timeZone: own?.timeZone,
      customerClass: own?.class,
      customerIds: [...members.keys()] as CustomerId[],
      reachable: own?.reachable ?? CHANNELS,
      customerSince: own?.since,
    },
    invoices: invoices.map((row, n) => invoiceOf(row, applied[n] ?? [], dueChanges.get(row.invoice) ?? [])),
    money,
    notices: rows.flatMap((one) =>
      one.notices.map((row, n) => ({
        noticeId: `${row.customer}/${n}`,
        stepId: row.step,
        channel: row.channel,
        invoiceIds: row.invoices,
        decidedOn: row.decided ?? row.sent ?? row.failed ?? NO_DAY,
        sentOn: row.sent,
        failedOn: row.failed,
      })),
    ),
    holds: rows.flatMap((one) =>
      one.holds.map((row, n): HistoryHold => ({
        holdId: `${row.customer}/${n}`,
        kind: row.kind,
        invoiceId: row.invoice,
        from: row.from,
        until: row.until,
      })),
    ),
    promises: rows.flatMap((one) =>
      one.promises.map((row, n) => ({
        promiseId: `${row.customer}/${n}`,
        currency: row.currency,
        amountMinor: minorOf(row.amount, row.currency),
        madeOn: row.made,
        dueOn: row.due,
        invoiceIds: row.invoices ?? [],
        withdrawnOn: row.withdrawn,
      })),
    ),
    effects: rows.flatMap((one) =>
      one.effects.map((row) => ({ kind: row.kind, stepId: row.step, doneOn: row.done, undoneOn: row.undone })),
    ),
  };
}
/** A notice without any day was never decided: it lies in a future that does not come. */
const NO_DAY = new Temporal.PlainDate(9999, 12, 31);

function invoiceOf(
  row: Row<"invoice">,
  applied: HistoryInvoice["applied"],
  changes: readonly Row<"due-change">[],
): HistoryInvoice {
  const level = Number(row.level ?? 0);
  return {
    invoiceId: row.invoice,
    number: row.invoice,
    customerId: row.customer as CustomerId,
    currency: row.currency,
    amountMinor: minorOf(row.amount, row.currency),
    issueDay: row.issued,
    dueDay: row.due,
    dueChanges: changes
      .map((one) => ({ changedOn: one.day, before: one.before }))
      .sort((a, b) => Temporal.PlainDate.compare(a.changedOn, b.changedOn)),
    applied,
    soldFrom: row.sold,
    claim: row.kind === undefined || row.of === undefined ? undefined : { kind: row.kind, ofInvoiceId: row.of },
    reminded: level > 0 ? { level, on: row.reminded ?? row.due } : undefined,
  };
}

type Applied = { day: Temporal.PlainDate; amountMinor: bigint };
/** Gives the money to the invoices, takes back what was reversed, and leaves the rest as credit. */
function settle(
  invoices: readonly Row<"invoice">[],
  rows: Gathered["money"],
  allocate: AllocateMoney,
): { readonly applied: readonly Applied[][]; readonly money: readonly HistoryMoney[] } {
  const applied = invoices.map((row): Applied[] =>
    row.paid === undefined ? [] : [{ day: row.paid, amountMinor: minorOf(row.amount, row.currency) }],
  );
  const money: HistoryMoney[] = [];
  const ins = rows.filter(({ amount }) => !amount.startsWith("-"));
  for (const [currency, own] of Map.groupBy(ins, (row) => row.currency)) {
    const given = allocate(
      own.map((row, n) => ({
        paymentId: BigInt(n),
        leftMinor: minorOf(row.amount, currency),
        valueDate: row.day.toString(),
        wanted: row.invoices?.join(";") ?? null,
        reference: row.type === "payment" ? (row.reference ?? null) : null,
      })),
      invoices.flatMap((row, n) =>
        row.currency === currency && row.paid === undefined
          ? [
              {
                invoiceId: BigInt(n),
                number: row.invoice,
                openMinor: minorOf(row.amount, currency),
                issueDate: row.issued.toString(),
                dueDate: row.due.toString(),
              },
            ]
          : [],
      ),
      { rule: "named-then-oldest" },
    );
    const of = Map.groupBy(given, ({ paymentId }) => paymentId);
    for (const [n, row] of own.entries()) {
      const parts = of.get(BigInt(n)) ?? [];
      for (const part of parts)
        applied[Number(part.invoiceId)]?.push({
          day: Temporal.PlainDate.from(part.day),
          amountMinor: part.amountMinor,
        });
      credit(
        money,
        row,
        parts.map((part) => ({ day: Temporal.PlainDate.from(part.day), amountMinor: part.amountMinor })),
      );
      takeBack(rows, row, { parts, applied, money });
    }
  }
  return { applied, money };
}

/** Money in on its day, and out of the unapplied on the day it was given to an invoice. */
function credit(money: HistoryMoney[], row: Gathered["money"][number], parts: readonly Applied[]): void {
  const { currency, day } = row;
  const sameDay = parts.reduce((sum, part) => (part.day.equals(day) ? sum + part.amountMinor : sum), 0n);
  const left = minorOf(row.amount, currency) - sameDay;
  if (left > 0n) money.push({ currency, day, amountMinor: left });
  for (const part of parts)
    if (!part.day.equals(day)) money.push({ currency, day: part.day, amountMinor: -part.amountMinor });
}

/** A reversal opens what the payment had settled, the last first, and takes the rest out of the unapplied. */
function takeBack(
  rows: Gathered["money"],
  row: Gathered["money"][number],
  {
    parts,
    applied,
    money,
  }: {
    readonly parts: ReturnType<AllocateMoney>;
    readonly applied: readonly Applied[][];
    readonly money: HistoryMoney[];
  },
): void {
  if (row.id === undefined) return;
  const settled = parts.map(({ invoiceId, amountMinor }) => ({ invoiceId, leftMinor: amountMinor }));
  for (const back of rows) {
    if (back.type !== "payment" || back.reverses !== row.id || back.currency !== row.currency) continue;
    let left = -minorOf(back.amount, back.currency);
    for (const one of settled.toReversed()) {
      const take = one.leftMinor < left ? one.leftMinor : left;
      if (take <= 0n) continue;
      one.leftMinor -= take;
      left -= take;
      applied[Number(one.invoiceId)]?.push({ day: back.day, amountMinor: -take });
    }
    if (left > 0n) money.push({ currency: row.currency, day: back.day, amountMinor: -left });
  }
}
