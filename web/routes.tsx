import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { CrashPage, NotFoundPage } from "./shell/Lost.tsx";
import { Shell } from "./shell/Shell.tsx";

/**
 * What stands after `?` in an address: the filters and selection of a page, as text. Every page of a list shares these;
 * what a page does not know it ignores. Values are text on purpose: `?q=007` stays `007`.
 */
export type PageSearch = { readonly [Name in (typeof MEMBERS)[number]]?: string | undefined };
const MEMBERS = [
  "q",
  "sort",
  "tab",
  "status",
  "owner",
  "customer",
  "kind",
  "from",
  "to",
  "due",
  "show",
  "reseller",
  "country",
  "standing",
  "currency",
  "only",
  "source",
  "subscription",
  "operation",
  "outcome",
  "actor",
  "ip",
  "resource",
  "text",
  "event",
  "level",
  "rule",
  "feed",
  "region",
  "last",
] as const;
const TEXT_MAX = 200;

/** Keeps the members a page may know; anything else in an address is dropped. */
export function pageSearch(given: Record<string, unknown>): PageSearch {
  const kept: { -readonly [Name in keyof PageSearch]: PageSearch[Name] } = {};
  for (const name of MEMBERS) {
    const value = given[name];
    if (typeof value === "string" && value !== "") kept[name] = value.slice(0, TEXT_MAX);
  }
  return kept;
}

type SignInSearch = { readonly next?: string };
/** Only addresses of this page: `next` must not lead anywhere else. */
const signInSearch = (given: Record<string, unknown>): SignInSearch => {
  const next = given["next"];
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
};
type WelcomeSearch = { readonly token?: string };
const welcomeSearch = (given: Record<string, unknown>): WelcomeSearch =>
  typeof given["token"] === "string" ? { token: given["token"] } : {};

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import("./access/SignInPage.tsx"), "SignInPage"),
});
const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/welcome",
  validateSearch: welcomeSearch,
  component: lazyRouteComponent(() => import("./access/WelcomePage.tsx"), "WelcomePage"),
});

const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: "desk", component: Shell });
const inShell = { getParentRoute: () => shellRoute, validateSearch: pageSearch, errorComponent: CrashPage } as const;

const todayRoute = createRoute({
  ...inShell,
  path: "/",
  component: lazyRouteComponent(() => import("./today/TodayPage.tsx"), "TodayPage"),
});
const noticesRoute = createRoute({
  ...inShell,
  path: "/notices",
  component: lazyRouteComponent(() => import("./notices/NoticesPage.tsx"), "NoticesPage"),
});
const noticeRoute = createRoute({
  ...inShell,
  path: "/notices/$noticeId",
  component: lazyRouteComponent(() => import("./notices/NoticePage.tsx"), "NoticePage"),
});
const casesRoute = createRoute({
  ...inShell,
  path: "/cases",
  component: lazyRouteComponent(() => import("./cases/CasesPage.tsx"), "CasesPage"),
});
const caseRoute = createRoute({
  ...inShell,
  path: "/cases/$caseId",
  component: lazyRouteComponent(() => import("./cases/CasePage.tsx"), "CasePage"),
});
const decisionsRoute = createRoute({
  ...inShell,
  path: "/decisions",
  component: lazyRouteComponent(() => import("./response/DecisionsPage.tsx"), "DecisionsPage"),
});
const decisionRoute = createRoute({
  ...inShell,
  path: "/decisions/$proposalId",
  component: lazyRouteComponent(() => import("./response/DecisionPage.tsx"), "DecisionPage"),
});
const lettersRoute = createRoute({
  ...inShell,
  path: "/collections/letters",
  component: lazyRouteComponent(() => import("./collections/letters/LettersPage.tsx"), "LettersPage"),
});
const letterRoute = createRoute({
  ...inShell,
  path: "/collections/letters/$letterId",
  component: lazyRouteComponent(() => import("./collections/letters/LetterPage.tsx"), "LetterPage"),
});
const customersRoute = createRoute({
  ...inShell,
  path: "/customers",
  component: lazyRouteComponent(() => import("./customers/CustomersPage.tsx"), "CustomersPage"),
});
const passportRoute = createRoute({
  ...inShell,
  path: "/customers/$customerId",
  component: lazyRouteComponent(() => import("./customers/PassportPage.tsx"), "PassportPage"),
});
const receivablesRoute = createRoute({
  ...inShell,
  path: "/receivables",
  component: lazyRouteComponent(() => import("./receivables/ledger/LedgerPage.tsx"), "LedgerPage"),
});
const statementRoute = createRoute({
  ...inShell,
  path: "/receivables/$customerId",
  component: lazyRouteComponent(() => import("./receivables/ledger/StatementPage.tsx"), "StatementPage"),
});
const importRoute = createRoute({
  ...inShell,
  path: "/import",
  component: lazyRouteComponent(() => import("./receivables/ImportPage.tsx"), "ImportPage"),
});
const moneyInRoute = createRoute({
  ...inShell,
  path: "/money-in",
  component: lazyRouteComponent(() => import("./receivables/bank/BankPage.tsx"), "BankPage"),
});
const spendRoute = createRoute({
  ...inShell,
  path: "/spend",
  component: lazyRouteComponent(() => import("./spending/SpendPage.tsx"), "SpendPage"),
});
const policiesRoute = createRoute({
  ...inShell,
  path: "/collections/policies",
  component: lazyRouteComponent(() => import("./collections/policy/PoliciesPage.tsx"), "PoliciesPage"),
});
const policyRoute = createRoute({
  ...inShell,
  path: "/collections/policies/$policyId",
  component: lazyRouteComponent(() => import("./collections/policy/PolicyPage.tsx"), "PolicyPage"),
});
/** Outside the desk: customers read it without signing in, at an address that stays. */
const inPublic = { getParentRoute: () => rootRoute, validateSearch: pageSearch, errorComponent: CrashPage } as const;
const publicPolicyPage = lazyRouteComponent(
  () => import("./collections/policy/PublicPolicyPage.tsx"),
  "PublicPolicyPage",
);
const publicPolicyRoute = createRoute({ ...inPublic, path: "/policy", component: publicPolicyPage });
const publicVersionRoute = createRoute({ ...inPublic, path: "/policy/$version", component: publicPolicyPage });
const collectionsRoute = createRoute({
  ...inShell,
  path: "/collections",
  component: lazyRouteComponent(() => import("./collections/CollectionsPage.tsx"), "CollectionsPage"),
});
const accountInCollectionsRoute = createRoute({
  ...inShell,
  path: "/collections/accounts/$accountId",
  component: lazyRouteComponent(() => import("./collections/AccountPage.tsx"), "AccountPage"),
});
const simulationsRoute = createRoute({
  ...inShell,
  path: "/collections/simulations",
  component: lazyRouteComponent(() => import("./collections/simulation/SimulationsPage.tsx"), "SimulationsPage"),
});
const simulationRoute = createRoute({
  ...inShell,
  path: "/collections/simulations/$simulationId",
  component: lazyRouteComponent(() => import("./collections/simulation/SimulationPage.tsx"), "SimulationPage"),
});
const promisesRoute = createRoute({
  ...inShell,
  path: "/collections/promises",
  component: lazyRouteComponent(() => import("./collections/PromisesPage.tsx"), "PromisesPage"),
});
const holdsRoute = createRoute({
  ...inShell,
  path: "/collections/disputes",
  component: lazyRouteComponent(() => import("./collections/HoldsPage.tsx"), "HoldsPage"),
});
const activityRoute = createRoute({
  ...inShell,
  path: "/activity",
  component: lazyRouteComponent(() => import("./activity/search/SearchPage.tsx"), "SearchPage"),
});
const coverageRoute = createRoute({
  ...inShell,
  path: "/activity/coverage",
  component: lazyRouteComponent(() => import("./activity/coverage/CoveragePage.tsx"), "CoveragePage"),
});
const rulesRoute = createRoute({
  ...inShell,
  path: "/activity/rules",
  component: lazyRouteComponent(() => import("./activity/rules/RulesPage.tsx"), "RulesPage"),
});
const ruleRoute = createRoute({
  ...inShell,
  path: "/activity/rules/$ruleId",
  component: lazyRouteComponent(() => import("./activity/rules/RulePage.tsx"), "RulePage"),
});
const suppressionsRoute = createRoute({
  ...inShell,
  path: "/activity/suppressions",
  component: lazyRouteComponent(() => import("./activity/suppressions/SuppressionsPage.tsx"), "SuppressionsPage"),
});
const auditRoute = createRoute({
  ...inShell,
  path: "/audit",
  component: lazyRouteComponent(() => import("./audit/AuditPage.tsx"), "AuditPage"),
});
const settingsRoute = createRoute({
  ...inShell,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings/SettingsPage.tsx"), "SettingsPage"),
});
const accountRoute = createRoute({
  ...inShell,
  path: "/account",
  component: lazyRouteComponent(() => import("./access/AccountPage.tsx"), "AccountPage"),
});
/** Every shared piece in every state, for those who build pages and for the end-to-end tests; in no menu. */
const kitRoute = createRoute({
  ...inShell,
  path: "/kit",
  component: lazyRouteComponent(() => import("./kit/KitPage.tsx"), "KitPage"),
});
const approvalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/approvals",
  beforeLoad: () => {
    throw redirect({ to: "/decisions" });
  },
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  welcomeRoute,
  publicPolicyRoute,
  publicVersionRoute,
  shellRoute.addChildren([
    todayRoute,
    noticesRoute,
    noticeRoute,
    casesRoute,
    caseRoute,
    decisionsRoute,
    decisionRoute,
    customersRoute,
    passportRoute,
    receivablesRoute,
    statementRoute,
    importRoute,
    moneyInRoute,
    spendRoute,
    collectionsRoute,
    policiesRoute,
    policyRoute,
    lettersRoute,
    letterRoute,
    accountInCollectionsRoute,
    promisesRoute,
    simulationsRoute,
    simulationRoute,
    holdsRoute,
    activityRoute,
    coverageRoute,
    rulesRoute,
    ruleRoute,
    suppressionsRoute,
    auditRoute,
    settingsRoute,
    accountRoute,
    approvalsRoute,
    kitRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPreloadDelay: 60,
  scrollRestoration: true,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (members: Record<string, unknown>) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(members))
      if (typeof value === "string" && value !== "") search.set(name, value);
    return search.size > 0 ? `?${search}` : "";
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
