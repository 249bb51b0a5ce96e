import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { AccountsWire } from "../../../src/collections/contract-wire.ts";
import type { PreviewWire, TemplateWire } from "../../../src/collections/letters/contract.ts";
import { api } from "../../api.ts";
import { useT, useWord } from "../../i18n/t.ts";
import { Glyph } from "../../kit/Risk.tsx";
import { Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { Faults, Paper } from "./parts.tsx";

type Props = Pick<TemplateWire, "purpose" | "language" | "place"> & {
  /** undefined = the template in use. */
  readonly text: string | undefined;
  readonly accountId: string | undefined;
  readonly onAccount: (accountId: string | undefined) => void;
};

/** A pause in typing before the letter is drawn anew. */
const PAUSE_MS = 400;
function useSettled<T>(value: T): T {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** The letter as it would read for a customer with something overdue today. Sends and keeps nothing. */
export function PreviewPanel({ purpose, language, place, text, accountId, onAccount }: Props) {
  const t = useT();
  const accounts = useRead<AccountsWire>(
    ["collections", "preview-accounts"],
    "/api/collections/accounts?filter=overdue&limit=50",
  );
  const rows = accounts.data?.rows ?? [];
  const chosen = accountId ?? rows[0]?.accountId;
  const draft = useSettled(text);
  const body = { accountId: chosen, purpose, language, place, ...(draft !== undefined && { text: draft }) };
  const preview = useQuery<PreviewWire>({
    queryKey: ["collections", "preview", body],
    queryFn: ({ signal }) => api.post<PreviewWire>("/api/collections/letters/preview", body, { signal }),
    enabled: chosen !== undefined,
    refetchInterval: false,
    placeholderData: (old) => old,
  });
  return (
    <section className="col" style={{ gap: 12, minWidth: 0 }} aria-label={t("letters.preview")}>
      <Select
        searchable
        label={`${t("letters.preview")}: ${t("letters.preview.q")}`}
        data={rows.map((row) => ({ value: row.accountId, label: row.name }))}
        value={chosen ?? null}
        onChange={(next) => onAccount(next ?? undefined)}
      />
      {chosen === undefined ? (
        <span className="small ink2">{t("letters.preview.none")}</span>
      ) : (
        <Loaded query={preview}>{(data) => <Shown preview={data} />}</Loaded>
      )}
    </section>
  );
}

function Shown({ preview }: { readonly preview: PreviewWire }) {
  const t = useT();
  const word = useWord();
  const list = preview.missing.map((one) => word(`letters.missing.${one}`, {}, one)).join(", ");
  return (
    <>
      {preview.faults.length > 0 && <Faults faults={preview.faults} />}
      {preview.missing.length > 0 && (
        <span className="small row top">
          <Glyph level="warn" size={13} />
          {t("letters.missing", { list })}
        </span>
      )}
      {preview.unprintable.length > 0 && (
        <span className="small row top">
          <Glyph level="warn" size={13} />
          {t("letters.unprintable", { list: preview.unprintable.join(" ") })}
        </span>
      )}
      <span className="b letters-break">{preview.subject}</span>
      <Paper html={preview.html} text={preview.text} title={t("letters.preview")} />
    </>
  );
}
