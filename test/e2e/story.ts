import { test } from "node:test";
import { part, type Person } from "./person.ts";

type Options = { readonly skip?: string | false };

/** Parts of one story, in order: what follows a part that failed says nothing and is left out. */
export function storyOf(people: () => readonly Person[]) {
  let isBroken = false;
  return (name: string, run: () => Promise<void>, options: Options = {}): void => {
    void test(name, options, async (t) => {
      if (isBroken) return t.skip("an earlier part failed");
      isBroken = true;
      await part(people(), run);
      isBroken = false;
    });
  };
}
