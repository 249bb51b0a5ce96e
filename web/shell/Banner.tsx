import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { ProgressBar } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useWrite } from "../query.ts";
import { useDesk, useMay } from "./desk.ts";

/** What is true of the whole desk and must be seen on every page: invented data, or a lost line. */
export function Banner({ isDown }: { readonly isDown: boolean }) {
  const t = useT();
  const desk = useDesk();
  return (
    <>
      {isDown && (
        <div className="banner down" role="alert">
          <Glyph level="error" size={13} />
          {t("desk.down")}
        </div>
      )}
      {desk.demo && <DemoBanner />}
    </>
  );
}

function DemoBanner() {
  const t = useT();
  const word = useWord();
  const can = useMay();
  const { demoLoading } = useDesk();
  return (
    <section className="banner demo" aria-label={t("demo.banner")}>
      <Glyph level="info" size={13} />
      {demoLoading === null ? (
        <span className="b">{t("demo.banner")}</span>
      ) : (
        <span className="row wrap" style={{ gap: 8 }}>
          <span className="b">{t("demo.banner")}</span>
          <span className="num">
            {t("demo.loading", {
              step: word(`demo.step.${demoLoading.step}`, {}, demoLoading.step),
              done: demoLoading.done,
              total: demoLoading.total,
            })}
          </span>
          <span style={{ width: 96 }}>
            <ProgressBar done={demoLoading.done} total={demoLoading.total} label={t("demo.banner")} />
          </span>
        </span>
      )}
      <span className="push row" style={{ gap: 14 }}>
        {demoLoading === null && can("cases.work") && <LetTimePass />}
        {can("settings.manage") && (
          <span className="row hide-sm" style={{ gap: 14 }}>
            <Go className="more" to="/settings?tab=demo">
              {t("demo.empty")}
            </Go>
            <Go className="more" to="/settings?tab=partner-center">
              {t("demo.connect")}
            </Go>
          </span>
        )}
      </span>
    </section>
  );
}

/** Tomorrow at a press: letters go, clocks run out, subscriptions renew. Only invented time passes. */
function LetTimePass() {
  const t = useT();
  const f = useFormat();
  const client = useQueryClient();
  const pass = useWrite((days: number, o) => api.post<{ now: string }>("/api/demo/let-time-pass", { days }, o), {
    topics: [],
    onDone: () => void client.invalidateQueries(),
  });
  return (
    <>
      <span className="sr" role="status">
        {pass.data && t("demo.passed", { moment: f.moment(pass.data.now) })}
      </span>
      <button type="button" className="more" disabled={pass.isPending} onClick={() => pass.mutate(1)}>
        {t("demo.pass")}
      </button>
    </>
  );
}
