import type { TimelineRow } from "../../src/customers/contract.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { useEventText } from "../cases/eventWords.tsx";
import { useFormat, useT, useWord } from "../i18n/t.ts";

type Facts = Readonly<Record<string, unknown>>;
const facts = (value: unknown): Facts => (typeof value === "object" && value !== null ? (value as Facts) : {});
const isMoney = (value: unknown): value is MoneyWire =>
  typeof facts(value)["minor"] === "string" && typeof facts(value)["currency"] === "string";

/** The sentence of an event on a customer's timeline. Events of this slice and of spending are told with what changed. */
export function useTimelineText(): (row: TimelineRow) => string {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const plain = useEventText();
  const amount = (value: unknown): string => (isMoney(value) ? f.money(value) : t("customers.event.none"));
  return (row) => {
    const [before, after, data] = [facts(row.before), facts(row.after), facts(row.data)];
    switch (row.type) {
      case "customers.standing-changed":
        return t("customers.event.standing", { from: standing(before["standing"]), to: standing(after["standing"]) });
      case "customers.limit-set":
        return t("customers.event.limit", { from: amount(before["amount"]), to: amount(after["amount"]) });
      case "customers.note-added":
        return t("customers.event.note", { text: String(after["text"] ?? "") });
      case "customers.subscription-changed":
        return t("customers.event.subscription", { name: String(data["name"] ?? ""), changes: changes(before, after) });
      case "spending.budget-agreed":
        return t("customers.event.budget", {
          amount: amount(after["amount"]),
          name: String(after["agreedWith"] ?? ""),
        });
      case "spending.partner-budget-changed":
        return t("customers.event.partnerBudget", {
          from: String(before["amount"] ?? "–"),
          to: String(after["amount"] ?? "–"),
        });
      default:
        return plain(row);
    }
  };
  function standing(value: unknown): string {
    return typeof value === "string" ? word(`kit.standing.${value}`, {}, value) : "–";
  }
  function changes(before: Facts, after: Facts): string {
    const names = Object.keys(after);
    const show = (name: string, value: unknown): string => {
      if (value === null || value === undefined) return "–";
      if (name === "status") return word(`customers.status.${String(value as string)}`, {}, String(value as string));
      if (typeof value === "boolean") return t(value ? "customers.auto.on" : "customers.auto.off");
      if (typeof value === "object") return "…";
      return /^\d{4}-\d{2}-\d{2}/.test(String(value as string))
        ? f.day(String(value as string))
        : String(value as string);
    };
    return names
      .map(
        (name) =>
          `${word(`customers.fact.${name}`, {}, name)} ${show(name, before[name])} → ${show(name, after[name])}`,
      )
      .join(", ");
  }
}
