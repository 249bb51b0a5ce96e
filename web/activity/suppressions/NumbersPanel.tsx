import { Button, NumberInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { SettingsWire } from "../../../src/activity/watch/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { CustomerField } from "../../kit/CustomerField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Loaded } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";

type Detector = SettingsWire["detectors"][number];
type Setting = Detector["settings"][number];
type Chosen = {
  readonly detector: Detector;
  readonly setting: Setting;
  /** Whose number is put back; undefined: a number is set. */
  readonly back?: { readonly customerId: string | null } | undefined;
};
const REASON_MIN = 10;
const decimalsOf = (n: number): number => (Number.isInteger(n) ? 0 : 2);

/** The numbers of detectors: for all, and for single customers. */
export function NumbersPanel({ detector }: { readonly detector: string | undefined }) {
  const t = useT();
  const read = useRead<SettingsWire>(["activity", "settings"], "/api/activity/settings");
  const [chosen, choose] = useState<Chosen>();
  return (
    <Panel title={t("suppress.numbers")} question={t("suppress.numbers.q")} id="numbers">
      <Loaded query={read}>
        {(data) => {
          const shown = data.detectors.filter(({ id }) => detector === undefined || id === detector);
          return shown.length === 0 ? (
            <p className="sec small ink3">{t("suppress.numbers.none")}</p>
          ) : (
            <Numbers detectors={shown} onChoose={choose} />
          );
        }}
      </Loaded>
      {chosen !== undefined && <NumberDialog of={chosen} onClose={() => choose(undefined)} />}
    </Panel>
  );
}

type NumbersProps = { readonly detectors: readonly Detector[]; readonly onChoose: (chosen: Chosen) => void };

const lower = (text: string): string => text.trim().toLocaleLowerCase();
/** All of a detector whose name fits; of others the numbers that fit. */
function found(detectors: readonly Detector[], asked: string): readonly Detector[] {
  const wanted = lower(asked);
  return detectors
    .map((one) => {
      const isNamed = [one.title, one.titleSv, one.id].some((text) => lower(text).includes(wanted));
      const settings = isNamed ? one.settings : one.settings.filter(({ about }) => lower(about).includes(wanted));
      return { ...one, settings };
    })
    .filter(({ settings }) => settings.length > 0);
}
const isChanged = ({ value, customers }: Setting): boolean => value !== null || customers.length > 0;

/** Detector by detector, each closed until it is asked for; a search opens what it finds. */
function Numbers({ detectors, onChoose }: NumbersProps) {
  const t = useT();
  const [asked, ask] = useState("");
  const shown = found(detectors, asked);
  const count = shown.reduce((sum, { settings }) => sum + settings.length, 0);
  const isAsked = lower(asked) !== "";
  return (
    <div className="numbers">
      {detectors.length > 1 && (
        <div className="sec row">
          <TextInput
            type="search"
            label={t("suppress.numbers.search")}
            value={asked}
            onChange={(event) => ask(event.currentTarget.value)}
            size="xs"
          />
          <span className="small ink3 num" role="status">
            {t("suppress.numbers.shown", { n: count, detectors: shown.length })}
          </span>
        </div>
      )}
      {shown.length === 0 && <p className="sec small ink3">{t("suppress.numbers.notFound")}</p>}
      {shown.map((detector) => (
        <Group
          // Anew when the question changes, so that what was found stands open and closes again after.
          key={`${detector.id}|${isAsked}`}
          detector={detector}
          isOpen={isAsked || detectors.length === 1}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}

type GroupProps = Pick<NumbersProps, "onChoose"> & { readonly detector: Detector; readonly isOpen: boolean };

function Group({ detector, isOpen, onChoose }: GroupProps) {
  const t = useT();
  const f = useFormat();
  const changed = detector.settings.filter(isChanged).length;
  const title = f.language === "sv" ? detector.titleSv : detector.title;
  return (
    <details className="numbers-of" open={isOpen}>
      <summary>
        <span className="b">{title}</span>
        <span className="small ink3 num">{t("suppress.numbers.count", { n: detector.settings.length })}</span>
        {changed > 0 && <span className="small num b">{t("suppress.numbers.changed", { n: changed })}</span>}
      </summary>
      <p className="about small">
        <Go className="lnk" to={`/activity/rules/${detector.id}`}>
          {t("suppress.numbers.detector")}
        </Go>
      </p>
      <table className="t" aria-label={title}>
        <tbody>
          {detector.settings.map((setting) => (
            <SettingRow key={setting.name} detector={detector} setting={setting} onChoose={onChoose} />
          ))}
        </tbody>
      </table>
    </details>
  );
}

type RowProps = Pick<NumbersProps, "onChoose"> & { readonly detector: Detector; readonly setting: Setting };

function SettingRow({ detector, setting, onChoose }: RowProps) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const n = (value: number) => f.decimal(value, decimalsOf(value));
  const back = (customerId: string | null) =>
    can("activity.tune") && (
      <Button size="compact-xs" variant="subtle" onClick={() => onChoose({ detector, setting, back: { customerId } })}>
        {t("suppress.numbers.back")}
      </Button>
    );
  return (
    <tr>
      <td>
        {setting.about}
        <span className="tiny ink3 num" style={{ display: "block" }}>
          {t("suppress.numbers.standard", {
            n: n(setting.standard),
            unit: setting.unit,
            min: n(setting.min),
            max: n(setting.max),
          })}
        </span>
      </td>
      <td className="small">
        <span className="row">
          <span className="ink2">{t("suppress.numbers.all")}</span>
          <span className={`num ${setting.value === null ? "" : "b"}`}>{n(setting.value ?? setting.standard)}</span>
          {setting.value !== null && back(null)}
        </span>
        {setting.customers.map((one) => (
          <span className="row" key={one.id} title={`${one.reason} (${one.by}, ${f.moment(one.at)})`}>
            <Go className="lnk" to={`/customers/${one.id}`}>
              {one.name ?? one.id}
            </Go>
            <span className="num b">{n(one.value)}</span>
            {back(one.id)}
          </span>
        ))}
      </td>
      <td className="right">
        {can("activity.tune") && (
          <Button size="compact-xs" variant="default" onClick={() => onChoose({ detector, setting })}>
            {t("suppress.numbers.set")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function NumberDialog({ of, onClose }: { readonly of: Chosen; readonly onClose: () => void }) {
  const t = useT();
  const f = useFormat();
  const { detector, setting, back } = of;
  const { min, max, unit, about, name } = setting;
  const [value, setValue] = useState<number | string>(setting.value ?? setting.standard);
  const [customerId, setCustomer] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const write = useWrite((body: unknown, options) => api.put("/api/activity/settings", body, options), {
    topics: ["activity"],
    onDone: onClose,
  });
  const isBack = back !== undefined;
  const isOutside = !isBack && (typeof value !== "number" || value < min || value > max);
  const text = (n: number) => f.decimal(n, decimalsOf(n));
  const outside = isOutside ? t("suppress.numbers.whyNot", { min: text(min), max: text(max) }) : undefined;
  const short = reason.trim().length < REASON_MIN ? t("suppress.numbers.reason") : undefined;
  const effect = isBack
    ? t("suppress.numbers.effect.back")
    : t("suppress.numbers.effect", { n: typeof value === "number" ? text(value) : "–", unit });
  const change = {
    detectorId: detector.id,
    customerId: isBack ? back.customerId : customerId,
    name,
    value: isBack ? null : value,
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("suppress.numbers.title", { about })}
      action={t(isBack ? "suppress.numbers.back" : "suppress.numbers.action")}
      effects={[{ text: effect, isReversible: true, how: t("suppress.numbers.how") }]}
      onConfirm={() => write.mutate({ ...change, reason: reason.trim() })}
      isBusy={write.isPending}
      error={write.error}
      whyNot={outside ?? short}
    >
      {!isBack && (
        <CustomerField
          label={t("suppress.numbers.for")}
          nothingFound={t("suppress.filters.nobody")}
          value={customerId}
          onChange={setCustomer}
        />
      )}
      {!isBack && (
        <NumberInput
          label={t("suppress.numbers.value", { unit })}
          value={value}
          onChange={setValue}
          min={min}
          max={max}
        />
      )}
      <Textarea
        label={t("suppress.numbers.reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={1_000}
      />
    </ConfirmDialog>
  );
}
