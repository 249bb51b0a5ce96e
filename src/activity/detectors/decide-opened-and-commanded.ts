import type { Json } from "../../core/canonical.ts";
import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept, subscriptionOf } from "./decide-compute.ts";
import { listIn, textIn } from "./decide-json.ts";
import { DAY_MS, distinct, HOUR_MS, inSlice, slide, text } from "./decide-window.ts";
import { azure, HOURS, SUBSCRIPTION } from "./example.ts";

const settings = [
  setting("machinesMin", "Machines on which commands are run from outside", {
    unit: "machines",
    standard: 3,
    min: 2,
    max: 1_000,
  }),
  setting("windowMinutes", "Within", { unit: "minutes", standard: 60, min: 5, max: 1_440 }),
  setting("openedHours", "A network opened so long before makes it high", {
    unit: "hours",
    standard: 24,
    min: 1,
    max: 168,
  }),
];
const RULE_OP = "microsoft.network/networksecuritygroups/securityrules/write";
const GROUP_OP = "microsoft.network/networksecuritygroups/write";
const COMMAND_OPS = new Set([
  "microsoft.compute/virtualmachines/runcommand/action",
  "microsoft.compute/virtualmachines/runcommands/write",
  "microsoft.compute/virtualmachinescalesets/virtualmachines/runcommand/action",
  "microsoft.compute/virtualmachinescalesets/virtualmachines/runcommands/write",
]);
const EXTENSION_OP = "microsoft.compute/virtualmachines/extensions/write";

function keep(event: KnownEvent) {
  const facts = event.outcome === "failure" ? undefined : factsOf(event);
  return facts ? [{ group: `${customerOf(event)}|${subscriptionOf(event)}`, kept: kept(event, facts) }] : [];
}
function factsOf(event: KnownEvent): Kept["facts"] | undefined {
  const { operation, request, resource } = event;
  const isCommand = COMMAND_OPS.has(operation) || (operation === EXTENSION_OP && isScript(event));
  const machine = /^(.*\/virtualmachines\/[^/]+)/.exec(resource?.id ?? "")?.[1] ?? resource?.id ?? event.id;
  if (isCommand) return { kind: "command", ...actorFacts(event), machine };
  const rules =
    operation === RULE_OP
      ? [request ?? null]
      : operation === GROUP_OP
        ? listIn(request, "properties", "securityRules")
        : [];
  return rules.some(isWideOpen) ? { kind: "opened", ...actorFacts(event) } : undefined;
}
const isScript = ({ request, resource }: KnownEvent): boolean =>
  /customscript|runcommand/i.test(`${textIn(request, "properties", "type") ?? ""} ${resource?.name ?? ""}`);
/** Anybody may come in: allowed, inbound, from everywhere. */
function isWideOpen(rule: Json): boolean {
  const told = (name: string) => (textIn(rule, "properties", name) ?? "").toLowerCase();
  const from = [told("sourceAddressPrefix"), ...listIn(rule, "properties", "sourceAddressPrefixes")];
  const isAnywhere = from.some((one) =>
    ["*", "0.0.0.0/0", "internet", "any", "::/0"].includes(String(one).toLowerCase()),
  );
  return told("access") === "allow" && told("direction") === "inbound" && isAnywhere;
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const subscription = group.split("|")[1] ?? "-";
  const opened = all.filter((one) => text(one, "kind") === "opened");
  const commands = all.filter((one) => text(one, "kind") === "command");
  return slide(commands, set("windowMinutes") * 60_000, {
    judge: (last, window) => {
      const machines = distinct(inSlice(window).map((one) => text(one, "machine")));
      if (machines < set("machinesMin")) return undefined;
      const door = opened.findLast(({ at }) => at <= last.at && at > last.at - set("openedHours") * HOUR_MS);
      return {
        key: "",
        level: door ? "high" : "medium",
        subscription: subscription === "-" ? undefined : subscription,
        facts: {
          actor: actorName(last),
          count: machines,
          networkOpened: door ? "yes" : "no",
          openedBy: door ? actorName(door) : "-",
          windowMinutes: set("windowMinutes"),
        },
      };
    },
  });
}

const vm = (n: number) =>
  `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm-${n}`;
const run = (minutes: number, n: number) =>
  azure(minutes, { operation: "microsoft.compute/virtualmachines/runcommand/action", resource: { id: vm(n) } });
const open = (minutes: number, sourceAddressPrefix: string) =>
  azure(minutes, {
    operation: RULE_OP,
    request: { properties: { access: "Allow", direction: "Inbound", sourceAddressPrefix, destinationPortRange: "*" } },
  });

export const openedAndCommanded: Detector = {
  id: "opened-and-commanded",
  title: "Commands are run on several machines, after the network was opened",
  titleSv: "Kommandon körs på flera maskiner, sedan nätverket öppnats",
  level: "high",
  family: "misuse",
  abuse: ["A2", "A3", "A5"],
  why:
    "Who holds a subscription can put any program on its machines without a password of theirs. On several machines within an hour it is a roll-out or the making of a botnet; " +
    "a network opened to everybody the day before tells the two apart. Starting values, not confirmed by labelled data.",
  sources: ["azure-activity"],
  falsePositives: ["Configuration management that works by run-command or custom script"],
  runbook: "malware-hosting",
  attack: ["T1651", "T1562.007"],
  covers: "R18",
  contain: "none",
  settings,
  wants: [RULE_OP, GROUP_OP, EXTENSION_OP, ...COMMAND_OPS],
  spanMs: 9 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "opened to all, commands on three",
      hits: "high",
      events: [open(0, "*"), run(60, 1), run(65, 2), run(70, 3)],
    },
    { name: "commands on three", hits: "medium", events: [run(0, 1), run(5, 2), run(59, 3)] },
    {
      name: "custom scripts on three, opened a day before to the minute",
      hits: "medium",
      events: [
        open(0, "Internet"),
        ...[1, 2, 3].map((n) =>
          azure(24 * HOURS + n, {
            operation: EXTENSION_OP,
            resource: { id: `${vm(n)}/extensions/x` },
            request: { properties: { type: "CustomScriptExtension" } },
          }),
        ),
      ],
    },
    { name: "on two", hits: undefined, events: [open(0, "*"), run(1, 1), run(2, 2), run(3, 2)] },
    { name: "the third after an hour", hits: undefined, events: [run(0, 1), run(5, 2), run(60, 3)] },
    {
      name: "opened for one address, and a monitoring extension on three",
      hits: undefined,
      events: [
        open(0, "192.0.2.7/32"),
        ...[1, 2, 3].map((n) =>
          azure(n, {
            operation: EXTENSION_OP,
            resource: { id: `${vm(n)}/extensions/x` },
            request: { properties: { type: "AzureMonitorLinuxAgent" } },
          }),
        ),
      ],
    },
  ],
};
