import { Button, Modal, TextInput } from "@mantine/core";
import { IconLock, IconRotate2 } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../i18n/t.ts";
import { Glyph } from "./Risk.tsx";
import { useProblemText } from "./States.tsx";

/** One thing that will happen. Padlock = cannot be undone; turning arrow = can be, and `how`. */
export type Effect = {
  readonly text: React.ReactNode;
  readonly isReversible: boolean;
  readonly how?: string | undefined;
};

type ConfirmDialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Names the effect: "Cancel 2 Azure subscriptions". Never "OK" or "Confirm". */
  readonly action: string;
  readonly effects: readonly Effect[];
  readonly onConfirm: () => void;
  readonly isBusy?: boolean | undefined;
  readonly error?: unknown | undefined;
  /** The words that must be typed for the gravest steps. */
  readonly typed?: string | undefined;
  /** Why it cannot be done now; disables the button and says it beside it. */
  readonly whyNot?: string | undefined;
  /** A form: reason, outcome. */
  readonly children?: React.ReactNode | undefined;
};

/** Asks before something happens, and says what: before the button, not after it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const t = useT();
  const problemText = useProblemText();
  const [text, setText] = useState("");
  const isTyped = props.typed === undefined || text.trim() === props.typed;
  const isGrave = props.effects.some((effect) => !effect.isReversible);
  const canConfirm = isTyped && props.whyNot === undefined;
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={props.title} size={480} centered>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (canConfirm && props.isBusy !== true) props.onConfirm();
        }}
      >
        {props.effects.length > 0 && <Effects effects={props.effects} />}
        {props.children}
        {props.typed !== undefined && (
          <TextInput
            label={t("kit.typeToConfirm", { text: props.typed })}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        {props.error !== undefined && props.error !== null && (
          <span className="row top small crit" role="alert" style={{ gap: 6 }}>
            <Glyph level="error" size={13} />
            {problemText(props.error)}
          </span>
        )}
        <span className="row wrap" style={{ justifyContent: "flex-end" }}>
          {props.whyNot !== undefined && <span className="small ink2">{props.whyNot}</span>}
          {/* Not "Cancel": beside "Cancel 2 Azure subscriptions" that would be read as the deed. */}
          <Button variant="default" onClick={props.onClose}>
            {t("kit.back")}
          </Button>
          <Button
            type="submit"
            disabled={!canConfirm}
            loading={props.isBusy ?? false}
            color={isGrave ? "crit" : "fjord"}
          >
            {props.action}
          </Button>
        </span>
      </form>
    </Modal>
  );
}

/** What will happen, irreversible effects first. */
export function Effects({ effects }: { readonly effects: readonly Effect[] }) {
  const t = useT();
  const ordered = [...effects].sort((a, b) => Number(a.isReversible) - Number(b.isReversible));
  return (
    <ul className="effects small">
      {ordered.map((effect, i) => {
        const Mark = effect.isReversible ? IconRotate2 : IconLock;
        return (
          <li key={i} className="row top" style={{ gap: 7 }}>
            <Mark
              size={14}
              stroke={1.7}
              role="img"
              aria-label={t(effect.isReversible ? "kit.reversible" : "kit.irreversible")}
              style={{ flex: "none", marginTop: 2 }}
            />
            <span>
              {effect.text} {effect.how && <span className="ink3">{effect.how}</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
