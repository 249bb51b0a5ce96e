import { idAt, type Obj, objAt, textAt, wholeAt } from "./decide-object.ts";

/** A card or mandate as Stripe tells it. Never a full number: Stripe does not send one, and nothing here could hold it. */
export type InstrumentFact = {
  readonly id: string;
  readonly kind: string;
  readonly stripeCustomerId: string | undefined;
  /** undefined = not a card. */
  readonly funding: "credit" | "debit" | "prepaid" | "unknown" | undefined;
  readonly brand: string | undefined;
  readonly country: string | undefined;
  readonly last4: string | undefined;
  readonly expMonth: number | undefined;
  readonly expYear: number | undefined;
  readonly cvcCheck: string | undefined;
  readonly addressCheck: string | undefined;
  readonly postalCheck: string | undefined;
  readonly at: Temporal.Instant;
  /** Only that it exists is known; what is stored stays. */
  readonly isSketch?: boolean;
  /** It is told because it goes: it is not new. */
  readonly isGoing?: boolean;
};

const FUNDING = ["credit", "debit", "prepaid"] as const;

export function instrumentOf(method: Obj, at: Temporal.Instant): InstrumentFact {
  const kind = textAt(method, "type") ?? "unknown";
  const details = objAt(method, kind);
  const checks = objAt(details, "checks");
  const funding = textAt(details, "funding");
  const country = textAt(details, "country")?.toUpperCase();
  const [month, year] = [wholeAt(details, "exp_month"), wholeAt(details, "exp_year")];
  const isDate = month !== undefined && year !== undefined && month >= 1 && month <= 12 && year >= 2000 && year <= 2200;
  const last4 = textAt(details, "last4");
  return {
    id: textAt(method, "id") ?? "",
    kind: kind.slice(0, 40),
    stripeCustomerId: idAt(method, "customer"),
    funding: kind !== "card" ? undefined : (FUNDING.find((one) => one === funding) ?? "unknown"),
    brand: textAt(details, "brand")?.slice(0, 40),
    country: country !== undefined && /^[A-Z]{2}$/.test(country) ? country : undefined,
    last4: last4 !== undefined && /^[0-9A-Za-z]{1,4}$/.test(last4) ? last4 : undefined,
    expMonth: isDate ? month : undefined,
    expYear: isDate ? year : undefined,
    cvcCheck: textAt(checks, "cvc_check")?.slice(0, 20),
    addressCheck: textAt(checks, "address_line1_check")?.slice(0, 20),
    postalCheck: textAt(checks, "address_postal_code_check")?.slice(0, 20),
    at,
  };
}

/** A mandate that is no longer active lets nothing be collected. `pending` is not active yet, which loses nothing. */
export const lostMandate = (mandate: Obj): boolean => textAt(mandate, "status") === "inactive";
