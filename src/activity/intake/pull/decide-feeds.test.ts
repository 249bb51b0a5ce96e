import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PULL_FEEDS } from "../contract-pull.ts";
import { decideWindow, FEED_PLANS, placeAfter, type PullPlace } from "./decide-feeds.ts";
import { troubleOf } from "./decide-trouble.ts";

const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const ago = (hours: number): Temporal.Instant => NOW.subtract({ minutes: Math.round(hours * 60) });
const GRAPH = FEED_PLANS["graph.sign-ins"];
const hoursAgo = (at: Temporal.Instant): number => Math.round(at.until(NOW).total("hours") * 100) / 100;

const cases: ReadonlyArray<
  readonly [
    says: string,
    place: readonly [number | undefined, number | undefined],
    from: number,
    until: number,
    gap?: number,
  ]
> = [
  ["never read: the first day of the last seven", [undefined, undefined], 167.83, 143.83],
  ["read five minutes ago: again with a quarter of an hour", [0.08, 0.5], 0.33, 0],
  ["an hour after the last sweep: six hours again", [0.08, 1], 6.08, 0],
  ["two days away: a day of them", [48, 48], 48.25, 24.25],
  ["away for longer than Microsoft remembers", [200, 200], 167.83, 143.83, 200],
];
for (const [says, [cursor, swept], from, until, gap] of cases)
  test(`the next window: ${says}`, () => {
    const at = (hours: number | undefined) => (hours === undefined ? undefined : ago(hours));
    const window = decideWindow(GRAPH, { cursor: at(cursor), sweptAt: at(swept) }, NOW);
    assert.deepEqual([hoursAgo(window.from), hoursAgo(window.until)], [from, until]);
    assert.equal(window.gap === undefined ? undefined : hoursAgo(window.gap.from), gap);
  });

test("whatever the absence, windows reach the present, leave nothing out that Microsoft still has, and never ask too much", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PULL_FEEDS),
      fc.option(fc.integer({ min: 0, max: 300_000 })),
      fc.integer({ min: 0, max: 3_000 }),
      (feed, away, swept) => {
        const plan = FEED_PLANS[feed];
        let place: PullPlace = {
          cursor: away === null ? undefined : NOW.subtract({ minutes: away }),
          sweptAt: away === null ? undefined : NOW.subtract({ minutes: away + swept }),
        };
        let readUntil: Temporal.Instant | undefined = place.cursor;
        for (let n = 0; n < 200; n++) {
          const window = decideWindow(plan, place, NOW);
          const hours = window.from.until(window.until).total("hours");
          assert.ok(hours >= 0 && hours <= Math.max(plan.windowHours, plan.sweepHours + plan.windowHours));
          if (feed === "office.audit") assert.ok(hours <= 24, "Microsoft refuses more than a day");
          assert.ok(window.from.until(NOW).total("hours") <= plan.backHours);
          const covered = window.gap?.until ?? readUntil;
          if (covered !== undefined)
            assert.ok(Temporal.Instant.compare(window.from, covered) <= 0, "no hole between windows");
          place = placeAfter(place, window);
          if (readUntil !== undefined && place.cursor !== undefined)
            assert.ok(Temporal.Instant.compare(place.cursor, readUntil) >= 0);
          readUntil = place.cursor;
          if (window.until.epochMilliseconds === NOW.epochMilliseconds) return;
        }
        assert.fail("never reached the present");
      },
    ),
  );
});

const problem = (changes: object) =>
  ({
    kind: "bad-request",
    advice: "report-fault",
    detail: "",
    correlationId: "",
    requestId: "",
    outcomeUnknown: false,
    httpStatus: 400,
    ...changes,
  }) as Parameters<typeof troubleOf>[0];
const TROUBLES: ReadonlyArray<readonly [object, string]> = [
  [
    {
      httpStatus: 403,
      kind: "forbidden-role",
      code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
      detail: "tenant doesn't have premium license",
    },
    "no-licence",
  ],
  [{ kind: "consent-needed", code: "AADSTS65001" }, "no-consent"],
  [{ kind: "consent-needed", code: "AADSTS700082" }, "desk"],
  [{ kind: "needs-user-token", httpStatus: undefined }, "desk"],
  [{ kind: "auth-config", code: "AADSTS7000215", httpStatus: 401 }, "desk"],
  [{ httpStatus: 403, kind: "forbidden-role", code: "AuthorizationFailed" }, "no-access"],
  [{ httpStatus: 404, kind: "not-found", code: "SubscriptionNotFound" }, "gone"],
  [{ kind: "consent-needed", code: "AADSTS90002" }, "gone"],
  [{ code: "AF10011", detail: "Tenant ID x does not exist" }, "audit-off"],
  [{ httpStatus: 429, kind: "throttled", retryAfterSeconds: 900 }, "throttled"],
  [{ httpStatus: 503, kind: "outage" }, "failing"],
];
for (const [given, state] of TROUBLES)
  test(`${JSON.stringify(given)} is ${state}`, () => {
    const trouble = troubleOf(problem(given), 0);
    assert.equal(trouble.kind === "desk" ? "desk" : trouble.state, state);
    if (state === "throttled" && trouble.kind === "customer")
      assert.equal(trouble.waitSeconds, 900, "as long as Microsoft says");
  });

test("an outage is asked again soon at first, then hourly", () => {
  const wait = (failures: number) => {
    const trouble = troubleOf(problem({ httpStatus: 503, kind: "outage" }), failures);
    return trouble.kind === "customer" ? trouble.waitSeconds : -1;
  };
  assert.deepEqual([wait(0), wait(1), wait(20)], [60, 120, 3_600]);
});
