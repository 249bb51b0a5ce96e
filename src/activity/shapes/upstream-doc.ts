import type { UpstreamRule } from "./testing-upstream.ts";

/** What cannot be read off the samples: why a silent rule is silent, by its path. Checked to name silent rules only. */
export const REASONS: Readonly<Record<string, string>> = {
  "azure/audit_logs/azure_privileged_account_creation":
    "asks one record for two activities; each record has one. A correlation of the two says it",
  "azure/audit_logs/azure_ad_certificate_based_authencation_enabled":
    "the one policy update in the samples changes another property",
  "azure/audit_logs/azure_guest_to_member":
    "no user of the samples changes from guest to member; the rule's one text is made from each changed property",
  "azure/audit_logs/azure_priviledged_role_assignment_add":
    "the samples assign roles through PIM, but none as eligible",
  "azure/audit_logs/azure_federation_modified":
    'the samples change a domain by another activity, "Set domain authentication"',
  "azure/identity_protection/azure_identity_protection_password_spray":
    "told in the samples only as an alert of Microsoft Defender, not as a risk detection",
  "m365/audit/microsoft365_suspicious_email_delivered": "the one mail record in the samples names no direction",
};
const PIM_ALERTS = "alerts of PIM are no log: only Graph's roleManagementAlerts tells them, and no sample has one";

export function reasonOf(rule: UpstreamRule): string {
  const own = REASONS[rule.path];
  if (own !== undefined) return own;
  if (rule.path.startsWith("azure/privileged_identity_management/")) return PIM_ALERTS;
  if (rule.candidates === 0) return "no record of this log in the samples";
  if (rule.unseen.length > 0)
    return `no record of this log has ${rule.unseen.map((field) => `\`${field}\``).join(", ")}`;
  const of = `of ${rule.candidates} records of this log`;
  return rule.unmet.length > 0
    ? `no such event: none ${of} has ${rule.unmet.map((one) => `\`${one.replaceAll("|", "\\|")}\``).join(", ")}`
    : `no such event: none ${of} has all of it at once`;
}

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export function upstreamDocument(rules: readonly UpstreamRule[]): string {
  const fired = rules.filter(({ matches }) => matches > 0);
  const silent = rules.filter(({ matches }) => matches === 0);
  return [
    "# SigmaHQ's rules on what we see",
    "",
    "Made by `UPDATE=1 node --test src/activity/shapes/upstream.test.ts` from SigmaHQ's rules for Azure and Microsoft 365 and the public sample records; do",
    "not edit by hand. The rules are run as they are, by their own names: `sigmaView` gives each event the names they ask for beside our own.",
    "",
    `**${fired.length} of ${rules.length} rules fire** on the samples; without any mapping 16 do. A rule that is silent here is not broken by that: the samples are`,
    "a few lab tenants.",
    "",
    "## Rules that fire",
    "",
    row("rule", "level", "records", "proven on"),
    row("---", "---", "---", "---"),
    ...fired.map(({ path, level, matches, shapes }) => row(`\`${path}\``, level, String(matches), shapes.join(", "))),
    "",
    "## Rules that do not, and why",
    "",
    row("rule", "level", "why"),
    row("---", "---", "---"),
    ...silent.map((rule) => row(`\`${rule.path}\``, rule.level, reasonOf(rule))),
    "",
  ].join("\n");
}
