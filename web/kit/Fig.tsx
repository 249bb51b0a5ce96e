import { Popover } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "./Go.tsx";

/** One line of a figure's parts. `to` opens where that part is looked after. */
export type FigurePart = {
  readonly label: string;
  readonly value: React.ReactNode;
  readonly note?: string | undefined;
  readonly to?: string | undefined;
};

/** What a figure shows when it opens: parts that sum to it, the formula in words, its age and its source. */
export type Figure = {
  readonly title: string;
  readonly parts: readonly FigurePart[];
  readonly sum?: { readonly label?: string; readonly value: React.ReactNode } | undefined;
  /** In words: "Open invoices + unbilled usage + committed term − deposits". */
  readonly formula: string;
  /** ISO instant. */
  readonly asOf?: string | null | undefined;
  readonly source: string;
  readonly open?: { readonly label: string; readonly to: string } | undefined;
};

type FigProps = {
  readonly children: React.ReactNode;
  /** The parts, or a component that reads them when the figure is opened. */
  readonly opens: Figure | (() => React.ReactNode);
  /** What the figure is, for a screen reader: "Exposure". The value follows by itself. */
  readonly label?: string | undefined;
  readonly className?: string | undefined;
};

/** A figure that opens to its parts. A figure without parts is plain text: never draw the dotted line on it. */
export function Fig({ children, opens, label, className = "" }: FigProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-start"
      width={340}
      trapFocus
      returnFocus
      closeOnEscape
      withinPortal
      shadow="none"
      radius="md"
      transitionProps={{ duration: 100, transition: "fade" }}
    >
      <Popover.Target>
        <button
          type="button"
          className={`fig ${className}`}
          aria-haspopup="dialog"
          onClick={(event) => {
            event.stopPropagation();
            setOpen((was) => !was);
          }}
        >
          {label && <span className="sr">{label} </span>}
          {children}
        </button>
      </Popover.Target>
      <Popover.Dropdown className="figure" onClick={(event) => event.stopPropagation()}>
        {isOpen &&
          (typeof opens === "function" ? (
            <Opened content={opens} />
          ) : (
            <FigureCard figure={opens} onClose={() => setOpen(false)} />
          ))}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Its own component, so that `opens` may use hooks. */
function Opened({ content: Content }: { readonly content: () => React.ReactNode }) {
  return <Content />;
}

/** The inside of an opened figure; for `opens` functions that read their parts first. */
export function FigureCard({ figure, onClose }: { readonly figure: Figure; readonly onClose?: () => void }) {
  const t = useT();
  const f = useFormat();
  const id = useId();
  return (
    <div aria-labelledby={id} role="group">
      <div className="row figure-head">
        <span className="b" id={id}>
          {figure.title}
        </span>
        {onClose && (
          <button type="button" className="icon push" aria-label={t("kit.fig.close")} onClick={onClose}>
            <IconX size={14} />
          </button>
        )}
      </div>
      {figure.parts.length > 0 && <Parts figure={figure} />}
      <dl className="figure-why">
        <dt>{t("kit.fig.formula")}</dt>
        <dd>{figure.formula}</dd>
        {figure.asOf && (
          <>
            <dt>{t("kit.fig.asof")}</dt>
            <dd className="num">{f.moment(figure.asOf)}</dd>
          </>
        )}
        <dt>{t("kit.fig.source")}</dt>
        <dd>{figure.source}</dd>
      </dl>
      {figure.open && (
        <Go className="more" to={figure.open.to}>
          {figure.open.label}
        </Go>
      )}
    </div>
  );
}

function Parts({ figure }: { readonly figure: Figure }) {
  const t = useT();
  return (
    <table className="figure-parts">
      <tbody>
        {figure.parts.map((part, i) => (
          <tr key={`${i} ${part.label}`}>
            <th scope="row">
              {part.to ? (
                <Go className="lnk" to={part.to}>
                  {part.label}
                </Go>
              ) : (
                part.label
              )}
              {part.note && <span className="tiny ink3"> {part.note}</span>}
            </th>
            <td className="num">{part.value}</td>
          </tr>
        ))}
      </tbody>
      {figure.sum && (
        <tfoot>
          <tr>
            <th scope="row">{figure.sum.label ?? t("kit.fig.sum")}</th>
            <td className="num">{figure.sum.value}</td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}
