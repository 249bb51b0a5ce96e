import { z } from "zod";
import type { SmsSetting } from "../../access/contract-settings.ts";
import type { LettersDeps } from "./deps.ts";
import type { SmtpAnswer } from "./mail.ts";

/** Text messages by 46elks: one POST of a form with basic sign-in; its answer says the message's id, or why not. */
const URL_46ELKS = "https://api.46elks.com/a1/sms";
const TIMEOUT_MS = 30_000;
const answerJson = z.object({ id: z.string(), status: z.string().optional() });

export async function sendSms(
  deps: Pick<LettersDeps, "post" | "smsUrl">,
  ask: {
    readonly gateway: SmsSetting & { readonly password: string | undefined };
    readonly to: string;
    readonly text: string;
    readonly beforeText: () => Promise<void>;
  },
): Promise<SmtpAnswer> {
  const { gateway, to, text } = ask;
  const body = new URLSearchParams({ from: gateway.from, to, message: text }).toString();
  const signIn = Buffer.from(`${gateway.user}:${gateway.password ?? ""}`).toString("base64");
  await ask.beforeText();
  try {
    const { status, text: answer } = await deps.post(deps.smsUrl ?? URL_46ELKS, {
      headers: { authorization: `Basic ${signIn}`, "content-type": "application/x-www-form-urlencoded" },
      body,
      timeoutMs: TIMEOUT_MS,
    });
    return readAnswer(status, answer);
  } catch (error) {
    // The request may have arrived: a text message has no id of ours by which a second one could be told, so a person decides.
    return { kind: "refused", answer: `outcome unknown: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function readAnswer(status: number, text: string): SmtpAnswer {
  const answer = `${status} ${text}`.replaceAll(/\s+/g, " ").slice(0, 500);
  if (status === 401 || status === 402 || status === 403) return { kind: "settings", answer };
  if (status === 429 || status === 503) return { kind: "deferred", answer, isUnsure: false };
  if (status >= 400) return { kind: "refused", answer };
  try {
    const parsed = answerJson.safeParse(JSON.parse(text));
    return parsed.success ? { kind: "accepted", answer, serverMessageId: parsed.data.id } : { kind: "refused", answer };
  } catch {
    return { kind: "refused", answer };
  }
}
