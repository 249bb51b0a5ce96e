/** What the world sells. `seatMonth` is the partner's cost of one seat a month in SEK, on a yearly term billed monthly. */
export const PRODUCTS = {
  "m365-e5": { offer: "CFQ7TTC0LFLZ:0002:CFQ7TTC0KQ1M", name: "Microsoft 365 E5", seatMonth: 680 },
  "m365-e3": { offer: "CFQ7TTC0LFLX:0001:CFQ7TTC0JWQ2", name: "Microsoft 365 E3", seatMonth: 420 },
  "m365-premium": { offer: "CFQ7TTC0LCHC:0002:CFQ7TTC0HN5R", name: "Microsoft 365 Business Premium", seatMonth: 245 },
  "m365-standard": { offer: "CFQ7TTC0LDPB:0001:CFQ7TTC0K7WH", name: "Microsoft 365 Business Standard", seatMonth: 139 },
  "m365-basic": { offer: "CFQ7TTC0LH18:0001:CFQ7TTC0K971", name: "Microsoft 365 Business Basic", seatMonth: 66 },
  "m365-f3": { offer: "CFQ7TTC0LH05:0001:CFQ7TTC0HS2C", name: "Microsoft 365 F3", seatMonth: 88 },
  copilot: { offer: "CFQ7TTC0MM8R:0002:CFQ7TTC0MB3Q", name: "Microsoft 365 Copilot", seatMonth: 310 },
  "power-bi": { offer: "CFQ7TTC0HL8W:0001:CFQ7TTC0K59S", name: "Power BI Premium Per User", seatMonth: 230 },
  defender: { offer: "CFQ7TTC0LGV0:0001:CFQ7TTC0JM4L", name: "Microsoft Defender for Business", seatMonth: 42 },
  "exchange-1": { offer: "CFQ7TTC0LH16:0001:CFQ7TTC0LDN8", name: "Exchange Online (Plan 1)", seatMonth: 44 },
  "teams-phone": { offer: "CFQ7TTC0LH0S:0001:CFQ7TTC0K5PX", name: "Microsoft Teams Phone Standard", seatMonth: 95 },
  visio: { offer: "CFQ7TTC0HD32:0002:CFQ7TTC0KR7D", name: "Visio Plan 2", seatMonth: 160 },
  project: { offer: "CFQ7TTC0HDB0:0002:CFQ7TTC0KQTL", name: "Planner and Project Plan 3", seatMonth: 330 },
  dynamics: {
    offer: "CFQ7TTC0LFDZ:0005:CFQ7TTC0HVHD",
    name: "Dynamics 365 Business Central Premium",
    seatMonth: 1_080,
  },
  windows365: { offer: "CFQ7TTC0HHS9:000G:CFQ7TTC0J9NC", name: "Windows 365 Enterprise 4 vCPU 16 GB", seatMonth: 640 },
  reservation: {
    offer: "DZH318Z09V1G:00KP:DZH318Z06V9T",
    name: "Azure reservation, D8s v5, 3 years",
    seatMonth: 34_700,
  },
} as const;
export type ProductKey = keyof typeof PRODUCTS;

/** The offer of every Azure plan; its first part is the product id by which a plan is recognised. */
export const AZURE_PLAN_OFFER = "DZH318Z0BPS6:0001:DZH318Z0BML6";
export const AZURE_LEGACY_OFFER = "MS-AZR-0145P";

/** Units of a currency for one SEK: fixed, since a price list is. */
const PER_SEK: Readonly<Record<string, number>> = {
  SEK: 1,
  EUR: 0.0873,
  DKK: 0.6514,
  NOK: 1.019,
  USD: 0.0952,
  GBP: 0.0751,
};
const fromSek = (sek: number, currency: string): number => sek * (PER_SEK[currency] ?? 1);

/** Price of one seat for one billing period, two decimals. A monthly term costs a fifth more; a year paid at once is twelve months. */
export function seatPrice(
  product: ProductKey,
  { currency, term, cycle }: { currency: string; term: string; cycle: string },
): string {
  const month = fromSek(PRODUCTS[product].seatMonth, currency) * (term === "P1M" ? 1.2 : 1);
  return (cycle === "annual" ? month * 12 : month).toFixed(2);
}
