import { SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useT } from "../../i18n/t.ts";

const REASON_MIN = 10;
const DAYS = ["7", "30", "90", "365"] as const;
const DAY_HOURS = 24;

/** What everybody who keeps something quiet must say: why, until when, and the ticket if there is one. */
export type Written = { readonly reason: string; readonly ticket: string; readonly days: string };
export const NOTHING_WRITTEN: Written = { reason: "", ticket: "", days: "30" };
export const isShort = ({ reason }: Written): boolean => reason.trim().length < REASON_MIN;

/** As the server takes it. */
export const writtenBody = ({ reason, ticket, days }: Written, nowIso: string) => ({
  reason: reason.trim(),
  ...(ticket.trim() === "" ? {} : { ticket: ticket.trim() }),
  expiresAt: Temporal.Instant.from(nowIso)
    .add({ hours: Number(days) * DAY_HOURS })
    .toString(),
});

type Props = { readonly value: Written; readonly onChange: (written: Written) => void };

export function WrittenFields({ value, onChange }: Props) {
  const t = useT();
  return (
    <>
      <Textarea
        label={t("suppress.dialog.reason")}
        value={value.reason}
        onChange={(event) => onChange({ ...value, reason: event.currentTarget.value })}
        autosize
        minRows={2}
        maxLength={1_000}
      />
      <div className="suppress-end">
        <div className="col" style={{ gap: 4 }}>
          <span className="small">{t("suppress.dialog.until")}</span>
          <SegmentedControl
            size="xs"
            aria-label={t("suppress.dialog.until")}
            value={value.days}
            onChange={(days) => onChange({ ...value, days })}
            data={DAYS.map((n) => ({ value: n, label: t("suppress.dialog.days", { n: Number(n) }) }))}
          />
        </div>
        <TextInput
          label={t("suppress.dialog.ticket")}
          value={value.ticket}
          onChange={(event) => onChange({ ...value, ticket: event.currentTarget.value })}
          maxLength={100}
        />
      </div>
    </>
  );
}
