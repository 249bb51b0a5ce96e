import { Select } from "@mantine/core";
import { useState } from "react";
import { useList } from "../query.ts";

/** Customers offered at once; typing narrows them. */
const CHOICES = 20;

type Props = {
  readonly label: string;
  readonly placeholder?: string;
  readonly nothingFound: string;
  readonly value: string | null;
  readonly onChange: (customerId: string | null) => void;
  /** Customers that cannot be chosen here. */
  readonly isOffered?: (customerId: string) => boolean;
};

/** Chooses a customer by name, domain or id: what is typed is searched on the server. */
export function CustomerField({ label, placeholder, nothingFound, value, onChange, isOffered }: Props) {
  const [asked, ask] = useState("");
  const found = useList<{ readonly id: string; readonly name: string }>("customers", "/api/customers", {
    q: asked === "" ? undefined : asked,
    limit: CHOICES,
  });
  const offered = found.rows.filter(({ id }) => isOffered?.(id) !== false);
  const doubled = new Set(
    offered.filter((one, at) => offered.some((o, n) => n !== at && o.name === one.name)).map(({ id }) => id),
  );
  return (
    <Select
      searchable
      data-autofocus
      label={label}
      {...(placeholder !== undefined && { placeholder })}
      nothingFoundMessage={nothingFound}
      data={offered.map(({ id, name }) => ({
        value: id,
        label: doubled.has(id) ? `${name} · ${id.slice(0, 8)}` : name,
      }))}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
      onSearchChange={(text) => ask(text.split(" · ")[0] ?? "")}
    />
  );
}
