import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readMarkdown } from "./markdown.ts";

test("headings, lists, tables, code and emphasis", () => {
  const blocks = readMarkdown(
    "# Title\n\nSome **bold** and `code`\non two lines.\n\n1. First\n   goes on\n2. Second [x](y.md)\n\n- [ ] tick\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\nx | y\n```\n",
  );
  assert.deepEqual(blocks, [
    { kind: "heading", level: 1, of: [{ kind: "text", text: "Title" }] },
    {
      kind: "paragraph",
      of: [
        { kind: "text", text: "Some " },
        { kind: "strong", text: "bold" },
        { kind: "text", text: " and " },
        { kind: "code", text: "code" },
        { kind: "text", text: " on two lines." },
      ],
    },
    {
      kind: "list",
      isOrdered: true,
      items: [
        [{ kind: "text", text: "First goes on" }],
        [
          { kind: "text", text: "Second " },
          { kind: "link", text: "x", to: "y.md" },
        ],
      ],
    },
    { kind: "list", isOrdered: false, items: [[{ kind: "text", text: "tick" }]] },
    {
      kind: "table",
      head: [[{ kind: "text", text: "a" }], [{ kind: "text", text: "b" }]],
      rows: [[[{ kind: "text", text: "1" }], [{ kind: "text", text: "2" }]]],
    },
    { kind: "code", text: "x | y" },
  ]);
});

test("any text comes to an end", () => {
  const line = fc.constantFrom("# a", "- b", "1. c", "```", "| d | e |", "|---|---|", "  f", "", "g `h", "**");
  fc.assert(fc.property(fc.array(line, { maxLength: 30 }), (lines) => readMarkdown(lines.join("\n")).length >= 0));
});
