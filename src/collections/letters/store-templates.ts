import { sql } from "kysely";
import type { Language } from "../../access/contract.ts";
import type { Tx } from "../../store/contract.ts";
import type { Place, Purpose } from "./contract.ts";

/** Versions of templates that people wrote; what Surety brings is version 0 and stands in the program. */
export type TemplateKey = { readonly purpose: Purpose; readonly language: Language; readonly place: Place };
export type TemplateRow = TemplateKey & {
  readonly version: number;
  readonly text: string;
  readonly note: string | null;
  readonly saved_at: Temporal.Instant;
  readonly saved_by: string;
};

export async function templateVersions(tx: Tx, key: TemplateKey): Promise<readonly TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`select * from collections_template
    where purpose = ${key.purpose} and language = ${key.language} and place = ${key.place} order by version desc`.execute(
    tx,
  );
  return rows;
}

export async function newestTemplates(tx: Tx): Promise<readonly TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`select distinct on (purpose, language, place) * from collections_template
    order by purpose, language, place, version desc`.execute(tx);
  return rows;
}

/** Keeps a version; false when somebody else kept that number first. */
export async function insertTemplate(tx: Tx, row: TemplateRow): Promise<boolean> {
  const { rows } =
    await sql`insert into collections_template (purpose, language, place, version, text, note, saved_at, saved_by)
    values (${row.purpose}, ${row.language}, ${row.place}, ${row.version}, ${row.text}, ${row.note}, ${row.saved_at}, ${row.saved_by})
    on conflict do nothing returning 1`.execute(tx);
  return rows.length > 0;
}
