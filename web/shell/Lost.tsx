import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { EmptyState, ErrorState } from "../kit/States.tsx";

export function NotFoundPage() {
  const t = useT();
  return (
    <main className="page bare">
      <h1 className="sr">{t("shell.notfound")}</h1>
      <EmptyState
        level="unknown"
        title={t("shell.notfound")}
        text={t("shell.notfound.text")}
        action={
          <Go className="more" to="/">
            {t("shell.today")}
          </Go>
        }
      />
    </main>
  );
}

/** A fault in a page stays in that page; the frame and its clocks go on. */
export function CrashPage({ error }: { readonly error: unknown }) {
  const t = useT();
  const router = useRouter();
  useEffect(() => console.error(error), [error]);
  return (
    <div className="page bare">
      <h1 className="sr">{t("shell.crash")}</h1>
      <ErrorState
        error={error}
        title={t("shell.crash")}
        text={t("shell.crash.text")}
        action={
          <Button variant="default" onClick={() => void router.invalidate()}>
            {t("kit.retry")}
          </Button>
        }
      />
    </div>
  );
}
