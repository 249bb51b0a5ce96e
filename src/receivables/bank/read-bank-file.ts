import iconv from "iconv-lite";
import { refuse, type Result } from "../../core/result.ts";
import { BANK_BYTES_MAX, type BankFault, type BankFile } from "./contract-statement.ts";
import { readBai2 } from "./decide-bai2.ts";
import { readBgMax } from "./decide-bgmax.ts";
import { readCamt } from "./decide-camt.ts";
import { readMt940 } from "./decide-mt940.ts";
import { readSie } from "./decide-sie.ts";

/** Recognises a bank's file by what stands in it, never by its name, and reads it. Refused as a whole or read as a whole. */
export function readBankFile(bytes: Uint8Array): Result<BankFile, readonly BankFault[]> {
  if (bytes.length > BANK_BYTES_MAX)
    return refuse([whole("file-too-large", `${bytes.length} bytes`, `at most ${BANK_BYTES_MAX} bytes are taken`)]);
  if (bytes.length === 0) return refuse([whole("file-empty", "", "the file is empty")]);
  const { text, encoding } = decode(bytes);
  const start = text.slice(0, 2_000).trimStart();
  if (/^<!doctype html|^<html/i.test(start))
    return refuse([
      {
        code: "web-page",
        line: 1,
        read: /<title>([^<]{0,80})/i.exec(text)?.[1]?.trim() ?? start.slice(0, 60),
        message: "this is a saved web page, not a bank file",
        fix: "the download failed and the error page was saved: sign in to the bank and fetch the file again",
      },
    ]);
  if (start.startsWith("<")) return readCamt(text, encoding);
  if (/^#FLAGGA\b/i.test(start)) return readSie(iconv.decode(Buffer.from(bytes), "cp437"), "cp437");
  if (/^01,/.test(start) || /^0[23],/.test(start)) return readBai2(text, encoding);
  if (/^01BGMAX/.test(start) || /^(05|15|2[0-9]|70)\d/.test(start)) return readBgMax(text, encoding);
  if (/^:20:/m.test(text)) return readMt940(text, encoding);
  return refuse([
    {
      code: "not-a-bank-file",
      line: 1,
      read: start.slice(0, 60),
      message: "the file is none of camt.052/053/054, BgMax, MT940, BAI2 or SIE",
      fix: "order one of these from the bank; lists of invoices or payments in CSV go to Import",
    },
  ]);
}

const whole = (code: string, read: string, message: string): BankFault => ({
  code,
  line: undefined,
  read,
  message,
  fix: "ask the bank for a file of a shorter period",
});

/** UTF-8 if the bytes are, UTF-16 by its mark, what an XML file declares, else Latin-1: a Swedish name is never a reason to refuse. */
function decode(bytes: Uint8Array): { readonly text: string; readonly encoding: string } {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes), encoding: "utf-16le" };
  if (a === 0xfe && b === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes), encoding: "utf-16be" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "utf-8" };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "latin-1" };
  }
}
