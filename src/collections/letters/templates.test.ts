import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extractText } from "unpdf";
import { LANGUAGES } from "../../access/contract.ts";
import { PLACES, PURPOSES } from "./contract.ts";
import { makeDocument } from "./decide-document.ts";
import { drawHtml, drawLine, drawText } from "./decide-draw.ts";
import { makeFacts, placeOf } from "./decide-facts.ts";
import { amountIn, dayIn, ocrReference, rfReference } from "./decide-figures.ts";
import { REQUIRED } from "./decide-model.ts";
import { outsideQuietHours, phoneNumber, smsSize } from "./decide-sms.ts";
import { statement } from "./decide-statements.ts";
import { parseTemplate } from "./decide-template.ts";
import { DEMO_CREDITOR } from "./deps.ts";
import { drawPdfWith, luhnDigit } from "./pdf.ts";
import { builtIn } from "./templates.ts";
import { ask, worstFacts, type AskSpec } from "./testing.ts";

const every = PURPOSES.flatMap((purpose) =>
  LANGUAGES.flatMap((language) => PLACES.map((place) => ({ purpose, language, place }))),
);

test("every template that Surety brings has no fault and says what it must", () => {
  assert.equal(every.length, 104);
  for (const key of every) assert.deepEqual(parseTemplate(builtIn(key), key.purpose).faults, [], JSON.stringify(key));
});

test("every template renders in every language and country with the worst data: escaped, whole, with no tag left", () => {
  for (const { purpose, language, place } of every) {
    const document = makeDocument(
      parseTemplate(builtIn({ purpose, language, place }), purpose).template,
      worstFacts(purpose, language, place),
    );
    const html = drawHtml(document);
    const name = `${purpose} ${language} ${place}`;
    assert.doesNotMatch(html, /<script|<b>|\u202e|undefined|NaN/, name);
    assert.doesNotMatch(drawText(document), /\{\{|\}\}(?!<)|\u202e|undefined|NaN/, name);
    if (REQUIRED[purpose].includes("items")) assert.ok(html.includes("-399"), name);
    assert.equal(html.split("<table").length, html.split("</table>").length, name);
  }
});

test("the worst data fits on paper, and what no font has is named", async () => {
  const document = makeDocument(
    parseTemplate(builtIn({ purpose: "final-demand", language: "sv", place: "SE" }), "final-demand").template,
    worstFacts("final-demand", "sv", "SE"),
  );
  const drawn = await drawPdfWith([document]);
  assert.ok(drawn.pages > 5, `${drawn.pages} pages`);
  assert.ok(drawn.unprintable.includes("😀"));
  assert.ok(drawn.unprintable.includes("ش"));
  const { text } = await extractText(drawn.bytes, { mergePages: false });
  assert.ok(text.every((page, at) => page.includes(`Sida ${at + 1} av ${drawn.pages}`)));
});

const faultsOf = (text: string, purpose: (typeof PURPOSES)[number] = "thanks") =>
  parseTemplate(text, purpose).faults.map(({ line, code, name }) => [line, code, name]);
const THANKS = "Subject: x\n\n{{> contact}}\n\n{{> creditor}}";
const faults = [
  [THANKS, []],
  ["Subject: x\n\n{{> contact}}", [[3, "missing-statement", "creditor"]]],
  [`${THANKS}\n{{nobody}}`, [[6, "unknown-fact", "nobody"]]],
  [`${THANKS}\n{{> nothing}}`, [[6, "unknown-statement", "nothing"]]],
  [`${THANKS}\n{{#next.what}}x`, [[6, "not-closed", "next.what"]]],
  [`${THANKS}\n{{/next.what}}`, [[6, "not-opened", "next.what"]]],
  [`${THANKS}\nsee {{> items}}`, [[6, "statement-not-alone", "items"]]],
  ["{{> contact}}\n\n{{> creditor}}", [[1, "no-subject", "Subject:"]]],
  [`${THANKS}\n{{ oops`, [[6, "bad-tag", "{{ oops"]]],
  [`${THANKS}\nWe will suspend you.`, [[6, "threat", "suspen"]]],
  ["Subject: x\n{{#next.what}}\n{{> contact}}\n{{/next.what}}\n{{> creditor}}", [[5, "missing-statement", "contact"]]],
] as const;
for (const [text, wanted] of faults)
  test(`a template is told: ${JSON.stringify(wanted)}`, () => assert.deepEqual(faultsOf(text), wanted));

test("no text at all crashes the reader, and one without faults renders", () => {
  const parts = fc.constantFrom(
    "{{",
    "}}",
    "{{> items}}",
    "{{#next.day}}",
    "{{/next.day}}",
    "{{total.text}}",
    "\n",
    "Subject: ",
    "å",
    "# ",
    "- ",
    "x",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (all) => {
      const { template } = parseTemplate(all.join(""), "thanks");
      const document = makeDocument(template, worstFacts("thanks", "en", "SE"));
      assert.ok(drawHtml(document).includes("</html>"));
    }),
  );
});

const day = (text: string) => Temporal.PlainDate.from(text);
const letter = (spec: AskSpec, more: Partial<Parameters<typeof makeFacts>[0]> = {}) =>
  makeFacts({
    ...ask(spec),
    purpose: "suspension-notice",
    language: "en",
    place: "SE",
    number: "L-1",
    creditor: DEMO_CREDITOR,
    addressLines: [],
    ...more,
  });

test("one letter lists every overdue item of every currency; disputed and sold are not in it, listed and promised are marked", () => {
  const facts = letter({
    items: [
      { number: "A", open: 100n, due: "2026-10-01" },
      { number: "B", open: 200n, due: "2026-11-10" },
      { number: "C", open: 400n, due: "2026-10-02", currency: "EUR" },
      { number: "D", open: 800n, due: "2026-10-03", leftOut: "disputed" },
      { number: "E", open: 1600n, due: "2026-10-04", leftOut: "sold" },
      { number: "F", open: 3200n, due: "2026-10-05", leftOut: "promised" },
      { number: "G", open: 60n, due: "2026-10-20", leftOut: "claim", claim: { kind: "fee", ofInvoiceId: "A" } },
      { number: "H", open: 9n, due: "2026-12-24" },
    ],
    listed: ["B"],
    credits: { SEK: 50n },
  });
  assert.deepEqual(
    facts.items.map((item) => [item.number, item.role]),
    [
      ["A", "counted"],
      ["C", "counted"],
      ["F", "promised"],
      ["B", "listed"],
    ],
  );
  assert.deepEqual(
    facts.claims.map((claim) => [claim.kind, claim.ofNumber, claim.amountMinor]),
    [["earlier-fee", "A", "60"]],
  );
  assert.deepEqual(facts.totals, [
    { currency: "SEK", overdueMinor: "300", claimsMinor: "60", creditsMinor: "50", toPayMinor: "310" },
    { currency: "EUR", overdueMinor: "400", claimsMinor: "0", creditsMinor: "0", toPayMinor: "400" },
  ]);
});

test("the total is what is listed and claimed less credits, never below zero", () => {
  const item = fc.record({
    open: fc.bigInt({ min: 1n, max: 10n ** 14n }),
    currency: fc.constantFrom("SEK", "EUR", "JPY"),
    leftOut: fc.constantFrom(undefined, "disputed" as const, "promised" as const),
  });
  fc.assert(
    fc.property(
      fc.array(item, { minLength: 1, maxLength: 20 }),
      fc.bigInt({ min: 0n, max: 10n ** 14n }),
      (items, credit) => {
        const facts = letter({
          items: items.map((one, at) => ({
            number: String(at),
            due: "2026-10-01",
            open: one.open,
            currency: one.currency,
            ...(one.leftOut && { leftOut: one.leftOut }),
          })),
          credits: { SEK: credit },
        });
        for (const total of facts.totals) {
          const due = items
            .filter((one) => one.currency === total.currency && one.leftOut === undefined)
            .reduce((all, one) => all + one.open, 0n);
          const toPay = due - (total.currency === "SEK" ? credit : 0n);
          assert.equal(BigInt(total.toPayMinor), toPay > 0n ? toPay : 0n);
        }
      },
    ),
  );
});

test("only what the policy does is announced, and not before its notice period ran", () => {
  const spec = { items: [{ number: "A", open: 100n, due: "2026-10-12" }] };
  assert.deepEqual(letter({ ...spec, stepId: "notice" }).consequences, [{ kind: "suspend-seats", day: "2026-12-02" }]);
  assert.deepEqual(letter({ ...spec, stepId: "reminder" }).consequences, [
    { kind: "freeze-purchases", day: "2026-11-25" },
  ]);
  assert.deepEqual(letter({ ...spec, stepId: "suspend" }).consequences, [{ kind: "suspend-seats", day: "2026-11-18" }]);
  assert.equal(letter({ ...spec, stepId: "notice" }).payBy, "2026-12-01");
});

test("paper reads back: å ä ö é ł, amounts, OCR line, page numbers; the address stands in the window", async () => {
  const facts = letter(
    { name: "Åkeri Ängö AB, Łódź café", items: [{ number: "10413", open: 1250000n, due: "2026-10-12" }] },
    { language: "sv", addressLines: ["Örngatan 1", "123 45 Łódź"] },
  );
  const one = { ...facts, items: facts.items.map((item) => ({ ...item, number: "1041368", reference: "1041368" })) };
  const { bytes } = await drawPdfWith([
    makeDocument(
      parseTemplate(builtIn({ purpose: "suspension-notice", language: "sv", place: "SE" }), "suspension-notice")
        .template,
      one,
    ),
  ]);
  const { text } = await extractText(bytes, { mergePages: true });
  for (const words of [
    "Åkeri Ängö AB, Łódź café",
    "123 45 Łódź",
    "12 500,00",
    "Sida 1 av",
    "licenserna pausas",
    "IBAN",
  ])
    assert.ok(text.includes(words), `${words} in ${text.slice(0, 400)}`);
  const ocr = ocrReference("1041368");
  assert.equal(text.includes("#41#"), ocr !== undefined);
});

test("references, amounts and days", () => {
  assert.equal(rfReference("539007547034"), "RF18539007547034");
  assert.equal(rfReference("--"), undefined);
  assert.equal(ocrReference("1234567897"), "1234567897");
  assert.equal(ocrReference("1234567890"), undefined);
  assert.equal(luhnDigit("123456789"), "7");
  const style = { language: "sv", place: "SE" } as const;
  assert.equal(amountIn(style, "-123456789", "SEK").replaceAll("\u00a0", " "), "-1 234 567,89");
  assert.equal(amountIn({ language: "en", place: "US" }, "99999999999999999999", "USD"), "999,999,999,999,999,999.99");
  assert.equal(dayIn({ language: "en", place: "US" }, "2026-11-22"), "November 22, 2026");
  assert.equal(dayIn({ language: "en", place: "UK" }, "2026-11-22"), "22 November 2026");
  assert.deepEqual(
    ["SE", "DE", "GB", "us", "NO", undefined].map((country) => placeOf(country, "UK")),
    ["SE", "EU", "UK", "US", "UK", "UK"],
  );
});

test("text messages: segments as the network counts, quiet hours, numbers", () => {
  assert.deepEqual(
    [
      smsSize("a".repeat(160)).segments,
      smsSize("a".repeat(161)).segments,
      smsSize("€".repeat(80)).segments,
      smsSize("ł".repeat(70)).segments,
      smsSize("ł".repeat(71)).segments,
    ],
    [1, 2, 1, 1, 2],
  );
  const at = (text: string) => outsideQuietHours(Temporal.Instant.from(text), "Europe/Stockholm").toString();
  assert.deepEqual(
    [at("2026-11-18T06:59:00Z"), at("2026-11-18T07:00:00Z"), at("2026-11-18T18:59:00Z"), at("2026-11-18T19:00:00Z")],
    ["2026-11-18T07:00:00Z", "2026-11-18T07:00:00Z", "2026-11-18T18:59:00Z", "2026-11-19T07:00:00Z"],
  );
  assert.deepEqual([phoneNumber("0046 70-123 45 67"), phoneNumber("070-1234567")], ["+46701234567", undefined]);
  const document = makeDocument(
    parseTemplate(builtIn({ purpose: "sms", language: "sv", place: "SE" }), "sms").template,
    { ...letter({ items: [{ number: "A", open: 1250000n, due: "2026-10-12" }] }), language: "sv", purpose: "sms" },
  );
  assert.ok(smsSize(drawLine(document)).segments <= 2, drawLine(document));
});

test("interest of two rates is stated rate by rate, with what was claimed before", () => {
  const stretch = {
    ratePercent: "8.5",
    from: day("2022-12-16"),
    to: day("2022-12-31"),
    days: 16,
    principalMinor: 10_000_000n,
  };
  const claims = [
    {
      kind: "interest" as const,
      invoiceId: "A",
      currency: "SEK",
      amountMinor: 100_000n,
      basis: "Interest Act (1975:635) s. 6",
      stretches: [
        { ...stretch, amountMinor: 37_260n },
        {
          ...stretch,
          ratePercent: "10.5",
          from: day("2023-01-01"),
          to: day("2023-01-31"),
          days: 31,
          amountMinor: 89_178n,
        },
      ],
      earlierMinor: 26_438n,
    },
  ];
  const facts = letter({ items: [{ number: "A", open: 10_000_000n, due: "2022-12-15" }] }, { claims });
  const blocks = JSON.stringify(statement("claims", facts)).replaceAll(/[\u00a0\u202f]/g, " ");
  for (const said of ["16 days: 372.60", "31 days: 891.78", "less 264.38", "Interest Act"])
    assert.ok(blocks.includes(said), `${said} in ${blocks}`);
});
