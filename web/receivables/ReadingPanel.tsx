import { Button, Checkbox, NumberInput, Radio, Select, TextInput } from "@mantine/core";
import { CURRENCIES } from "../../src/core/currency.ts";
import {
  ALLOCATION_RULES,
  DATE_FIELDS,
  DATE_ORDERS,
  type DateOrder,
  IMPORT_KINDS,
  LAYOUTS,
  MISSING_RULES,
  type ImportKind,
  type ImportMapping,
  type ImportWire,
  NEEDED_FIELDS,
  UNKNOWN_CUSTOMERS,
} from "../../src/receivables/contract-import.ts";
import { useT } from "../i18n/t.ts";
import { DayField } from "../kit/DayField.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useProblemText, Why } from "../kit/States.tsx";
import type { Reading } from "./reading.ts";

type ReadingProps = {
  readonly one: ImportWire;
  readonly reading: Reading;
  readonly onChange: (reading: Reading) => void;
  readonly onRead: () => void;
  readonly isBusy: boolean;
  readonly isRead: boolean;
  readonly error: unknown;
};

/** What a field needs said stands under it, so that fields of one row stand in one line. */
const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

/** Everything about the reading that is not a column. */
export function ReadingPanel(props: ReadingProps) {
  const { one, reading, onChange } = props;
  const t = useT();
  const set = (change: Partial<ImportMapping>) => onChange({ ...reading, mapping: { ...reading.mapping, ...change } });
  return (
    <Panel title={t("receivables.how")} question={t("receivables.how.q")}>
      <div className="sec import-how">
        <Select
          label={t("receivables.how.kind")}
          data={IMPORT_KINDS.map((kind) => ({ value: kind, label: t(`receivables.kind.${kind}`) }))}
          value={reading.kind}
          allowDeselect={false}
          onChange={(kind) => kind !== null && onChange({ ...reading, kind: kind as ImportKind })}
        />
        <NumberStyle mapping={reading.mapping} set={set} />
        <Select
          label={t("receivables.how.currency")}
          placeholder={t("receivables.how.currency.none")}
          searchable
          clearable
          data={[...CURRENCIES]}
          value={reading.mapping.currency}
          onChange={(currency) => set({ currency })}
        />
        <TextInput
          label={t("receivables.how.system")}
          description={t("receivables.how.system.text")}
          inputWrapperOrder={ORDER}
          value={reading.mapping.system}
          onChange={(event) => set({ system: event.currentTarget.value.toLowerCase() })}
        />
        <Rules reading={reading} set={set} />
        {reading.kind === "invoices" && <OpenItems reading={reading} set={set} />}
        {one.format.kind === "csv" && (
          <Checkbox
            label={t("receivables.how.hasHeader")}
            checked={reading.hasHeader}
            onChange={(event) => onChange({ ...reading, hasHeader: event.currentTarget.checked })}
          />
        )}
        <DateOrderField one={one} mapping={reading.mapping} set={set} />
      </div>
      <Read {...props} />
    </Panel>
  );
}

type RulesProps = {
  readonly reading: Reading;
  readonly set: (change: Partial<ImportMapping>) => void;
};

/** What to do where the file does not say: with strangers, missing dates, and money that names no invoice. */
function Rules({ reading, set }: RulesProps) {
  const t = useT();
  return (
    <>
      <Select
        label={t("receivables.how.unknown")}
        data={UNKNOWN_CUSTOMERS.map((choice) => ({ value: choice, label: t(`receivables.unknown.${choice}`) }))}
        value={reading.mapping.unknownCustomers}
        allowDeselect={false}
        onChange={(choice) => set({ unknownCustomers: choice as ImportMapping["unknownCustomers"] })}
      />
      {reading.kind === "invoices" && (
        <NumberInput
          label={t("receivables.how.terms")}
          description={t("receivables.how.terms.text")}
          inputWrapperOrder={ORDER}
          min={0}
          max={365}
          allowDecimal={false}
          value={reading.mapping.termsDays ?? ""}
          onChange={(days) => set({ termsDays: typeof days === "number" ? days : null })}
        />
      )}
      {reading.kind !== "deposits" && (
        <Select
          label={t("receivables.how.allocation")}
          data={ALLOCATION_RULES.map((rule) => ({ value: rule, label: t(`receivables.allocation.${rule}`) }))}
          value={reading.mapping.allocation}
          allowDeselect={false}
          onChange={(rule) => set({ allocation: rule as ImportMapping["allocation"] })}
        />
      )}
    </>
  );
}

/** How the rows of an open-items list stand, and what it means that an item is not in it. */
function OpenItems({ reading, set }: RulesProps) {
  const t = useT();
  const { mapping } = reading;
  const isOpenItems = mapping.columns.openAmount !== undefined;
  return (
    <>
      <Select
        label={t("receivables.how.layout")}
        data={LAYOUTS.map((layout) => ({ value: layout, label: t(`receivables.layout.${layout}`) }))}
        value={mapping.layout}
        allowDeselect={false}
        onChange={(layout) => set({ layout: layout as ImportMapping["layout"] })}
      />
      {isOpenItems && (
        <Select
          label={t("receivables.how.missing")}
          description={t("receivables.how.missing.text")}
          inputWrapperOrder={ORDER}
          data={MISSING_RULES.map((rule) => ({ value: rule, label: t(`receivables.missing.${rule}`) }))}
          value={mapping.missing}
          allowDeselect={false}
          onChange={(rule) => set({ missing: rule as ImportMapping["missing"] })}
        />
      )}
      {isOpenItems && (
        <DayField
          label={t("receivables.how.balanceDay")}
          value={mapping.balanceDay ?? ""}
          onChange={(day) => set({ balanceDay: day === "" ? null : day })}
        />
      )}
    </>
  );
}

type FieldProps = { readonly mapping: ImportMapping; readonly set: (change: Partial<ImportMapping>) => void };

const STYLES = ["1,234.50", "1 234,50", "1.234,50", "1'234.50", "1 234.50", "1234.50", "1234,50"] as const;
const styleText = ({ decimal, group }: ImportMapping["numberStyle"]): string => `1${group}234${decimal}50`;

function NumberStyle({ mapping, set }: FieldProps) {
  const t = useT();
  const choose = (text: string) => {
    const decimal = text.charAt(text.length - 3) === "," ? "," : ".";
    const group = text.length === 8 ? (text.charAt(1) as ImportMapping["numberStyle"]["group"]) : "";
    set({ numberStyle: { decimal, group } });
  };
  return (
    <Select
      label={t("receivables.how.number")}
      data={[...STYLES]}
      value={styleText(mapping.numberStyle)}
      allowDeselect={false}
      onChange={(text) => text !== null && choose(text)}
    />
  );
}

/** The third of January, as both orders would write the file's own form. */
const SAMPLE = { dmy: "3/1/2012", mdy: "1/3/2012" } as const;

function DateOrderField({ one, mapping, set }: FieldProps & { readonly one: ImportWire }) {
  const t = useT();
  const hasDates = DATE_FIELDS.some((field) => mapping.columns[field] !== undefined);
  if (!hasDates) return null;
  const isAsked = mapping.dateOrder === null;
  const choices = isAsked && one.dateOrdersPossible.length > 0 ? one.dateOrdersPossible : DATE_ORDERS;
  return (
    <fieldset className={`import-dates ${isAsked ? "asked" : ""}`}>
      <legend className="small b">{t("receivables.how.date")}</legend>
      {isAsked && (
        <span className="row top small warn" style={{ gap: 6 }}>
          <Glyph level="warn" size={14} />
          {t("receivables.how.date.ask")}
        </span>
      )}
      <Radio.Group
        value={mapping.dateOrder ?? ""}
        onChange={(order) => set({ dateOrder: order as DateOrder })}
        aria-label={t("receivables.how.date")}
      >
        <div className="row wrap" style={{ gap: "8px 20px" }}>
          {choices.map((order) => (
            <Radio
              key={order}
              value={order}
              label={
                order === "ymd" ? t("receivables.date.ymd") : t(`receivables.date.${order}`, { sample: SAMPLE[order] })
              }
            />
          ))}
        </div>
      </Radio.Group>
    </fieldset>
  );
}

function Read({ reading, one, onRead, isBusy, isRead, error }: ReadingProps) {
  const t = useT();
  const problemText = useProblemText();
  const missing = NEEDED_FIELDS[reading.kind].filter(
    (choice) => !choice.some((field) => reading.mapping.columns[field] !== undefined),
  );
  const fields = missing
    .map((choice) => choice.map((field) => t(`receivables.field.${field}`)).join(t("receivables.or")))
    .join(", ");
  const why =
    missing.length > 0
      ? t("receivables.read.missing", { fields })
      : reading.mapping.dateOrder === null
        ? t("receivables.read.date")
        : reading.mapping.currency === null && reading.mapping.columns.currency === undefined && one.form !== null
          ? t("receivables.read.currency")
          : undefined;
  return (
    <div className="sec row wrap">
      <Button onClick={onRead} loading={isBusy} disabled={why !== undefined} variant={isRead ? "default" : "filled"}>
        {t(one.totals === null ? "receivables.read" : "receivables.read.again")}
      </Button>
      {why !== undefined && <Why>{why}</Why>}
      {error !== null && error !== undefined && (
        <span className="row small crit" role="alert" style={{ gap: 6 }}>
          <Glyph level="error" size={13} />
          {problemText(error)}
        </span>
      )}
    </div>
  );
}
