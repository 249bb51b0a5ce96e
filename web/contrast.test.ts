import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** Contrast computed from the tokens themselves (WCAG 2 relative luminance), both modes. */
const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

function tokensOf(selector: string): ReadonlyMap<string, string> {
  const start = css.indexOf(`${selector} {`);
  assert.ok(start >= 0, `tokens.css has ${selector}`);
  const block = css.slice(start, css.indexOf("}", start));
  return new Map([...block.matchAll(/--s-([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = "", hex = ""]) => [name, hex]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.039_28 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

/** Text and the grounds it stands on. */
const TEXT: readonly (readonly [ink: string, grounds: readonly string[]])[] = [
  ["ink", ["bg", "panel", "sunken", "hover", "accent-soft", "crit-soft", "warn-soft", "ok-soft"]],
  ["ink-2", ["bg", "panel", "sunken", "hover", "accent-soft"]],
  ["ink-3", ["bg", "panel", "sunken", "hover", "accent-soft"]],
  ["accent", ["bg", "panel", "hover", "accent-soft"]],
  ["crit", ["bg", "panel", "crit-soft"]],
  ["warn", ["bg", "panel", "warn-soft"]],
  ["ok", ["panel", "ok-soft"]],
];
const TEXT_MIN = 5;
/** Chart series and bars on a panel. */
const GRAPHIC = ["data-1", "data-2", "data-3", "warn-fill", "crit"];
const GRAPHIC_MIN = 3.2;

const modes = [
  ["light", tokensOf(":root")],
  ["dark", tokensOf(':root[data-mantine-color-scheme="dark"]')],
] as const;

for (const [mode, tokens] of modes) {
  const colour = (name: string) => {
    const hex = tokens.get(name);
    assert.ok(hex, `${mode} has --s-${name}`);
    return hex;
  };
  for (const [ink, grounds] of TEXT)
    for (const ground of grounds)
      test(`${mode}: ${ink} can be read on ${ground}`, () => {
        const ratio = contrast(colour(ink), colour(ground));
        assert.ok(ratio >= TEXT_MIN, `${ratio.toFixed(2)} is below ${TEXT_MIN}`);
      });
  for (const name of GRAPHIC)
    test(`${mode}: ${name} can be seen on a panel`, () => {
      const ratio = contrast(colour(name), colour("panel"));
      assert.ok(ratio >= GRAPHIC_MIN, `${ratio.toFixed(2)} is below ${GRAPHIC_MIN}`);
    });
}

test("both modes name the same tokens", () => {
  assert.deepEqual([...modes[0][1].keys()], [...modes[1][1].keys()]);
});
