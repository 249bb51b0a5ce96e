import { isAlias, isCollection, isNode, LineCounter, parseDocument, visit, type Document } from "yaml";
import type { z } from "zod";
import { exponentOf, isCurrency } from "../../core/currency.ts";
import { ok, refuse, type Result } from "../../core/result.ts";
import { type AgreedFee, type Policy, policySchema } from "../contract-policy.ts";
import type { FaultCode, Place, PolicyFault } from "./contract.ts";
import { compileExpression, type Scope } from "./decide-cel.ts";
import { type Path, Places } from "./decide-place.ts";

/** Longest text of a policy in characters. The packs have about 8,000. */
export const POLICY_CHARS_MAX = 64_000;
/** Deepest nesting; the schema needs six. */
const DEPTH_MAX = 12;
/** References to an anchor; more are a riddle to read, and thousands are an attack. */
const ALIASES_MAX = 20;
const FAULTS_MAX = 50;

type About = {
  readonly code: FaultCode;
  readonly message: string;
  readonly fix: string;
  readonly facts?: PolicyFault["facts"];
};

/** A parsed policy together with where everything stands in its text; the linter points with it. */
export type ParsedPolicy = { readonly policy: Policy; readonly places: Places };

/** Reads a policy. Every fault is named with its place and what would be accepted; at most 50 of them. */
export function parsePolicy(text: string): Result<Policy, readonly PolicyFault[]> {
  const parsed = parsePolicyText(text);
  return parsed.ok ? ok(parsed.value.policy) : parsed;
}

/** As `parsePolicy`, and keeps the places. */
export function parsePolicyText(text: string): Result<ParsedPolicy, readonly PolicyFault[]> {
  const counter = new LineCounter();
  const start: Place = { path: "", line: 1, column: 1, from: 0, to: Math.min(1, text.length) };
  if (text.length > POLICY_CHARS_MAX)
    return refuse([
      fault(start, "", {
        code: "text-too-long",
        message: `a policy has at most ${POLICY_CHARS_MAX} characters, this one has ${text.length}`,
        fix: "split it into several policies with applies",
        facts: { most: POLICY_CHARS_MAX, found: text.length },
      }),
    ]);
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: counter,
      prettyErrors: false,
      uniqueKeys: true,
      strict: true,
      version: "1.2",
    });
  } catch (error) {
    // The reader is recursive: nesting of thousands of levels ends its stack.
    if (error instanceof RangeError) return refuse([fault(start, "", tooDeep)]);
    throw error;
  }
  const places = new Places(text, document, counter);
  const shape = shapeFaults(document, places);
  const broken = shape.length > 0 ? shape : yamlFaults(document, places);
  if (broken.length > 0) return refuse(sorted(broken));
  const plain = plainOf(document);
  if (!plain.ok) return refuse([fault(places.of([]), "", plain.error)]);
  const read = policySchema.safeParse(plain.value);
  if (!read.success) return refuse(sorted(read.error.issues.flatMap((issue) => issueFaults(issue, places))));
  const meaning = meaningFaults(read.data, places);
  return meaning.length > 0 ? refuse(sorted(meaning)) : ok({ policy: read.data, places });
}

const tooDeep: About = {
  code: "too-deep",
  message: `more than ${DEPTH_MAX} levels of nesting`,
  fix: "a policy needs six levels at most",
  facts: { most: DEPTH_MAX },
};
const fault = (place: Place, value: string, about: About): PolicyFault => ({ ...place, value, facts: {}, ...about });
const sorted = (faults: readonly PolicyFault[]): readonly PolicyFault[] =>
  faults.toSorted((a, b) => a.from - b.from).slice(0, FAULTS_MAX);

/* ---- YAML ---- */

function yamlFaults(document: Document.Parsed, places: Places): PolicyFault[] {
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length === 0 && document.contents === null)
    return [
      fault(places.of([]), "", {
        code: "empty",
        message: "the text holds no policy",
        fix: "start with: format: surety/collections-policy/1",
      }),
    ];
  return troubles.map((trouble) =>
    fault(places.at([], trouble.pos[0], trouble.pos[1]), "", {
      code: trouble.code === "DUPLICATE_KEY" ? "duplicate" : "yaml",
      message: (trouble.message.split("\n")[0] ?? "").replace(/:$/, ""),
      fix:
        trouble.code === "DUPLICATE_KEY"
          ? "keep one of the two"
          : "see yaml.org: indent with spaces, quote texts that hold : or #",
      facts: { yaml: trouble.code },
    }),
  );
}

/** Refuses references that lead nowhere, to themselves, or to more than they are worth. */
function plainOf(document: Document.Parsed): Result<unknown, About> {
  try {
    return ok(document.toJS({ maxAliasCount: ALIASES_MAX * 5 }) as unknown);
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return refuse({ code: "aliases", message: error.message, fix: "write the values out" });
  }
}

function shapeFaults(document: Document.Parsed, places: Places): PolicyFault[] {
  const found: PolicyFault[] = [];
  let aliases = 0;
  visit(document, (_key, node, ancestors) => {
    const here = () => {
      const [from, to] = isNode(node) ? (node.range ?? [0, 1]) : [0, 1];
      return places.at([], from, to);
    };
    if (isCollection(node) && ancestors.filter(isCollection).length >= DEPTH_MAX) {
      found.push(fault(here(), "", tooDeep));
      return visit.BREAK;
    }
    if (isAlias(node) && ++aliases > ALIASES_MAX) {
      found.push(
        fault(here(), "", {
          code: "aliases",
          message: `more than ${ALIASES_MAX} references to anchors`,
          fix: "write the values out",
          facts: { most: ALIASES_MAX },
        }),
      );
      return visit.BREAK;
    }
    return undefined;
  });
  return found;
}

/* ---- the schema ---- */

type Issue = z.core.$ZodIssue;
function issueFaults(issue: Issue, places: Places): PolicyFault[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== "symbol");
  const value = places.valueAt(path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) =>
      fault(places.keyOf(path, key), key, {
        code: "unknown-key",
        message: `"${key}" is not a member here`,
        fix: "remove it, or see docs/reference/policy-facts.md for the members",
        facts: { key },
      }),
    );
  if (issue.code === "invalid_key" || (issue.code === "invalid_element" && issue.origin === "map"))
    return [
      fault(
        places.keyOf(path.slice(0, -1), String(path.at(-1))),
        String(path.at(-1)),
        currencyFault(String(path.at(-1))),
      ),
    ];
  return [fault(places.of(path), value, aboutIssue(issue, value))];
}

function aboutIssue(issue: Issue, value: string): About {
  switch (issue.code) {
    case "invalid_type":
      return value === ""
        ? {
            code: "missing",
            message: "a member is missing",
            fix: `write it: ${issue.expected} expected`,
            facts: { wanted: issue.expected },
          }
        : {
            code: "type",
            message: `${issue.expected} expected`,
            fix: issue.expected === "string" ? `put it in quotes: "${value}"` : `write a ${issue.expected}`,
            facts: { wanted: issue.expected },
          };
    case "invalid_value":
      return {
        code: "choice",
        message: "not one of the choices",
        fix: `use ${issue.values.map(String).join(" or ")}`,
        facts: { choices: issue.values.map(String).join(", ") },
      };
    case "invalid_union":
      return { code: "choice", message: "not one of the choices", fix: "use an effect, letters or charges" };
    case "too_big":
      return limit(issue.origin, `at most ${issue.maximum}`, { most: Number(issue.maximum) });
    case "too_small":
      return limit(issue.origin, `at least ${issue.minimum}`, { least: Number(issue.minimum) });
    case "invalid_format":
      return { code: "format", message: "not in the form that is read", fix: formatFix(issue), facts: {} };
    default:
      return { code: "format", message: issue.message, fix: "correct the value" };
  }
}
const limit = (origin: string, words: string, facts: PolicyFault["facts"]): About => ({
  code: origin === "number" || origin === "int" ? "range" : "length",
  message: origin === "string" ? `${words} characters` : origin === "array" ? `${words} entries` : words,
  fix: `${words}`,
  facts,
});
const formatFix = (issue: Issue): string =>
  issue.message.startsWith("lower-case")
    ? issue.message
    : issue.path.includes("sendAt")
      ? 'write 24 h time such as "09:00"'
      : issue.path.includes("holidays")
        ? "write a country such as SE, or country and region such as DE-BY"
        : 'write decimal text such as "100.00"';

/* ---- what the schema cannot say ---- */

const currencyFault = (code: string): About => ({
  code: "currency",
  message: `"${code}" is not a currency`,
  fix: "use an ISO 4217 code such as SEK",
  facts: { currency: code },
});

function meaningFaults(policy: Policy, places: Places): PolicyFault[] {
  return [
    ...duplicateIds(policy, places),
    ...amountFaults(policy.tolerance, ["tolerance"], places),
    ...policy.steps.flatMap((step, index) =>
      amountFaults(step.minimumOverdue ?? {}, ["steps", index, "minimumOverdue"], places),
    ),
    ...policy.agreedFees.flatMap((fee, index) => feeFaults(fee, ["agreedFees", index], places)),
    ...zoneFaults(policy, places),
    ...rateFaults(policy, places),
    ...expressionFaults(policy, places),
  ];
}

function duplicateIds({ steps }: Policy, places: Places): PolicyFault[] {
  return steps.flatMap((step, index) => {
    const before = steps.findIndex((one) => one.id === step.id);
    if (before === index) return [];
    const path = ["steps", index, "id"];
    return [
      fault(places.of(path), step.id, {
        code: "duplicate",
        message: `step ${before + 1} has the id "${step.id}" too`,
        fix: "give each step its own id",
        facts: { id: step.id },
      }),
    ];
  });
}

function amountFaults(amounts: Readonly<Record<string, string>>, path: Path, places: Places): PolicyFault[] {
  return Object.entries(amounts).flatMap(([code, text]) => {
    if (!isCurrency(code)) return [fault(places.keyOf(path, code), code, currencyFault(code))];
    const decimals = (text.split(".")[1] ?? "").replace(/0+$/, "").length;
    if (decimals <= exponentOf(code)) return [];
    return [
      fault(places.of([...path, code]), text, {
        code: "decimals",
        message: `${code} has ${exponentOf(code)} decimals`,
        fix: "round it",
        facts: { currency: code, most: exponentOf(code) },
      }),
    ];
  });
}

function feeFaults(fee: AgreedFee, path: Path, places: Places): PolicyFault[] {
  const texts = [...fee.ranges.flatMap((one) => [one.from, one.fixed ?? "0"]), fee.most ?? "0", fee.least ?? "0"];
  const amounts = texts.flatMap((text) => amountFaults({ [fee.currency]: text }, path, places)).slice(0, 1);
  const units = fee.ranges.map(({ from }) => Number(from));
  const isRising = units[0] === 0 && units.every((from, index) => index === 0 || from > (units[index - 1] ?? 0));
  if (isRising) return amounts;
  const about = { code: "range", message: "ranges start at 0 and rise", fix: "order them by from" } as const;
  return [...amounts, fault(places.of([...path, "ranges"]), "", about)];
}

function zoneFaults({ calendar }: Policy, places: Places): PolicyFault[] {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(calendar.timeZone);
    return [];
  } catch {
    return [
      fault(places.of(["calendar", "timeZone"]), calendar.timeZone, {
        code: "time-zone",
        message: `"${calendar.timeZone}" is not a time zone`,
        fix: "use an IANA name such as Europe/Stockholm",
      }),
    ];
  }
}

function rateFaults({ interest }: Policy, places: Places): PolicyFault[] {
  if ((interest.by === "contract") === (interest.ratePercent !== undefined)) return [];
  const about: About =
    interest.by === "contract"
      ? { code: "contract-rate", message: "interest by contract needs its rate", fix: 'add ratePercent: "12.00"' }
      : {
          code: "contract-rate",
          message: `a rate is given, but interest goes by ${interest.by}`,
          fix: "remove ratePercent, or write by: contract",
        };
  return [fault(places.of(["interest"]), "", about)];
}

function expressionFaults(policy: Policy, places: Places): PolicyFault[] {
  const all: readonly { readonly path: Path; readonly source: string | undefined; readonly scope: Scope }[] = [
    { path: ["applies"], source: policy.applies, scope: "customer" },
    ...policy.exemptions.map((one, index) => ({
      path: ["exemptions", index, "when"],
      source: one.when,
      scope: "account" as const,
    })),
    ...policy.steps.map((one, index) => ({
      path: ["steps", index, "when"],
      source: one.when,
      scope: "account" as const,
    })),
  ];
  return all.flatMap(({ path, source, scope }) => {
    const made = source === undefined ? undefined : compileExpression(source, scope);
    if (made === undefined || made.ok) return [];
    const { from, to, ...about } = made.fault;
    const place = places.within(path, { value: source ?? "", from, to });
    return [fault(place, (source ?? "").slice(from, to).slice(0, 80), about)];
  });
}
