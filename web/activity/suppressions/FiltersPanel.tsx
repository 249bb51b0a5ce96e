import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { FilterWire, SuppressionsWire } from "../../../src/activity/watch/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { CustomerField } from "../../kit/CustomerField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Loaded } from "../../kit/States.tsx";
import { type useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { LiftDialog } from "./LiftDialog.tsx";
import { HitsCell, StateTag, UntilCell, WhyCell } from "./parts.tsx";
import { isShort, NOTHING_WRITTEN, writtenBody, WrittenFields } from "./WrittenFields.tsx";

const EXAMPLE = `title: Their own build account
logsource: {}
filter:
  rules: any
  selection:
    actor.id: build@customer.example
  condition: not selection
`;

/** Sigma filters of single customers. */
export function FiltersPanel({ read }: { readonly read: ReturnType<typeof useRead<SuppressionsWire>> }) {
  const t = useT();
  const can = useMay();
  const [isMaking, setMaking] = useState(false);
  return (
    <Panel
      title={t("suppress.filters")}
      question={t("suppress.filters.q")}
      aside={
        can("activity.tune") && (
          <Button size="compact-xs" variant="default" onClick={() => setMaking(true)}>
            {t("suppress.filters.new")}
          </Button>
        )
      }
    >
      <Loaded query={read}>{(data) => <Filters rows={data.filters} />}</Loaded>
      {isMaking && <FilterDialog onClose={() => setMaking(false)} />}
    </Panel>
  );
}

function Filters({ rows }: { readonly rows: readonly FilterWire[] }) {
  const t = useT();
  const can = useMay();
  const [lifting, lift] = useState<FilterWire>();
  if (rows.length === 0) return <p className="sec small ink3">{t("suppress.filters.none")}</p>;
  return (
    <>
      <table className="t">
        <thead>
          <tr>
            <th scope="col">{t("suppress.col.what")}</th>
            <th scope="col">{t("suppress.filters.col.customer")}</th>
            <th scope="col">{t("suppress.col.why")}</th>
            <th scope="col">{t("suppress.col.until")}</th>
            <th scope="col" className="right">
              {t("suppress.filters.col.hits")}
            </th>
            <th scope="col">
              <span className="sr">{t("suppress.lift.action")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.state === "in-force" ? "" : "ink3"}>
              <td>
                <Document row={row} />
              </td>
              <td>
                {row.customer !== null && (
                  <Go className="lnk" to={`/customers/${row.customer.id}`}>
                    {row.customer.name ?? row.customer.id}
                  </Go>
                )}
              </td>
              <td>
                <WhyCell of={row} />
              </td>
              <td>
                <UntilCell of={row} />
              </td>
              <td className="right">
                <HitsCell of={row} />
              </td>
              <td className="right">
                {row.state === "in-force" ? (
                  can("activity.tune") && (
                    <Button size="compact-xs" variant="default" onClick={() => lift(row)}>
                      {t("suppress.lift")}
                    </Button>
                  )
                ) : (
                  <StateTag state={row.state} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lifting !== undefined && (
        <LiftDialog
          path={`/api/activity/filters/${lifting.id}/lift`}
          effect={t("suppress.filters.lift")}
          onClose={() => lift(undefined)}
        />
      )}
    </>
  );
}

function Document({ row }: { readonly row: FilterWire }) {
  return (
    <details>
      <summary className="b">{row.title}</summary>
      <pre className="mono tiny">{row.document}</pre>
    </details>
  );
}

function FilterDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  const f = useFormat();
  const [customerId, setCustomer] = useState<string | null>(null);
  const [document, setDocument] = useState(EXAMPLE);
  const [written, setWritten] = useState({ ...NOTHING_WRITTEN, days: "90" });
  const write = useWrite((body: unknown, options) => api.post("/api/activity/filters", body, options), {
    topics: ["activity"],
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("suppress.filters.new")}
      action={t("suppress.dialog.action")}
      effects={[{ text: t("suppress.filters.effect"), isReversible: true, how: t("suppress.dialog.how") }]}
      onConfirm={() =>
        write.mutate({
          customerId,
          document,
          ...writtenBody(written, f.nowIso),
        })
      }
      isBusy={write.isPending}
      error={write.error}
      whyNot={
        customerId === null
          ? t("suppress.filters.customer")
          : isShort(written)
            ? t("suppress.dialog.whyNot.reason")
            : undefined
      }
    >
      <CustomerField
        label={t("suppress.filters.customer")}
        nothingFound={t("suppress.filters.nobody")}
        value={customerId}
        onChange={setCustomer}
      />
      <Textarea
        className="suppress-yaml"
        label={t("suppress.filters.document")}
        value={document}
        onChange={(event) => setDocument(event.currentTarget.value)}
        autosize
        minRows={6}
        maxRows={16}
        maxLength={20_000}
        spellCheck={false}
      />
      <WrittenFields value={written} onChange={setWritten} />
    </ConfirmDialog>
  );
}
