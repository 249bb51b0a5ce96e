import { Button } from "@mantine/core";
import { useId, useState } from "react";
import type { OptionJson, OptionsJson } from "../../src/response/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Tag } from "../kit/Risk.tsx";
import { EmptyState, Why } from "../kit/States.tsx";
import { LastingCell, Saving } from "./parts.tsx";
import { answerOf, useActionName, useUndoText, useWhyText } from "./texts.ts";

const SHOWN_FIRST = 4;

type OptionCardsProps = {
  readonly options: OptionsJson;
  readonly chosen: OptionJson | undefined;
  readonly onChoose: (option: OptionJson) => void;
};

/** The ways to act side by side: what each saves, what it breaks, when, and the way back. A closed one says why. */
export function OptionCards({ options, chosen, onChoose }: OptionCardsProps) {
  const t = useT();
  const name = useId();
  const [isAll, showAll] = useState(false);
  if (options.options.length === 0)
    return <EmptyState level="none" title={t("response.options.none")} text={t("response.options.none.text")} />;
  const shown = options.options.filter((one, at) => isAll || at < SHOWN_FIRST || one.key === chosen?.key);
  const hidden = options.options.length - shown.length;
  return (
    <fieldset className="ways">
      <legend className="sr">{t("response.options")}</legend>
      {shown.map((option) => (
        <OptionCard
          key={option.key}
          option={option}
          group={name}
          isChosen={option.key === chosen?.key}
          onChoose={() => onChoose(option)}
        />
      ))}
      {hidden > 0 && (
        <div className="sec">
          <Button size="xs" variant="subtle" onClick={() => showAll(true)}>
            {t("response.options.more", { n: hidden })}
          </Button>
        </div>
      )}
      {isAll && options.cut > 0 && (
        <div className="sec small ink2">{t("response.options.cut", { n: options.cut })}</div>
      )}
    </fieldset>
  );
}

type CardProps = {
  readonly option: OptionJson;
  readonly group: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
};

function OptionCard({ option, group, isChosen, onChoose }: CardProps) {
  const t = useT();
  const f = useFormat();
  const actionName = useActionName();
  const undo = useUndoText();
  const why = useWhyText();
  const id = useId();
  const isClosed = option.whyNot !== null;
  const names = option.targets.map((target) => target.name).join(", ");
  return (
    <div className={`way ${isChosen ? "is-chosen" : ""} ${isClosed ? "is-closed" : ""}`}>
      <input
        type="radio"
        id={id}
        name={group}
        checked={isChosen}
        disabled={isClosed}
        onChange={onChoose}
        aria-describedby={`${id}-more`}
      />
      <label htmlFor={id} className="col" style={{ gap: 2, cursor: isClosed ? "default" : "pointer" }}>
        <span className="row wrap" style={{ gap: "2px 8px" }}>
          <span className={isClosed ? "ink2" : "b"}>{actionName({ ...option, answer: answerOf(option) })}</span>
          {option.recommended && <Tag level="warn">{t("response.options.recommended")}</Tag>}
        </span>
        {option.kind.endsWith("entitlement") && <span className="small ink2">{names}</span>}
        {isClosed && option.whyNot ? (
          <Why id={`${id}-more`}>{why(option.whyNot)}</Why>
        ) : (
          <span className="col" id={`${id}-more`} style={{ gap: 2 }}>
            <LastingCell effects={option.effects} />
            <span className="tiny ink3">
              {t("response.takes", { time: f.duration(option.takesMinutes) })} · {undo(option.undo)}
            </span>
          </span>
        )}
      </label>
      {!isClosed && <Saving saving={option.saving} />}
    </div>
  );
}
