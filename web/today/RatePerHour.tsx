import type { RunningJson } from "../../src/notices/contract.ts";
import { useT, useWord } from "../i18n/t.ts";
import type { Figure } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Glyph } from "../kit/Risk.tsx";

/** What waiting costs per hour; unknown is its own mark and never 0. */
export function RatePerHour({ running, withCode }: { readonly running: RunningJson; readonly withCode: boolean }) {
  const t = useT();
  const word = useWord();
  if (!running.known) {
    const why = word(`running.${running.reason}`, {}, t("kit.unknown"));
    return <Glyph level="unknown" size={13} label={why} />;
  }
  if (BigInt(running.perHour.minor) === 0n) return <span className="ink3 num">0</span>;
  const figure: Figure = {
    title: t("clocks.rate.title"),
    parts: [{ label: t("clocks.rate.basis"), value: <Money value={running.perHour} digits="minor" per="/h" /> }],
    formula: word(`running.basis.${running.basis}`, {}, word(running.basis, {}, t("clocks.rate.formula"))),
    asOf: running.asOf,
    source: t("clocks.rate.source"),
  };
  return <Money value={running.perHour} code={withCode} opens={figure} label={t("clocks.rate.any")} />;
}
