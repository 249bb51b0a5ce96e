import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diffLines, folded } from "./diff.ts";

test("a changed line is one out and one in", () =>
  assert.deepEqual(diffLines("a\nb\nc", "a\nB\nc"), [
    { kind: "same", text: "a" },
    { kind: "del", text: "b" },
    { kind: "add", text: "B" },
    { kind: "same", text: "c" },
  ]));
test("far from a change nothing is shown", () => {
  const before = Array.from({ length: 20 }, (_, n) => `line ${n}`);
  const after = before.with(10, "other");
  assert.equal(folded(diffLines(before.join("\n"), after.join("\n"))).filter((one) => one !== null).length, 8);
  assert.deepEqual(folded(diffLines("a", "a")), []);
});
test("the lines that stay and go are the old text, those that stay and come the new", () =>
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "c")), fc.array(fc.constantFrom("a", "b", "c")), (a, b) => {
      const lines = diffLines(a.join("\n"), b.join("\n"));
      const side = (kind: "add" | "del") =>
        lines
          .filter((one) => one.kind === "same" || one.kind === kind)
          .map(({ text }) => text)
          .join("\n");
      assert.equal(side("del"), a.join("\n"));
      assert.equal(side("add"), b.join("\n"));
    }),
  ));
