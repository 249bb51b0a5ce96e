/** Text messages: how long they are and when they may go. */

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_DOUBLE = "^{}\\[~]|€";

export type SmsSize = { readonly encoding: "gsm-7" | "ucs-2"; readonly units: number; readonly segments: number };

/** Length as the network counts it (3GPP TS 23.038): 160 or 70 in one message, 153 or 67 in each of several. */
export function smsSize(text: string): SmsSize {
  const letters = [...text];
  const isGsm = letters.every((letter) => GSM.includes(letter) || GSM_DOUBLE.includes(letter));
  const units = isGsm ? letters.reduce((all, letter) => all + (GSM_DOUBLE.includes(letter) ? 2 : 1), 0) : text.length;
  const [one, each] = isGsm ? [160, 153] : [70, 67];
  return { encoding: isGsm ? "gsm-7" : "ucs-2", units, segments: units <= one ? 1 : Math.ceil(units / each) };
}

/** Text messages that are longer cost a page of a letter; the template is at fault. */
export const SMS_SEGMENTS_MAX = 6;

/** No message before 08:00 or from 20:00 on, in the customer's zone: the moment from which it may go. */
export function outsideQuietHours(now: Temporal.Instant, zone: string): Temporal.Instant {
  const local = now.toZonedDateTimeISO(zone);
  if (local.hour >= 8 && local.hour < 20) return now;
  const day = local.hour < 8 ? local.toPlainDate() : local.toPlainDate().add({ days: 1 });
  return day.toZonedDateTime({ timeZone: zone, plainTime: "08:00" }).toInstant();
}

/** The spaces that a person writes a number with are left out; undefined when it is no number in international form. */
export function phoneNumber(text: string): string | undefined {
  const plain = text.replaceAll(/[\s().-]/g, "").replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$/.test(plain) ? plain : undefined;
}
