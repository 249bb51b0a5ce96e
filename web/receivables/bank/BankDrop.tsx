import { IconBuildingBank } from "@tabler/icons-react";
import type { BankFileWire } from "../../../src/receivables/bank/contract-bank.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { DropZone } from "../DropZone.tsx";

type BankDropProps = { readonly canImport: boolean; readonly onReceived: (made: BankFileWire) => void };

/** Where a bank's file comes in. Any name will do: the file is known by what stands in it. */
export function BankDrop(props: BankDropProps) {
  const t = useT();
  const f = useFormat();
  return (
    <DropZone<BankFileWire>
      {...props}
      path="/api/bank-files"
      icon={IconBuildingBank}
      className="bank-drop"
      words={{
        title: t("receivables.bank.drop"),
        question: t("receivables.bank.drop.q"),
        text: t("receivables.bank.drop.text"),
      }}
      // Sending is measured; reading and matching is not, and says what it does.
      sending={(file, share) =>
        share < 1
          ? t("receivables.bank.sending", { file, share: f.percent(share) })
          : t("receivables.bank.reading", { file })
      }
    />
  );
}
