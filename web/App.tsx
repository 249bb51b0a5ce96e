import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo } from "react";
import { RouterProvider } from "@tanstack/react-router";
import { onSignedOut } from "./api.ts";
import { useChoices } from "./i18n/settings.ts";
import { useT } from "./i18n/t.ts";
import { queryClient } from "./query.ts";
import { router } from "./routes.tsx";
import { themeFor } from "./theme.ts";

onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === "/sign-in" || pathname === "/welcome") return;
  queryClient.clear();
  void router.navigate({ to: "/sign-in", search: href === "/" ? {} : { next: href } });
});

export function App() {
  const { scheme } = useChoices();
  const t = useT();
  const close = t("kit.close");
  const theme = useMemo(() => themeFor(close), [close]);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      {...(scheme === "auto" ? {} : { forceColorScheme: scheme })}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
