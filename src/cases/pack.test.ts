import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { testStore } from "../store/testing.ts";
import { evidencePack } from "./pack.ts";
import { addDocument } from "./service.ts";
import { desk, ELIN, finding, NOW, person } from "./testing.ts";

const store = await testStore();
const { findings, cases: deps } = desk();

test("the evidence pack is a ZIP whose files have the hashes of its manifest", async () => {
  const { caseId } = await store.inTransaction((tx) => findings.reportFinding(tx, finding()));
  const content = Buffer.from("%PDF- ticket");
  await store.inTransaction((tx) =>
    addDocument(tx, {
      caseId,
      person: ELIN,
      now: NOW,
      file: { name: "refund ticket.pdf", mediaType: "application/pdf", content },
    }),
  );
  const pack = await evidencePack(deps, store.db, { caseId, person: person("Ada", "auditor"), now: NOW });
  assert.ok(pack);
  const bytes = Buffer.concat(await Array.fromAsync(pack.chunks));
  const files = unzip(bytes);
  const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "{}") as {
    files: { name: string; sha256: string }[];
  };
  assert.deepEqual(
    manifest.files.map((one) => one.name).filter((name) => !name.startsWith("records/")),
    [
      "case.json",
      "events.ndjson",
      `files/${createHash("sha256").update(content).digest("hex").slice(0, 12)}-refund_ticket.pdf`,
    ],
  );
  for (const one of manifest.files)
    assert.equal(
      createHash("sha256")
        .update(files.get(one.name) ?? "")
        .digest("hex"),
      one.sha256,
      one.name,
    );
  assert.ok([...files.keys()].some((name) => name.startsWith("records/")));
});

/** Reads the central directory, as an unpacker would. */
function unzip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.length - 22;
  assert.equal(bytes.readUInt32LE(end), 0x06054b50);
  const files = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    assert.equal(bytes.readUInt32LE(at), 0x02014b50);
    const [size, nameLength, offset] = [
      bytes.readUInt32LE(at + 24),
      bytes.readUInt16LE(at + 28),
      bytes.readUInt32LE(at + 42),
    ];
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString();
    const start = offset + 30 + bytes.readUInt16LE(offset + 26);
    files.set(name, bytes.subarray(start, start + size));
    at += 46 + nameLength;
  }
  return files;
}
