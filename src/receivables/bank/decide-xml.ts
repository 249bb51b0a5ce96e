import { XMLParser, XMLValidator } from "fast-xml-parser";
import { ok, refuse, type Result } from "../../core/result.ts";
import { type BankFault, XML_DEPTH_MAX } from "./contract-statement.ts";

/** An element with where it stands. */
export type XmlNode = {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly attribute: (name: string) => string | undefined;
  /** Elements at a path below, e.g. `Acct/Id/IBAN`; the prefix of a namespace does not count. */
  readonly all: (path: string) => readonly XmlNode[];
  readonly first: (path: string) => XmlNode | undefined;
  /** Text of the first of these paths that has any. */
  readonly textAt: (...paths: readonly string[]) => string | undefined;
};

type Raw = { readonly [name: string]: readonly Raw[] | string };
const META = XMLParser.getMetaDataSymbol() as unknown as symbol;
const TEXT = "#text";

/** Reads XML without expanding anything: a document type is refused, and only the five predefined and numeric entities are read. */
export function readXml(source: string): Result<XmlNode, BankFault> {
  const text = source.replaceAll("\r\n", "\n");
  const lines = lineStarts(text);
  const doctype = /<!\s*(DOCTYPE|ENTITY)/i.exec(text);
  if (doctype !== null)
    return refuse({
      code: "xml-doctype",
      line: lineAt(lines, doctype.index),
      read: doctype[0],
      message: "the file declares a document type; bank files have none and such a file may harm",
      fix: "fetch the file from the bank again",
    });
  const deep = tooDeep(text);
  if (deep !== undefined)
    return refuse({
      code: "xml-too-deep",
      line: lineAt(lines, deep),
      read: text.slice(deep, deep + 40),
      message: `more than ${XML_DEPTH_MAX} elements lie within each other`,
      fix: "fetch the file from the bank again",
    });
  const valid = XMLValidator.validate(text);
  if (valid !== true)
    return refuse({
      code: "xml-broken",
      line: valid.err.line,
      column: valid.err.col,
      read: (text.split("\n", valid.err.line)[valid.err.line - 1] ?? "").slice(0, 120),
      message: `the file is not whole XML: ${valid.err.msg}`,
      fix: "the file was cut or changed on its way: fetch it from the bank again",
    });
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    alwaysCreateTextNode: true,
    jPath: false,
    isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
    parseTagValue: false,
    parseAttributeValue: false,
    removeNSPrefix: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    processEntities: false,
    captureMetaData: true,
    maxNestedTags: XML_DEPTH_MAX + 1,
  });
  return ok(nodeOf(parser.parse(text) as Raw, "", lines));
}

/** Where the nesting goes too deep; found without recursion, before any parser sees the text. */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  for (const found of text.matchAll(/<(\/?)[A-Za-z_][^<>]*?(\/?)>/g)) {
    depth += found[1] === "/" ? -1 : found[2] === "/" ? 0 : 1;
    if (depth > XML_DEPTH_MAX) return found.index;
  }
  return undefined;
}

function nodeOf(raw: Raw, path: string, lines: readonly number[], outer = 1): XmlNode {
  const at = (raw as unknown as Record<symbol, { readonly startIndex?: number } | undefined>)[META]?.startIndex;
  const line = at === undefined ? outer : lineAt(lines, at);
  const below = (name: string): XmlNode[] => {
    const found = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (!Array.isArray(found)) return [];
    const many = found.length > 1;
    return (found as readonly Raw[]).map((one, index) =>
      nodeOf(one, `${path}${path === "" ? "" : "/"}${name}${many ? `[${index + 1}]` : ""}`, lines, line),
    );
  };
  const all = (wanted: string): readonly XmlNode[] => {
    const cut = wanted.indexOf("/");
    if (cut < 0) return below(wanted);
    const rest = wanted.slice(cut + 1);
    return below(wanted.slice(0, cut)).flatMap((one) => one.all(rest));
  };
  const own = raw[TEXT];
  const node: XmlNode = {
    path,
    line,
    text: decodeEntities(typeof own === "string" ? own : "").trim(),
    attribute: (name) => {
      const value = raw[`@${name}`];
      return typeof value === "string" ? decodeEntities(value) : undefined;
    },
    all,
    first: (wanted) => all(wanted)[0],
    textAt: (...paths) => {
      for (const wanted of paths) {
        const found = firstText(raw, wanted.split("/"), 0);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
  return node;
}

/** Text of the first element at a path that has any; straight through the tree, since it is asked most. */
function firstText(raw: Raw, names: readonly string[], at: number): string | undefined {
  const name = names[at];
  if (name === undefined) {
    const own = raw[TEXT];
    const text = typeof own === "string" ? decodeEntities(own).trim() : "";
    return text === "" ? undefined : text;
  }
  const found = Object.hasOwn(raw, name) ? raw[name] : undefined;
  if (!Array.isArray(found)) return undefined;
  for (const below of found as readonly Raw[]) {
    const text = firstText(below, names, at + 1);
    if (text !== undefined) return text;
  }
  return undefined;
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const decodeEntities = (text: string): string =>
  text.includes("&")
    ? text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
        if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
        const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
        return code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : " ";
      })
    : text;

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
/** The 1-based line of a place in the text. */
function lineAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle;
  }
  return low + 1;
}
