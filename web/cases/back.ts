import { useGo } from "../kit/Go.tsx";

/** `Esc` goes back to the list, but first closes what is open: a figure, a menu, a dialog. */
export function useBack(to: string): () => void {
  const go = useGo();
  return () => {
    if (document.querySelector("[role=dialog], [role=listbox]") === null) go(to);
  };
}
