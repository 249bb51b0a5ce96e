import type { ProductKey } from "./products.ts";
import type { MixKey } from "./mixes.ts";

/** One customer of a world, in its own words. Everything is relative to the moment the world begins, so it is always alive. */
export type Story = {
  readonly key: string;
  readonly name: string;
  /** The story in a sentence or two; shown by /sim/stories. */
  readonly says: string;
  readonly country: "SE" | "NO" | "DK" | "FI" | "DE" | "NL" | "EE" | "GB";
  readonly city: string;
  readonly street?: string;
  readonly contact: readonly [first: string, last: string];
  readonly orgNumber: string;
  readonly sinceDays: number;
  /** Key of the indirect reseller; left out = direct customer. */
  readonly reseller?: ResellerKey;
  readonly seats?: readonly SeatStory[];
  readonly azure?: readonly AzureStory[];
  readonly budget?: BudgetStory;
  readonly pays: PayStory;
  readonly deposits?: readonly DepositStory[];
  readonly alerts?: readonly AlertStory[];
  readonly gdap?: GdapStory;
  readonly dap?: boolean;
  readonly vetting?: VettingStory;
  /** Admins and how many of them have MFA; users and how many of the others have it. */
  readonly mfa?: {
    readonly admins: number;
    readonly compliant: number;
    readonly users?: number;
    readonly others?: number;
  };
  readonly activity?: readonly ActivityStory[];
};

export type ResellerKey = "molnbruket" | "fjordsky" | "oresund" | "saimaan";

export type SeatStory = {
  readonly product: ProductKey;
  readonly seats: number;
  /** Either when the term ends, or when it began. */
  readonly renewsInDays?: number;
  readonly beganDaysAgo?: number;
  readonly term?: "P1M" | "P1Y" | "P3Y";
  readonly cycle?: "monthly" | "annual";
  readonly autoRenew?: boolean;
  readonly status?: "active" | "suspended" | "expired" | "disabled" | "deleted";
  readonly statusDaysAgo?: number;
  readonly trial?: boolean;
  /** Seats the next term is to have: a scheduled change, lost when the subscription is suspended. */
  readonly nextTermSeats?: number;
  /** A change is answered 202 and takes this long. */
  readonly slowSeconds?: number;
};

export type AzureStory = {
  readonly name: string;
  /** Usual cost of a day, in the customer's currency. */
  readonly perDay: number;
  readonly mix: MixKey;
  readonly growthPerDay?: number;
  readonly weekend?: number;
  readonly noise?: number;
  readonly createdDaysAgo?: number;
  readonly cancelledHoursAgo?: number;
  readonly bursts?: readonly BurstStory[];
  /** Number of the Azure plan it lies under, from 0. */
  readonly plan?: number;
  /** Pay-as-you-go from before the Azure plan (offer MS-AZR-0145P). */
  readonly legacy?: boolean;
};

export type BurstStory = {
  readonly startedHoursAgo: number;
  readonly endedHoursAgo?: number;
  readonly perHour: number;
  readonly rampHours: number;
  readonly mix: MixKey;
};

/** Share of the budget used now, an amount a month, or none. */
export type BudgetStory = { readonly usedPercent: number } | { readonly perMonth: number };

export type PayStory = {
  readonly termDays?: number;
  readonly lastInvoiceDaysAgo?: number;
  /** Days from due date to payment, newest invoice first, repeated; negative = early. */
  readonly late: readonly number[];
  /** Numbers of invoices nobody has paid, 0 = the newest. */
  readonly unpaid?: readonly number[];
  /** Share paid so far, by invoice number. */
  readonly partly?: Readonly<Record<number, number>>;
  readonly disputed?: Readonly<Record<number, string>>;
  /** Money in that names no invoice. */
  readonly onAccount?: readonly { readonly daysAgo: number; readonly amount: number; readonly text: string }[];
  /** Invoices in all; a new customer has few. */
  readonly invoices?: number;
};

export type DepositStory = {
  readonly amount: number;
  readonly daysAgo: number;
  readonly releasedDaysAgo?: number;
  readonly kind?: string;
};

export type AlertStory = {
  /** As Graph spells it. */
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  /** Name of the Azure subscription; left out = none is named. */
  readonly on?: string;
  readonly minutesAgo: number;
  readonly severity?: "informational" | "low" | "medium" | "high";
  readonly confidence?: "low" | "medium" | "high";
  readonly status?: "active" | "investigating";
  readonly resolved?: { readonly afterHours: number; readonly reason: "fraud" | "legitimate" | "ignore" };
  readonly resources?: MixKey;
  readonly details?: Readonly<Record<string, string>>;
  readonly firstSeenHoursBefore?: number;
};

export type GdapStory = {
  readonly endsInDays?: number;
  readonly autoExtend?: boolean;
  readonly terminatedDaysAgo?: number;
  readonly waiting?: boolean;
};

export type VettingStory = {
  readonly status: "Allowed" | "UnderReview" | "NotAllowed" | "Unknown" | "Not Ready";
  readonly daysAgo: number;
  /** Where it goes next, and in how many hours. */
  readonly next?: { readonly status: "Allowed" | "UnderReview" | "NotAllowed"; readonly inHours: number };
};

export type ActivityStory = {
  readonly hoursAgo: number;
  readonly operation: string;
  readonly resourceType: string;
  readonly by?: string;
  readonly status?: string;
  readonly data?: Readonly<Record<string, string>>;
};
