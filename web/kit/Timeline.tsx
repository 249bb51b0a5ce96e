import { useFormat } from "../i18n/t.ts";
import { Glyph, type Level } from "./Risk.tsx";

export type TimelineItem = {
  readonly id: string;
  /** ISO instant. */
  readonly at: string;
  readonly level?: Level | undefined;
  readonly title: React.ReactNode;
  readonly detail?: React.ReactNode | undefined;
  /** Who or what did it. */
  readonly by?: string | undefined;
};

/** What happened, in the order given: moment, mark, words, who. */
export function Timeline({ items }: { readonly items: readonly TimelineItem[] }) {
  const f = useFormat();
  return (
    <ol className="timeline">
      {items.map((item) => (
        <li key={item.id}>
          <time className="tiny ink3 num" dateTime={item.at}>
            {f.moment(item.at)}
          </time>
          <Glyph level={item.level ?? "none"} size={13} />
          <span className="col">
            <span>{item.title}</span>
            {item.detail && <span className="small ink2">{item.detail}</span>}
            {item.by && <span className="tiny ink3">{item.by}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
