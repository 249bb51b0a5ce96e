import assert from "node:assert/strict";
import { test } from "node:test";
import { decideState, type DeskAnswer, type StatusCopy, statusSince } from "./decide-state.ts";

const at = (time: string) => Temporal.Instant.from(`2026-11-17T${time}:00Z`);
const copy = (channel: "graph" | "fraud-events", status: string, since: string): StatusCopy => ({
  channel,
  status,
  since: at(since),
  reason: status === "resolved" ? "fraud" : undefined,
  by: status === "resolved" ? "elin@partner.example" : undefined,
});
const desk = (time: string): DeskAnswer => ({ at: at(time), by: "Elin", reason: "fraud", proposalId: "p" });

const cases: readonly (readonly [string, readonly StatusCopy[], DeskAnswer | undefined, string])[] = [
  ["one active copy", [copy("graph", "active", "01:10")], undefined, "open"],
  ["investigating is open", [copy("graph", "investigating", "01:20")], undefined, "open"],
  ["an unknown word is open", [copy("graph", "parked", "01:20")], undefined, "open"],
  ["resolved in Microsoft's portal", [copy("graph", "resolved", "03:00")], undefined, "answered elsewhere 03:00"],
  [
    "Graph resolved, v1 still behind",
    [copy("graph", "resolved", "03:00"), copy("fraud-events", "active", "01:10")],
    undefined,
    "answered elsewhere 03:00",
  ],
  [
    "v1 resolved, Graph still behind",
    [copy("graph", "active", "01:10"), copy("fraud-events", "resolved", "03:00")],
    undefined,
    "answered elsewhere 03:00",
  ],
  [
    "Microsoft opened it again",
    [copy("graph", "active", "05:00"), copy("fraud-events", "resolved", "03:00")],
    undefined,
    "open",
  ],
  [
    "a tie counts as resolved",
    [copy("graph", "active", "03:00"), copy("fraud-events", "resolved", "03:00")],
    undefined,
    "answered elsewhere 03:00",
  ],
  ["our answer, copies not read since", [copy("graph", "active", "01:10")], desk("02:40"), "answered desk 02:40"],
  [
    "our answer, Microsoft's copy a minute earlier",
    [copy("graph", "resolved", "02:39")],
    desk("02:40"),
    "answered desk 02:39",
  ],
  ["our answer, opened again by Microsoft", [copy("graph", "active", "09:00")], desk("02:40"), "open"],
  [
    "our answer, opened again and answered elsewhere",
    [copy("graph", "resolved", "11:00")],
    desk("02:40"),
    "answered elsewhere 11:00",
  ],
  ["no copy at all", [], undefined, "open"],
];
for (const [says, copies, own, expected] of cases)
  test(`${says}: ${expected}`, () => {
    const decided = decideState(copies, own);
    const text = decided.state === "open" ? "open" : `answered ${decided.where} ${decided.at.toString().slice(11, 16)}`;
    assert.equal(text, expected);
  });

const since: readonly (readonly [
  string,
  string,
  string | undefined,
  { status: string; since: Temporal.Instant } | undefined,
  string,
])[] = [
  // says, status, resolvedAt, known before, since
  ["active at first sight: since detection", "active", undefined, undefined, "01:10"],
  ["resolved: when Microsoft says", "resolved", "03:00", undefined, "03:00"],
  ["resolved without a time: when we read it", "resolved", undefined, undefined, "06:00"],
  [
    "resolved without a time, read before: as then",
    "resolved",
    undefined,
    { status: "resolved", since: at("04:00") },
    "04:00",
  ],
  ["still active: unchanged", "active", undefined, { status: "active", since: at("01:10") }, "01:10"],
  [
    "active again after resolved: when we read it",
    "active",
    undefined,
    { status: "resolved", since: at("03:00") },
    "06:00",
  ],
];
for (const [says, status, resolvedAt, known, expected] of since)
  test(`status since, ${says}`, () => {
    const found = statusSince(
      { status, resolvedAt: resolvedAt === undefined ? undefined : at(resolvedAt), detectedAt: at("01:10") },
      known,
      at("06:00"),
    );
    assert.equal(found.toString().slice(11, 16), expected);
  });
