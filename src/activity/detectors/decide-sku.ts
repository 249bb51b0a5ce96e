/** What a virtual machine's size name says. Source: learn.microsoft.com/azure/virtual-machines/vm-naming-conventions. */
export type Sku = {
  /** Leading letters: `nc`, `nd`, `hb`, `m`, `d` … */
  readonly family: string;
  /** Undefined: the name does not tell, as with classic and unheard-of sizes. */
  readonly vcpus: number | undefined;
  readonly kind: SkuKind;
};
/** `gpu`: compute accelerators. `desktop-gpu`: NV and NG, made for graphics. `hpc`: H series. `memory`: M series. */
export type SkuKind = "gpu" | "desktop-gpu" | "hpc" | "memory" | "general";

const NAME = /^(?:(?:standard|basic)_)?([a-z]{1,5})(\d{1,4})(?:-(\d{1,4}))?([a-z]{0,8})((?:_[a-z0-9]{1,12}){0,4})$/;

/** Classic sizes number their models, not their processors. Source: the retired size pages of Azure. */
const CLASSIC: Readonly<Record<string, readonly number[]>> = {
  a: [1, 1, 2, 4, 8, 2, 4, 8, 8, 16, 8, 16],
  d: [0, 1, 2, 4, 8, 16, 0, 0, 0, 0, 0, 2, 4, 8, 16, 20],
  ds: [0, 1, 2, 4, 8, 16, 0, 0, 0, 0, 0, 2, 4, 8, 16, 20],
  g: [0, 2, 4, 8, 16, 32],
  gs: [0, 2, 4, 8, 16, 32],
};

/** Reads `Standard_ND96asr_v4`, `NC24ads_A100_v4`, `STANDARD_M416-208ms_v2`; undefined for text that is no size. */
export function parseSku(name: string): Sku | undefined {
  const found = NAME.exec(name.trim().toLowerCase());
  if (!found) return undefined;
  const [, family = "", digits = "", constrained, features = "", rest = ""] = found;
  return { family, kind: kindOf(family), vcpus: vcpusOf(family, Number(constrained ?? digits), features + rest) };
}

function kindOf(family: string): SkuKind {
  if (/^n[vg]/.test(family)) return "desktop-gpu";
  if (/^n/.test(family)) return "gpu";
  if (/^h/.test(family)) return "hpc";
  return family.startsWith("m") ? "memory" : "general";
}

function vcpusOf(family: string, number: number, rest: string): number | undefined {
  const classic = CLASSIC[family];
  const isClassic = family === "a" ? !rest.includes("_v2") : /^(_v2)?(_promo)?$/.test(rest);
  if (!classic || !isClassic) return number > 0 ? number : undefined;
  const vcpus = classic[number];
  return vcpus === undefined || vcpus === 0 ? undefined : vcpus;
}
