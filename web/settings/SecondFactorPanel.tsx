import { Switch } from "@mantine/core";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Loaded } from "../kit/States.tsx";
import { Failure } from "../access/Failure.tsx";
import { useSaveSettings, useSettings } from "./use-settings.ts";

/** Whether those who approve must prove themselves twice. */
export function SecondFactorPanel() {
  const t = useT();
  const settings = useSettings();
  const save = useSaveSettings();
  return (
    <Panel title={t("settings.factor")} question={t("settings.factor.q")}>
      <div className="sec">
        <Loaded query={settings}>
          {({ values }) => (
            <Switch
              label={t("settings.factor.require")}
              description={t("settings.factor.require.text")}
              checked={values["access.requireTwoFactor"] === true}
              disabled={save.isPending}
              onChange={(event) => save.mutate({ values: { "access.requireTwoFactor": event.currentTarget.checked } })}
            />
          )}
        </Loaded>
        <Failure error={save.error} />
      </div>
    </Panel>
  );
}
