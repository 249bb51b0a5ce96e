import { z } from "zod";
import { LANGUAGES } from "../../access/contract.ts";
import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { type Route, route } from "../../http/contract.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import {
  LETTER_EVENTS,
  PLACES,
  previewJson,
  type PreviewWire,
  type Purpose,
  PURPOSES,
  TEMPLATE_CHARS_MAX,
  type TemplateFault,
  templateFaultJson,
  templateJson,
  templateRowJson,
  type TemplateWire,
} from "./contract.ts";
import { makeDocument } from "./decide-document.ts";
import { drawHtml, drawLine, drawText } from "./decide-draw.ts";
import { languageOf, makeFacts, placeOf } from "./decide-facts.ts";
import { REQUIRED } from "./decide-model.ts";
import { KNOWN_FACTS, KNOWN_STATEMENTS, parseTemplate } from "./decide-template.ts";
import type { LettersDeps } from "./deps.ts";
import { missingOf } from "./http-mail.ts";
import { drawPdfWith } from "./pdf.ts";
import { creditorOf } from "./service.ts";
import { contactsOf } from "./store-contacts.ts";
import { insertTemplate, newestTemplates, type TemplateKey, templateVersions } from "./store-templates.ts";
import { builtIn, templateFor } from "./templates.ts";
import { templateRow } from "./wire.ts";

const key = z.object({ purpose: z.enum(PURPOSES), language: z.enum(LANGUAGES), place: z.enum(PLACES) });
const text = z.string().min(1).max(TEMPLATE_CHARS_MAX);
const PATH = "/api/collections/templates/:purpose/:language/:place";

export const templateRoutes = (deps: LettersDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/collections/templates",
    permission: "collections.read",
    summary: "Every template with the version in use; 0 is the one that Surety brings",
    response: z.object({ rows: z.array(templateRowJson) }),
    handle: async ({ tx }) => ok({ rows: await allTemplates(tx) }),
  }),
  route({
    method: "GET",
    path: PATH,
    permission: "collections.read",
    summary: "One template: its text, what it must say, what it may speak of, its versions",
    params: key,
    response: templateJson,
    handle: async ({ tx, params }) => ok(await oneTemplate(tx, params)),
  }),
  route({
    method: "PUT",
    path: PATH,
    permission: "collections.policy",
    summary: "Save a new version; refused, with every fault's place, while a statement is missing or a tag is wrong",
    params: key,
    body: z.strictObject({ text, note: z.string().trim().max(500).default(""), after: z.number().int().min(0) }),
    response: templateJson,
    handle: async ({ tx, params, body, actor, now }) => saveTemplate(tx, { key: params, ...body, actor, now }),
  }),
  route({
    method: "POST",
    path: "/api/collections/templates/check",
    permission: "collections.read",
    summary: "What is wrong with a text as a template; keeps nothing",
    body: z.strictObject({ purpose: z.enum(PURPOSES), text: z.string().max(TEMPLATE_CHARS_MAX * 2) }),
    response: z.object({ faults: z.array(templateFaultJson) }),
    handle: async ({ body }) => ok({ faults: [...parseTemplate(body.text, body.purpose).faults] }),
  }),
  route({
    method: "POST",
    path: "/api/collections/letters/preview",
    permission: "collections.read",
    summary: "A letter as it would read for this account today; sends and keeps nothing",
    body: z.strictObject({
      accountId: z.uuid(),
      purpose: z.enum(PURPOSES),
      language: z.enum(LANGUAGES).optional(),
      place: z.enum(PLACES).optional(),
      text: text.optional(),
    }),
    response: previewJson,
    handle: ({ tx, body, now }) => preview(deps, tx, { ...body, now }),
  }),
];

async function allTemplates(tx: Tx) {
  const edited = new Map(
    (await newestTemplates(tx)).map((row) => [`${row.purpose} ${row.language} ${row.place}`, row]),
  );
  return PURPOSES.flatMap((purpose) =>
    LANGUAGES.flatMap((language) =>
      PLACES.map((place) => {
        const row = edited.get(`${purpose} ${language} ${place}`);
        return row ? templateRow(row) : { purpose, language, place, version: 0, savedAt: null, savedBy: null };
      }),
    ),
  );
}

async function oneTemplate(tx: Tx, which: TemplateKey): Promise<TemplateWire> {
  const versions = await templateVersions(tx, which);
  const [newest] = versions;
  const first = { ...which, version: 0, savedAt: null, savedBy: null };
  return {
    ...(newest ? templateRow(newest) : first),
    text: newest?.text ?? builtIn(which),
    note: newest?.note ?? null,
    required: [...REQUIRED[which.purpose]],
    facts: [...KNOWN_FACTS],
    statements: [...KNOWN_STATEMENTS],
    versions: [...versions.map((row) => ({ ...templateRow(row), note: row.note })), { ...first, note: null }],
  };
}

type Save = {
  readonly key: TemplateKey;
  readonly text: string;
  readonly note: string;
  readonly after: number;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};
export async function saveTemplate(tx: Tx, ask: Save): Promise<Result<TemplateWire, Refusal>> {
  const { key: which, after, actor, now } = ask;
  const { faults } = parseTemplate(ask.text, which.purpose);
  if (faults.length > 0) return faulty(faults);
  const row = {
    ...which,
    version: after + 1,
    text: ask.text,
    note: ask.note || null,
    saved_at: now,
    saved_by: actor.name,
  };
  const [newest] = await templateVersions(tx, which);
  if ((newest?.version ?? 0) !== after || !(await insertTemplate(tx, row)))
    return no("conflict", "template-changed", "somebody saved another version meanwhile: look at it first", {
      facts: { version: newest?.version ?? after },
    });
  const saved = await oneTemplate(tx, which);
  await appendEvents(tx, [
    {
      type: LETTER_EVENTS.templateSaved,
      actor,
      at: now,
      subject: { kind: "letter-template", id: `${which.purpose}.${which.language}.${which.place}` },
      why: ask.note || undefined,
      before: { version: after, text: newest?.text ?? builtIn(which) },
      after: { version: row.version, text: ask.text },
    },
  ]);
  return ok(saved);
}

const faulty = (faults: readonly TemplateFault[]) =>
  no("invalid", "template-faulty", `line ${faults[0]?.line}: ${faults[0]?.code} ${faults[0]?.name}`, {
    fields: faults.map((fault) => ({
      field: `text:${fault.line}:${fault.column}`,
      value: fault.name,
      fix: fault.code,
    })),
    facts: { faults: faults.length, first: faults[0]?.name ?? "" },
  });

type Preview = {
  readonly accountId: string;
  readonly purpose: Purpose;
  readonly language?: (typeof LANGUAGES)[number] | undefined;
  readonly place?: (typeof PLACES)[number] | undefined;
  readonly text?: string | undefined;
  readonly now: Temporal.Instant;
};
export async function preview(deps: LettersDeps, tx: Tx, ask: Preview): Promise<Result<PreviewWire, Refusal>> {
  const accountId = ask.accountId as CustomerId;
  const account = await deps.accountToday(tx, accountId, ask.now);
  if (account === undefined)
    return no("not-found", "account-not-judged", "nothing is known of this account that a letter could say");
  const place = ask.place ?? placeOf(account.account.account.country, account.policy.policy.law);
  const language = ask.language ?? languageOf(account.account.account.language, place, await deps.language(tx));
  const parsed = ask.text === undefined ? undefined : parseTemplate(ask.text, ask.purpose);
  const template = parsed?.template ?? (await templateFor(tx, { purpose: ask.purpose, language, place })).template;
  const creditor = await creditorOf(deps, tx);
  const paper = (await contactsOf(tx, [accountId])).find((one) => one.channel === "letter" && one.bad_since === null);
  const counted = account.state.currencies
    .flatMap((one) => one.items)
    .filter((item) => item.leftOut === undefined && item.daysPastDue > 0);
  const notice = account.state.tell ?? {
    stepId: account.state.step ?? "",
    channels: [],
    invoiceIds: counted.map((item) => item.invoiceId),
    listedIds: [],
    charges: [],
  };
  const addressLines = paper?.address.split("\n") ?? [];
  const facts = makeFacts({
    ...account,
    now: ask.now,
    notice,
    purpose: ask.purpose,
    language,
    place,
    number: "L-0",
    creditor,
    addressLines,
  });
  const document = makeDocument(template, facts);
  const { unprintable } = await drawPdfWith([document]);
  return ok({
    subject: document.subject,
    html: drawHtml(document),
    text: ask.purpose === "sms" ? drawLine(document) : drawText(document),
    unprintable: [...unprintable],
    faults: [...(parsed?.faults ?? [])],
    missing: [...missingOf(creditor), ...(addressLines.length === 0 ? ["customer-address"] : [])],
  });
}
