import { guidOf } from "../kernel/ids.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import { strangeIp, type Who } from "./records.ts";
import { auditStep, exchangeStep, riskStep, signInStep, userTarget } from "./steps.ts";
import type { Step } from "./write.ts";

/** A mailbox sends spam: a rule hides the answers, a thousand letters go out, Exchange stops it. */
export function spamSteps(who: Who): Step[] {
  const alert = (second: number, name: string, severity: string): Step => ({
    second,
    facts: {
      kind: "m365",
      workload: "SecurityComplianceCenter",
      recordType: 40,
      operation: "AlertTriggered",
      who: { ...who, id: "SecurityComplianceAlerts", upn: "SecurityComplianceAlerts" },
      objectId: guidOf(who.id, name),
      more: {
        AlertId: guidOf(who.id, name),
        AlertType: "System",
        Category: "ThreatManagement",
        Name: name,
        Severity: severity,
        Source: "Office 365 Security & Compliance",
        Status: "Active",
        Data: JSON.stringify({ f3u: who.upn, sev: severity, an: name }),
      },
    },
  });
  return [
    signInStep(0, who, { app: "exchange", client: "Authenticated SMTP" }),
    exchangeStep(40, who, {
      operation: "New-InboxRule",
      objectId: `${who.upn}\\.`,
      parameters: {
        Name: ".",
        SubjectOrBodyContainsWords: "invoice;payment;hacked;virus",
        DeleteMessage: "True",
        StopProcessingRules: "True",
      },
    }),
    ...Array.from({ length: 240 }, (_, n) =>
      exchangeStep(60 + n, who, {
        operation: "Send",
        objectId: `mail-${n}`,
        more: {
          RecordType: 2,
          Item: { Subject: "Your invoice", InternetMessageId: `<${guidOf(who.id, n)}@mail.example>` },
        },
      }),
    ),
    alert(320, "Email sending limit exceeded", "Medium"),
    alert(325, "User restricted from sending email", "High"),
  ];
}

/** Somebody is talked into giving an application the right to read all mail. */
export function consentSteps(customer: CustomerRow, who: Who): Step[] {
  const principal = guidOf(customer.id, "consented app");
  const scopes = "Mail.ReadWrite Mail.Send Files.Read.All offline_access";
  return [
    signInStep(0, who),
    auditStep(10, who, {
      activity: "Add service principal",
      category: "ApplicationManagement",
      targets: [{ id: principal, type: "ServicePrincipal", name: "Mail Migrator Pro" }],
    }),
    auditStep(12, who, {
      activity: "Add delegated permission grant",
      category: "ApplicationManagement",
      targets: [
        {
          id: guidOf("graph"),
          type: "ServicePrincipal",
          name: "Microsoft Graph",
          changes: [
            { name: "DelegatedPermissionGrant.Scope", new: scopes },
            { name: "DelegatedPermissionGrant.ConsentType", new: "AllPrincipals" },
            { name: "ServicePrincipal.ObjectID", new: principal },
          ],
        },
      ],
    }),
    auditStep(13, who, {
      activity: "Consent to application",
      category: "ApplicationManagement",
      targets: [
        {
          id: principal,
          type: "ServicePrincipal",
          name: "Mail Migrator Pro",
          changes: [
            { name: "ConsentContext.IsAdminConsent", new: "True" },
            { name: "ConsentContext.OnBehalfOfAll", new: "True" },
            { name: "ConsentAction.Permissions", new: `[] => [[ConsentType: AllPrincipals, Scope: ${scopes}]];` },
          ],
        },
      ],
    }),
  ];
}

/** One password tried on everybody, from a few addresses; the last try works. */
export function spraySteps(people: readonly Who[]): Step[] {
  const names = Array.from({ length: 40 }, (_, n): Who => {
    const known = people[n % Math.max(1, people.length)];
    const invented = `user${n}@${known?.upn.split("@")[1] ?? "example.onmicrosoft.com"}`;
    const who =
      n < people.length && known !== undefined
        ? known
        : { ...(known as Who), id: guidOf(invented), upn: invented, name: `User ${n}` };
    return { ...who, ip: strangeIp("spray", n % 3), country: "RU", city: "Kazan" };
  });
  const tries = names.map((who, n) =>
    signInStep(n * 4, who, {
      app: "exchange",
      client: "Other clients",
      agent: "BAV2ROPC",
      error: n % 9 === 8 ? 50053 : 50126,
      reason:
        n % 9 === 8 ? "The account is locked." : "Error validating credentials due to invalid username or password.",
    }),
  );
  const victim = names[1] ?? names[0];
  if (victim === undefined) return [];
  return [
    ...tries,
    signInStep(170, victim, { app: "exchange", client: "Other clients", agent: "BAV2ROPC", risk: "high" }),
    riskStep(172, victim, "passwordSpray"),
    {
      second: 175,
      facts: {
        kind: "alert",
        title: "Password spray attack",
        text: "Many accounts were tried with few passwords; one of them was let in.",
        severity: "high",
        category: "CredentialAccess",
        source: "azureAdIdentityProtection",
        who: victim,
      },
    },
  ];
}

const SKU_E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const DOMAINS = [
  "lager-nord.example",
  "salong-eva.example",
  "bygg-ab.example",
  "kiosk24.example",
  "tax-help.example",
  "yoga-rum.example",
] as const;

/** Seats are sold on to strangers: domains that have nothing to do with each other, and licences that wander from one to the next. */
export function resaleSteps(customer: CustomerRow, who: Who): Step[] {
  const target = (name: string): Who => ({ ...who, id: guidOf(customer.id, name), upn: name, name });
  const domains = DOMAINS.map((domain, n) =>
    auditStep(n * 30, who, {
      activity: "Add unverified domain",
      category: "DirectoryManagement",
      targets: [{ id: guidOf(domain), type: "Other", name: domain }],
    }),
  );
  const seats = Array.from({ length: 36 }, (_, n) => {
    const domain = DOMAINS[n % DOMAINS.length] ?? DOMAINS[0];
    const license = (value: string) => [
      { name: "AssignedLicense", old: "[]", new: `[SkuName=SPE_E5, SkuId=${SKU_E5}, ${value}]` },
    ];
    const upn = `owner${Math.floor(n / DOMAINS.length)}@${domain}`;
    return [
      auditStep(300 + n * 20, who, {
        activity: "Add user",
        category: "UserManagement",
        targets: [userTarget(target(upn))],
      }),
      auditStep(308 + n * 20, who, {
        activity: "Change user license",
        category: "UserManagement",
        targets: [userTarget(target(upn), license("DisabledPlans=[]"))],
      }),
    ];
  }).flat();
  return [...domains, ...seats];
}
