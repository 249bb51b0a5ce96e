import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { Level } from "../sigma/contract.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept, subscriptionOf } from "./decide-compute.ts";
import { DAY_MS, distinct, HOUR_MS, inSlice, listed, slide, text } from "./decide-window.ts";
import { alert, HOURS } from "./example.ts";

const settings = [
  setting("resourcesMin", "Machines or accounts with alerts of the family that make it critical", {
    unit: "resources",
    standard: 3,
    min: 2,
    max: 1_000,
  }),
  setting("windowHours", "Within", { unit: "hours", standard: 24, min: 1, max: 168 }),
];

type Family = Pick<Detector, "id" | "title" | "titleSv" | "abuse" | "why" | "runbook" | "attack" | "falsePositives"> & {
  readonly titles: RegExp;
  /** Titles of the same words that speak of what comes in, not of what goes out. */
  readonly except?: RegExp;
  /** Titles that it takes and, beside them, one it leaves alone. */
  readonly takes: readonly [string, string];
  readonly leaves: string;
};

/** A detector for alerts of other products whose titles belong together: one alert is told, several resources make it critical. */
function family({ titles, except, takes, leaves, ...card }: Family): Detector {
  const keep = (event: KnownEvent) => {
    const title = event.alert?.title ?? (event.source === "m365-audit" ? undefined : event.operation);
    if (title === undefined || !titles.test(title) || except?.test(title)) return [];
    const resource = event.resource?.id ?? event.actor?.id ?? event.ip ?? "unknown";
    const facts = {
      title,
      resource,
      severity: event.alert?.severity ?? "unknown",
      subscription: subscriptionOf(event),
    };
    return [{ group: customerOf(event), kept: kept(event, facts) }];
  };
  const decide = (_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] => {
    const set = reader(settings, context.settings);
    return slide(all, set("windowHours") * HOUR_MS, {
      judge: (last, window) => {
        const alerts = inSlice(window);
        const resources = alerts.map((one) => text(one, "resource"));
        const subscription = text(last, "subscription");
        return {
          key: "",
          level: levelOf(alerts, distinct(resources) >= set("resourcesMin")),
          subscription: subscription === "-" ? undefined : subscription,
          facts: {
            alert: text(last, "title"),
            alerts: alerts.length,
            count: distinct(resources),
            resource: listed(resources, 5),
            severity: text(last, "severity"),
          },
        };
      },
    });
  };
  const one = (severity: string) => [alert(0, takes[0], { alert: { title: takes[0], severity } })];
  const on = (many: number, minutes = 5) =>
    Array.from({ length: many }, (_, n) =>
      alert(n * minutes, takes[n % 2] ?? takes[0], { resource: { id: `vm-${n}` }, id: `alert-${n}` }),
    );
  return {
    ...card,
    level: "high",
    family: "misuse",
    sources: ["defender", "m365-audit"],
    covers: "R18",
    contain: "none",
    settings,
    spanMs: 8 * DAY_MS,
    keep,
    decide,
    examples: [
      { name: `“${takes[0]}” of high severity`, hits: "high", events: one("high") },
      { name: "of informational severity", hits: "low", events: one("informational") },
      { name: "on three machines in a day", hits: "critical", events: on(3) },
      { name: "on three machines, the last a day after the first", hits: "high", events: on(3, 12 * HOURS) },
      { name: `“${leaves}”`, hits: undefined, events: [alert(0, leaves)] },
      { name: "an alert without a title that says more", hits: undefined, events: [alert(0, "Suspicious")] },
    ],
  };
}

/** What the product itself calls informational is told low; everything else is worth the family's level. */
const levelOf = (alerts: readonly Kept[], isWide: boolean): Level => {
  if (isWide) return "critical";
  return alerts.every((one) => /^info/.test(text(one, "severity"))) ? "low" : "high";
};

const SEEN_ELSEWHERE =
  "Another product saw it and says so; the reseller must answer for it within the hour that Microsoft asks for. ";

export const ALERT_FAMILIES: readonly Detector[] = [
  family({
    id: "alerts-denial-of-service",
    title: "Attacks go out from the customer's machines",
    titleSv: "Angrepp utgår från kundens maskiner",
    abuse: ["A3"],
    why: `${SEEN_ELSEWHERE}Logs alone do not show floods that go out: the alert of Defender is the sign.`,
    runbook: "denial-of-service",
    attack: ["T1498", "T1499"],
    falsePositives: ["A load test of the customer's own service"],
    titles: /\b(d?dos|denial.of.service|syn flood|udp flood|amplification)\b/i,
    except: /\b(public ip|mitigat\w+|incoming|inbound)\b/i,
    takes: ["Possible outgoing denial-of-service attack detected", "Outgoing DDoS traffic"],
    leaves: "DDoS attack detected for public IP",
  }),
  family({
    id: "alerts-malware",
    title: "Malware is kept or spread by the customer's resources",
    titleSv: "Skadlig kod ligger i eller sprids från kundens resurser",
    abuse: ["A5"],
    why: `${SEEN_ELSEWHERE}Malware in storage or on several machines is either a victim or a host that spreads it.`,
    runbook: "malware-hosting",
    attack: ["T1583", "T1608.001"],
    falsePositives: ["A test file of an antivirus product", "A collection kept for research"],
    titles:
      /\b(malware|ransomware|trojan|virus|backdoor|phishing content|malicious (file|blob|content|package|source)|web ?shell)\b/i,
    takes: ["Malicious blob was uploaded to a storage account", "Malware detected on virtual machine"],
    leaves: "Unusual amount of data extracted from a storage account",
  }),
  family({
    id: "alerts-hacking",
    title: "Others are attacked from the customer's machines",
    titleSv: "Andra attackeras från kundens maskiner",
    abuse: ["A2"],
    why: `${SEEN_ELSEWHERE}Scans and password guessing that go out mean that a machine is in somebody else's hands, or the customer's own doing.`,
    runbook: "takeover",
    attack: ["T1046", "T1110"],
    falsePositives: ["A penetration test that was agreed"],
    titles:
      /\b(outgoing (brute|rdp|ssh|port|smb)|port (scan|sweep)|outbound (brute|scan)|brute.force (attack )?from|attack tool|command.and.control|c2 (server|traffic)|botnet|sinkhole|(malicious|compromised) machine)/i,
    except: /\b(incoming|inbound)\b/i,
    takes: ["Possible outgoing port scanning activity detected", "Suspicious outgoing SSH network activity"],
    leaves: "Possible incoming SSH brute force attempts detected",
  }),
  family({
    id: "alerts-mining",
    title: "Coin mining on the customer's machines",
    titleSv: "Kryptoutvinning på kundens maskiner",
    abuse: ["A4"],
    why: `${SEEN_ELSEWHERE}Traffic to a mining pool is mining, whoever pays for it.`,
    runbook: "coin-mining",
    attack: ["T1496.001"],
    falsePositives: ["A customer that mines on purpose, which the terms forbid as well"],
    titles: /\b(crypto.?(mining|miner|currency|coin|jack\w*)|coin.?min\w+|mining pool|digital currency|xmrig|monero)/i,
    takes: ["Digital currency mining related behavior detected", "Possible Cryptocoinminer download detected"],
    leaves: "Container image was pulled",
  }),
  family({
    id: "alerts-spam",
    title: "Spam goes out from the customer's mailboxes or machines",
    titleSv: "Skräppost skickas från kundens brevlådor eller maskiner",
    abuse: ["A1"],
    why: `${SEEN_ELSEWHERE}Microsoft stops a mailbox only when much has gone out already; several at once mean a taken-over tenant.`,
    runbook: "spam",
    attack: ["T1586.002"],
    falsePositives: ["A newsletter sent from a person's mailbox"],
    titles:
      /(restricted from sending|sending limit|outgoing spam|outbound spam|suspicious email sending|spam activity)/i,
    takes: ["User restricted from sending email", "Possible outgoing spam activity detected"],
    leaves: "Messages containing spam were delivered to the mailbox",
  }),
];
