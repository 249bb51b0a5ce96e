import { Button, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { RetentionWire } from "../../../src/activity/stream/contract.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { CustomerField } from "../../kit/CustomerField.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Loaded, Why } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";

type ClassRow = RetentionWire["classes"][number];
type Hold = RetentionWire["holds"][number];
const WHY_MIN = 3;

/** How long events are kept, and the customers of whom everything is kept. */
export function KeepingPanel() {
  const t = useT();
  const f = useFormat();
  const may = useMay()("activity.keep");
  const keeping = useRead<RetentionWire>(["activity", "retention"], "/api/activity/retention");
  const oldest = keeping.data?.oldestDay;
  return (
    <Panel
      title={t("activity.keep")}
      question={t("activity.keep.q")}
      aside={oldest != null && <span className="ink3">{t("activity.keep.oldest", { day: f.day(oldest) })}</span>}
    >
      <Loaded query={keeping}>
        {(data) => (
          <div className="g2 keeping">
            <div className="sec col" style={{ gap: 8 }}>
              <Classes classes={data.classes} may={may} />
              <span className="small ink3">{t("activity.keep.evidence")}</span>
              {!may && <Why>{t("activity.keep.only")}</Why>}
            </div>
            <Holds holds={data.holds} may={may} />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Classes({ classes, may }: { readonly classes: readonly ClassRow[]; readonly may: boolean }) {
  const t = useT();
  const [changing, change] = useState<ClassRow | undefined>(undefined);
  return (
    <>
      <table className="t" aria-label={t("activity.keep")}>
        <thead>
          <tr>
            <th scope="col">{t("activity.keep.class")}</th>
            <th scope="col" className="right">
              {t("activity.keep.days")}
            </th>
            {may && (
              <th scope="col">
                <span className="sr">{t("activity.keep.change")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {classes.map((row) => (
            <tr key={row.class}>
              <td>{t(`activity.keep.class.${row.class}`)}</td>
              <td className="right num">
                {row.days}
                {row.days !== row.standardDays && (
                  <span className="tiny ink3"> {t("activity.keep.standard", { n: row.standardDays })}</span>
                )}
              </td>
              {may && (
                <td className="right">
                  <button type="button" className="linkish" onClick={() => change(row)}>
                    {t("activity.keep.change")}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {changing !== undefined && <DaysDialog row={changing} onClose={() => change(undefined)} />}
    </>
  );
}

function DaysDialog({ row, onClose }: { readonly row: ClassRow; readonly onClose: () => void }) {
  const t = useT();
  const [days, setDays] = useState(row.days);
  const [why, setWhy] = useState("");
  const save = useWrite(
    (body: { readonly days: number; readonly why: string }, o) =>
      api.put(`/api/activity/retention/${row.class}`, body, o),
    { topics: ["activity"], onDone: onClose },
  );
  const isLess = days < row.days;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("activity.keep.change.title", { name: t(`activity.keep.class.${row.class}`) })}
      action={t("activity.keep.change.do", { n: days })}
      effects={
        days === row.days
          ? []
          : [{ text: t(isLess ? "activity.keep.change.less" : "activity.keep.change.more"), isReversible: !isLess }]
      }
      onConfirm={() => save.mutate({ days, why: why.trim() })}
      isBusy={save.isPending}
      error={save.error}
      {...(days === row.days || why.trim().length < WHY_MIN ? { whyNot: t("activity.keep.why") } : {})}
    >
      <NumberInput
        label={t("activity.keep.days")}
        min={1}
        max={3_650}
        allowDecimal={false}
        clampBehavior="strict"
        value={days}
        onChange={(value) => setDays(typeof value === "number" ? value : row.days)}
      />
      <TextInput
        label={t("activity.keep.why")}
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

function Holds({ holds, may }: { readonly holds: readonly Hold[]; readonly may: boolean }) {
  const t = useT();
  const f = useFormat();
  const [isAdding, add] = useState(false);
  const [lifting, lift] = useState<Hold | undefined>(undefined);
  return (
    <div className="sec col" style={{ gap: 8 }}>
      <span className="row">
        <h3 className="label">{t("activity.hold")}</h3>
        {may && (
          <Button size="xs" variant="default" className="push" onClick={() => add(true)}>
            {t("activity.hold.new")}
          </Button>
        )}
      </span>
      {holds.length === 0 && <span className="small ink3">{t("activity.hold.none")}</span>}
      <ul className="keeping-holds">
        {holds.map((hold) => (
          <li key={hold.id} className={hold.liftedAt === null ? "" : "ink3"}>
            <span className="row wrap">
              <span className="b">{hold.customer.name}</span>
              <span className="tiny ink3">
                {hold.liftedAt === null
                  ? t("activity.hold.by", { name: hold.setBy, when: f.day(hold.setAt) })
                  : t("activity.hold.lifted", { name: hold.liftedBy ?? "", when: f.day(hold.liftedAt) })}
              </span>
              {may && hold.liftedAt === null && (
                <button type="button" className="linkish small" onClick={() => lift(hold)}>
                  {t("activity.hold.lift")}
                </button>
              )}
            </span>
            <span className="small ink2">{hold.reason}</span>
          </li>
        ))}
      </ul>
      {isAdding && <HoldDialog held={holds} onClose={() => add(false)} />}
      {lifting !== undefined && <LiftDialog hold={lifting} onClose={() => lift(undefined)} />}
    </div>
  );
}

function HoldDialog({ held, onClose }: { readonly held: readonly Hold[]; readonly onClose: () => void }) {
  const t = useT();
  const [customerId, setCustomer] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const save = useWrite(
    (body: { readonly customerId: string; readonly reason: string }, o) => api.post("/api/activity/holds", body, o),
    { topics: ["activity"], onDone: onClose },
  );
  const isReady = customerId !== null && reason.trim().length >= WHY_MIN;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("activity.hold.title")}
      action={t("activity.hold.do")}
      effects={[{ text: t("activity.hold.means"), isReversible: true, how: t("activity.hold.how") }]}
      onConfirm={() => customerId !== null && save.mutate({ customerId, reason: reason.trim() })}
      isBusy={save.isPending}
      error={save.error}
      {...(isReady ? {} : { whyNot: customerId === null ? t("activity.col.customer") : t("activity.hold.reason") })}
    >
      <CustomerField
        label={t("activity.col.customer")}
        nothingFound={t("activity.search.noCustomer")}
        value={customerId}
        onChange={setCustomer}
        isOffered={(id) => !held.some((hold) => hold.customer.id === id && hold.liftedAt === null)}
      />
      <TextInput
        label={t("activity.hold.reason")}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

function LiftDialog({ hold, onClose }: { readonly hold: Hold; readonly onClose: () => void }) {
  const t = useT();
  const [why, setWhy] = useState("");
  const save = useWrite(
    (body: { readonly why: string }, o) => api.post(`/api/activity/holds/${hold.id}/lift`, body, o),
    {
      topics: ["activity"],
      onDone: onClose,
    },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("activity.hold.lift.title", { name: hold.customer.name })}
      action={t("activity.hold.lift.do")}
      effects={[{ text: t("activity.hold.lift.means"), isReversible: false }]}
      onConfirm={() => save.mutate({ why: why.trim() })}
      isBusy={save.isPending}
      error={save.error}
      {...(why.trim().length < WHY_MIN ? { whyNot: t("activity.keep.why") } : {})}
    >
      <TextInput
        label={t("activity.keep.why")}
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
