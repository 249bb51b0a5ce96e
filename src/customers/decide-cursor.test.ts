import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CUSTOMER_SORTS } from "./contract.ts";
import { cursorText, DIRECTIONS, readCursor } from "./decide-cursor.ts";

test("a cursor comes back as it was given, whatever the name", () => {
  const place = fc.record({
    sort: fc.constant("name" as const),
    direction: fc.constantFrom(...DIRECTIONS),
    value: fc.string(),
    id: fc.uuid(),
  });
  fc.assert(
    fc.property(place, (given) =>
      assert.deepEqual(readCursor(cursorText(given), given), { ok: true, value: { ...given } }),
    ),
  );
});
for (const sort of CUSTOMER_SORTS)
  test(`a cursor of the order by ${sort} is refused in any other`, () => {
    const other = sort === "name" ? "exposure" : "name";
    const value = sort === "since" ? "2026-01-01T00:00:00Z" : sort === "name" ? "a" : "5";
    const text = cursorText({ sort, direction: "asc", value, id: "x" });
    assert.equal(readCursor(text, { sort, direction: "asc" }).ok, true);
    for (const wanted of [
      { sort: other, direction: "asc" },
      { sort, direction: "desc" },
    ] as const) {
      const found = readCursor(text, wanted);
      assert.equal(!found.ok && found.error.code, "cursor-of-other-order");
    }
  });
for (const text of [
  "",
  "x",
  "%",
  "[]",
  '["name","asc"]',
  '["exposure","asc","1; drop table","x"]',
  '["name","asc",null,"x"]',
  '["name","up","a","x"]',
])
  test(`"${text}" is no cursor`, () => assert.equal(readCursor(text, { sort: "name", direction: "asc" }).ok, false));
