import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { LANGUAGES } from "../../../src/access/contract.ts";
import { PLACES, PURPOSES, type TemplateFault, type TemplateWire } from "../../../src/collections/letters/contract.ts";
import { api, Problem } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { Loaded, useProblemText } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { useMay } from "../../shell/desk.ts";
import { Faults } from "./parts.tsx";
import { PreviewPanel } from "./PreviewPanel.tsx";

type Props = { readonly search: PageSearch; readonly set: (change: PageSearch) => void };
type Which = Pick<TemplateWire, "purpose" | "language" | "place">;

/** What letters say, in versions; beside it how that reads for a customer today. */
export function TemplatesPanel({ search, set }: Props) {
  const t = useT();
  const which: Which = {
    purpose: PURPOSES.find((one) => one === search.kind) ?? "friendly-reminder",
    language: LANGUAGES.find((one) => one === search.standing) ?? "sv",
    place: PLACES.find((one) => one === search.country) ?? "SE",
  };
  const path = `/api/collections/templates/${which.purpose}/${which.language}/${which.place}`;
  const template = useRead<TemplateWire>(["collections", "template", path], path, { refetchInterval: false });
  return (
    <Panel title={t("letters.t")} question={t("letters.t.q")}>
      <div className="sec row wrap">
        <Select
          label={t("letters.t.purpose")}
          allowDeselect={false}
          data={PURPOSES.map((one) => ({ value: one, label: t(`letters.purpose.${one}`) }))}
          value={which.purpose}
          onChange={(kind) => set({ kind: kind ?? undefined })}
        />
        <Select
          w={140}
          label={t("letters.t.language")}
          allowDeselect={false}
          data={LANGUAGES.map((one) => ({ value: one, label: t(`contacts.language.${one}`) }))}
          value={which.language}
          onChange={(standing) => set({ standing: standing ?? undefined })}
        />
        <Select
          w={180}
          label={t("letters.t.place")}
          allowDeselect={false}
          data={PLACES.map((one) => ({ value: one, label: t(`letters.place.${one}`) }))}
          value={which.place}
          onChange={(country) => set({ country: country ?? undefined })}
        />
      </div>
      <Loaded query={template}>
        {(data) => <Editor key={`${path} ${data.version}`} template={data} search={search} set={set} />}
      </Loaded>
    </Panel>
  );
}

function Editor({ template, search, set }: Props & { readonly template: TemplateWire }) {
  const t = useT();
  const can = useMay();
  const [text, setText] = useState(template.text);
  const [note, setNote] = useState("");
  const { purpose, language, place } = template;
  const save = useWrite(
    (_: null, options) =>
      api.put<TemplateWire>(
        `/api/collections/templates/${purpose}/${language}/${place}`,
        { text, note, after: template.version },
        options,
      ),
    { topics: ["collections"] },
  );
  const mayEdit = can("collections.policy");
  return (
    <div className="g2 letters-even sec">
      <form
        className="col"
        style={{ gap: 12, minWidth: 0 }}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(null);
        }}
      >
        <Textarea
          label={t("letters.t.text")}
          description={t("letters.t.help")}
          autosize
          minRows={14}
          maxRows={32}
          spellCheck
          lang={language}
          readOnly={!mayEdit}
          classNames={{ input: "mono" }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Problems error={save.error} isUnchanged={text === template.text} />
        {mayEdit && (
          <span className="row wrap" style={{ alignItems: "flex-end" }}>
            <TextInput
              label={t("letters.t.note")}
              maxLength={500}
              style={{ flex: 1 }}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <Button type="submit" disabled={text === template.text} loading={save.isPending}>
              {t("letters.t.save")}
            </Button>
          </span>
        )}
        <Names template={template} />
      </form>
      <PreviewPanel
        purpose={purpose}
        language={language}
        place={place}
        text={text === template.text ? undefined : text}
        accountId={search.customer}
        onAccount={(customer) => set({ customer })}
      />
    </div>
  );
}

const CODES: readonly TemplateFault["code"][] = [
  "unknown-fact",
  "unknown-statement",
  "not-closed",
  "not-opened",
  "missing-statement",
  "statement-not-alone",
  "conditional-statement",
  "no-subject",
  "too-long",
  "bad-tag",
  "threat",
];

/** The faults a refused save names, each with its place. */
function Problems({ error, isUnchanged }: { readonly error: unknown; readonly isUnchanged: boolean }) {
  const problem = useProblemText();
  if (error instanceof Problem && error.code === "template-faulty") {
    const faults = error.fields.flatMap(({ field, value, fix }): TemplateFault[] => {
      const [, line, column] = field.split(":");
      const code = CODES.find((one) => one === fix);
      return code === undefined ? [] : [{ line: Number(line), column: Number(column), code, name: value }];
    });
    return <Faults faults={faults} />;
  }
  if (error !== null && error !== undefined)
    return (
      <span className="small crit" role="alert">
        {problem(error)}
      </span>
    );
  return isUnchanged ? <Faults faults={[]} /> : null;
}

function Names({ template }: { readonly template: TemplateWire }) {
  const t = useT();
  const f = useFormat();
  return (
    <div className="col small" style={{ gap: 8 }}>
      <span>
        <span className="b">{t("letters.t.required")}</span>{" "}
        <span className="letters-names mono tiny">
          {template.required.map((name) => (
            <span key={name}>{name.includes(".") ? `{{${name}}}` : `{{> ${name}}}`}</span>
          ))}
        </span>
      </span>
      <details>
        <summary>{t("letters.t.statements")}</summary>
        <span className="letters-names mono tiny">
          {template.statements.map((name) => (
            <span key={name}>{`{{> ${name}}}`}</span>
          ))}
        </span>
      </details>
      <details>
        <summary>{t("letters.t.facts")}</summary>
        <span className="letters-names mono tiny">
          {template.facts.map((name) => (
            <span key={name}>{`{{${name}}}`}</span>
          ))}
        </span>
      </details>
      <details>
        <summary>{t("letters.t.versions")}</summary>
        <ul className="letters-faults">
          {template.versions.map((one) => (
            <li key={one.version}>
              {one.savedAt === null
                ? t("letters.t.own")
                : t("letters.t.version", { n: one.version, who: one.savedBy ?? "", time: f.moment(one.savedAt) })}
              {one.note !== null && <span className="ink3"> {one.note}</span>}
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
