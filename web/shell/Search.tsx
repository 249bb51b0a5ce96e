import { Modal } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import type { SearchHit, SearchWire } from "../../src/today/contract.ts";
import { api, query } from "../api.ts";
import { type T, useT } from "../i18n/t.ts";
import { useGo } from "../kit/Go.tsx";
import { useMay } from "./desk.ts";
import { NAV } from "./nav.ts";

type SearchProps = { readonly isOpen: boolean; readonly onClose: () => void };
type Choice = {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly to: string;
};

const LETTERS_MIN = 2;
const WHERE: Record<SearchHit["kind"], string> = {
  customer: "/customers",
  case: "/cases",
  notice: "/notices",
  proposal: "/decisions",
};

export function Search({ isOpen, onClose }: SearchProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} withCloseButton={false} padding={0} size={560} yOffset="12vh">
      <SearchBox onClose={onClose} />
    </Modal>
  );
}

function usePages(text: string): readonly Choice[] {
  const t = useT();
  const can = useMay();
  if (text === "") return [];
  return NAV.flat()
    .filter((item) => can(item.permission))
    .map((item) => ({
      id: item.name,
      kind: t("shell.search.go"),
      title: t(`nav.${item.name}`),
      detail: "",
      to: item.to,
    }))
    .filter((choice) => choice.title.toLocaleLowerCase().startsWith(text.toLocaleLowerCase()));
}

const choiceOf = (hit: SearchHit, t: T): Choice => ({
  id: `${hit.kind} ${hit.id}`,
  kind: t(`shell.kind.${hit.kind}`),
  title: hit.title,
  detail: hit.detail,
  to: `${WHERE[hit.kind]}/${encodeURIComponent(hit.id)}`,
});

function useChoicesFor(asked: string) {
  const t = useT();
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) => api.get<SearchWire>(`/api/search${query({ q: asked })}`, { signal }),
    enabled: asked.length >= LETTERS_MIN,
    placeholderData: keepPreviousData,
    refetchInterval: false,
  });
  const hits = asked.length >= LETTERS_MIN ? (found.data?.results ?? []) : [];
  const choices = [...usePages(asked), ...hits.map((hit) => choiceOf(hit, t))];
  const hint =
    asked.length < LETTERS_MIN
      ? t("shell.search.hint")
      : found.error
        ? t("shell.search.failed")
        : found.isFetching
          ? t("kit.loading")
          : t("shell.search.none", { text: asked });
  return { choices, hint };
}

function SearchBox({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  const go = useGo();
  const listId = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { choices, hint } = useChoicesFor(useDeferredValue(text.trim()));
  const pick = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    go(choice.to);
  };
  const step = (by: number) =>
    setAt((was) => (choices.length === 0 ? 0 : (was + by + choices.length) % choices.length));
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter") pick(choices[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="search-field">
        <IconSearch size={16} aria-hidden="true" />
        <input
          data-autofocus
          role="combobox"
          aria-expanded={choices.length > 0}
          aria-controls={listId}
          aria-activedescendant={choices[at] ? `${listId}-${at}` : undefined}
          aria-label={t("shell.search.title")}
          placeholder={t("shell.search")}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <ChoiceList id={listId} choices={choices} at={at} onPoint={setAt} onPick={pick} />
      {choices.length === 0 && (
        <p className="search-hint small ink3" role="status">
          {hint}
        </p>
      )}
    </>
  );
}

type ChoiceListProps = {
  readonly id: string;
  readonly choices: readonly Choice[];
  readonly at: number;
  readonly onPoint: (at: number) => void;
  readonly onPick: (choice: Choice) => void;
};

function ChoiceList({ id, choices, at, onPoint, onPick }: ChoiceListProps) {
  const t = useT();
  return (
    <div className="search-list" id={id} role="listbox" aria-label={t("shell.search.title")}>
      {choices.map((choice, i) => (
        // The field keeps the focus and moves through these by arrow keys (ARIA combobox).
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          key={choice.id}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === at}
          onMouseEnter={() => onPoint(i)}
          onClick={() => onPick(choice)}
        >
          <span className="tiny ink3">{choice.kind}</span>
          <span className="cut b">{choice.title}</span>
          <span className="cut small ink3">{choice.detail}</span>
        </div>
      ))}
    </div>
  );
}
