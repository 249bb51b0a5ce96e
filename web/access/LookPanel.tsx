import { Radio, Switch } from "@mantine/core";
import type { AccountWire } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { LANGUAGES, type Language } from "../i18n/format.ts";
import { choose, type Scheme, SCHEMES, useChoices } from "../i18n/settings.ts";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { useWrite } from "../query.ts";
import { Failure } from "./Failure.tsx";

const NAME_OF: Record<Language, string> = { en: "English", sv: "Svenska" };

/** Language goes with the person, colours and keys with this browser. */
export function LookPanel({ account }: { readonly account: AccountWire }) {
  const t = useT();
  const choices = useChoices();
  const save = useWrite(
    (language: Language, options) => api.put<AccountWire>("/api/account", { language, name: account.name }, options),
    { topics: ["access"] },
  );
  return (
    <Panel title={t("account.look.title")} question={t("account.look.q")}>
      <div className="sec col" style={{ gap: 18 }}>
        <Radio.Group
          label={t("account.language")}
          description={t("account.language.help")}
          value={choices.language}
          onChange={(value) => {
            choose({ language: value as Language });
            save.mutate(value as Language);
          }}
        >
          <div className="choices">
            {LANGUAGES.map((language) => (
              <Radio key={language} value={language} label={<span lang={language}>{NAME_OF[language]}</span>} />
            ))}
          </div>
        </Radio.Group>
        <Failure error={save.error} />
        <Radio.Group
          label={t("account.scheme")}
          value={choices.scheme}
          onChange={(value) => choose({ scheme: value as Scheme })}
        >
          <div className="choices">
            {SCHEMES.map((scheme) => (
              <Radio key={scheme} value={scheme} label={t(`account.scheme.short.${scheme}`)} />
            ))}
          </div>
        </Radio.Group>
        <Switch
          label={t("account.keys")}
          description={t("account.keys.help")}
          checked={choices.keys}
          onChange={(event) => choose({ keys: event.currentTarget.checked })}
        />
      </div>
    </Panel>
  );
}
