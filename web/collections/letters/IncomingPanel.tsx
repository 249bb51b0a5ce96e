import type { MailInKind, MailInWire } from "../../../src/collections/letters/contract.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { type Level, Tag } from "../../kit/Risk.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";

const LEVEL: Readonly<Record<MailInKind, Level>> = {
  "bounce-hard": "crit",
  "bounce-soft": "warn",
  "auto-reply": "none",
  reply: "info",
  unknown: "unknown",
};

type Props = { readonly accountId?: string | undefined };

/** Reports of delivery and replies; of one account where it is told. */
export function IncomingPanel({ accountId }: Props) {
  const t = useT();
  const path = `/api/collections/mail-in${accountId === undefined ? "" : `?accountId=${accountId}`}`;
  const mails = useRead<{ readonly rows: readonly MailInWire[] }>(["collections", "mail-in", accountId ?? ""], path);
  return (
    <Panel title={t("letters.incoming")} question={t("letters.incoming.q")}>
      <Loaded query={mails}>
        {({ rows }) =>
          rows.length === 0 ? (
            <EmptyState level="none" title={t("letters.incoming.none")} text={t("letters.incoming.none.text")} />
          ) : (
            <ul className="letters-rows small">
              {rows.map((mail) => (
                <Mail key={mail.mailId} mail={mail} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Mail({ mail }: { readonly mail: MailInWire }) {
  const t = useT();
  const f = useFormat();
  return (
    <li>
      <details>
        <summary className="letters-break">
          <Tag level={LEVEL[mail.kind]}>{t(`letters.in.${mail.kind}`)}</Tag> <span className="b">{mail.from}</span>{" "}
          {mail.subject} <span className="ink3 num">{f.moment(mail.receivedAt)}</span>
        </summary>
        <p className="letters-address">{mail.text}</p>
        <span className="row wrap ink2">
          {mail.letterId !== null && <Go to={`/collections/letters/${mail.letterId}`}>{t("letters.in.letter")}</Go>}
          {mail.accountId !== null && <Go to={`/customers/${mail.accountId}`}>{t("letters.col.account")}</Go>}
          {mail.attachments > 0 && t("letters.in.attachments", { n: mail.attachments })}
        </span>
      </details>
    </li>
  );
}
