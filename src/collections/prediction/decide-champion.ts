import { ok, type Result } from "../../core/result.ts";
import { type Judged, judgeOn, learn, type Model, type ModelKind, type TooLittle } from "./decide-model.ts";
import type { PastInvoice } from "./decide-payer.ts";

/** What came of learning one kind. `champion`: how the model in use did on the same newest slice. */
export type Outcome = Result<
  { readonly model: Model; readonly champion: Judged | undefined; readonly isBetter: boolean },
  TooLittle
>;
export type JudgeAsk = { readonly kind: ModelKind; readonly asOfDay: number; readonly champion: Model | undefined };

/** A model is only as good as the newest slice says: it must beat giving everyone the same chance, and the one in use. */
export const beats = (judged: Judged, champion: Judged | undefined): boolean =>
  judged.logLoss < judged.baseLogLoss && (champion === undefined || judged.logLoss < champion.logLoss);

/** Learns one kind and, when one is in use, lets both answer the same newest slice. */
export function judgeAgainst(invoices: readonly PastInvoice[], { kind, asOfDay, champion }: JudgeAsk): Outcome {
  const learnt = learn(invoices, { kind, asOfDay });
  if (!learnt.ok) return learnt;
  const model = learnt.value;
  const before = champion === undefined ? undefined : judgeOn(champion, invoices, { ...model.judged, asOfDay });
  return ok({ model, champion: before, isBetter: beats(model.judged, before) });
}
