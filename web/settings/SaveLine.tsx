import { Button } from "@mantine/core";
import { Failure } from "../access/Failure.tsx";
import { useT } from "../i18n/t.ts";
import { Glyph } from "../kit/Risk.tsx";

type SaveLineProps = {
  readonly isChanged: boolean;
  readonly isBusy: boolean;
  readonly isSaved: boolean;
  readonly error: unknown;
  readonly action?: string;
};

/** The end of a form: its button, and what became of it. */
export function SaveLine({ isChanged, isBusy, isSaved, error, action }: SaveLineProps) {
  const t = useT();
  return (
    <div className="row wrap">
      <Button type="submit" disabled={!isChanged} loading={isBusy}>
        {action ?? t("settings.save")}
      </Button>
      {isSaved && !isChanged && (
        <span className="small ok row" role="status" style={{ gap: 5 }}>
          <Glyph level="ok" size={13} />
          {t("kit.saved")}
        </span>
      )}
      <Failure error={error} />
    </div>
  );
}
