import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

/** Opens an address of this page, e.g. `/cases/42?tab=evidence`. */
export function useGo(): (to: string) => void {
  const router = useRouter();
  return useCallback((to: string) => router.history.push(to), [router]);
}

type GoProps = Omit<React.ComponentProps<"a">, "href"> & { readonly to: string };

/** A link inside the page. A real link: it can be copied, opened in a new tab, and read out. */
export function Go({ to, onClick, children, ...rest }: GoProps) {
  const go = useGo();
  return (
    <a
      href={to}
      {...rest}
      onClick={(event) => {
        onClick?.(event);
        const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (event.defaultPrevented || !isPlain || rest.target !== undefined) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
