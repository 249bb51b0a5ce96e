/** The people of the demo as their pages ask for them: a session each, one idempotency key for each thing they do. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Program } from "./program.ts";
import type { Records, SeenEvent } from "./records.ts";

export const NAMES = ["Elin Sandström", "Karin Holm", "Jonas Wik", "Astrid Lund"] as const;
export type Name = (typeof NAMES)[number];

const OVERLOADED_TRIES_MAX = 100;
const OVERLOADED_PAUSE_MS = 200;
const REPEATED_MAX = 3;
const ANSWER_MS_MAX = 60_000;

export type Ask = {
  readonly who: Name;
  readonly path: string;
  readonly body: unknown;
  /** Which event of the log is this write: no other write may answer to it. Left out where a write tells the log nothing. */
  readonly isIt?: (event: SeenEvent) => boolean;
};

export type People = {
  readonly idOf: (who: Name) => string;
  get<T>(who: Name, path: string): Promise<T>;
  text(who: Name, path: string): Promise<string>;
  /** Writes, and repeats with the same key until there is an answer. A refusal is a failure of the test. */
  write<T>(ask: Ask): Promise<T>;
  /** Sends the last answered writes once more, as pages do that never saw the answer: it has to be the same one. */
  repeatLast(): Promise<void>;
  /** How many writes were sent again. */
  repeated(): number;
};

type Given = {
  readonly program: Program;
  readonly records: Records;
  /** Told of every request as it is sent. */
  readonly onSent: (isWrite: boolean) => void;
};
type Answered = { readonly who: Name; readonly path: string; readonly init: RequestInit; readonly text: string };
type Session = { readonly id: string; readonly cookie: string };

/** Signs everybody in, once: the sessions have to outlive every kill. */
export async function peopleOf({ program, records, onSent }: Given): Promise<People> {
  const sessions = new Map<Name, Session>();
  for (const name of NAMES) sessions.set(name, await program.steady(() => signIn(program.url, name)));
  const of = (who: Name): Session => {
    const found = sessions.get(who);
    if (found === undefined) throw new Error(`invariant broken: ${who} did not sign in`);
    return found;
  };
  let repeated = 0;
  const answered: Answered[] = [];
  const send = (who: Name, path: string, init: RequestInit): Promise<string> => {
    const isWrite = init.method === "POST";
    let sent = 0;
    return program.steady(async () => {
      if (isWrite && ++sent > 1) repeated += 1;
      const headers = { cookie: of(who).cookie, ...init.headers } as Record<string, string>;
      const signal = AbortSignal.timeout(ANSWER_MS_MAX);
      for (let tries = 1; ; tries++) {
        const asked = fetch(program.url + path, { ...init, headers, signal });
        onSent(isWrite);
        const answer = await asked;
        const text = await answer.text();
        if (answer.ok) return text;
        if (answer.status !== 503 || tries >= OVERLOADED_TRIES_MAX)
          throw new Error(`${init.method ?? "GET"} ${path} of ${who} answered ${answer.status}: ${text}`);
        await pause(OVERLOADED_PAUSE_MS);
      }
    });
  };
  return {
    idOf: (who) => of(who).id,
    get: async <T>(who: Name, path: string) => JSON.parse(await send(who, path, {})) as T,
    text: (who, path) => send(who, path, {}),
    async repeatLast() {
      for (const { who, path, init, text } of answered.splice(0).slice(-REPEATED_MAX)) {
        repeated += 1;
        assert.equal(await send(who, path, init), text, `${path} with the same key gets the same answer`);
      }
    },
    repeated: () => repeated,
    async write<T>({ who, path, body, isIt }: Ask) {
      const record = isIt && records.begin(path, isIt);
      const isFile = body instanceof Uint8Array;
      const init = {
        method: "POST",
        headers: {
          "content-type": isFile ? "application/octet-stream" : "application/json",
          "idempotency-key": crypto.randomUUID(),
          origin: program.url,
        },
        body: isFile ? Buffer.from(body) : JSON.stringify(body),
      };
      const text = await send(who, path, init);
      answered.push({ who, path, init, text });
      record?.acknowledged();
      return JSON.parse(text) as T;
    },
  };
}

type Shown = {
  readonly people: readonly { readonly name: string; readonly email: string; readonly password: string }[];
};

async function signIn(url: string, name: Name): Promise<Session> {
  const { people } = (await (await fetch(`${url}/api/welcome/state`)).json()) as Shown;
  const person = people.find((one) => one.name === name);
  if (person === undefined) throw new Error(`${name} is nobody at the demo desk`);
  const { email, password } = person;
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ email, password }),
  });
  if (!answer.ok) throw new Error(`${name} could not sign in: ${answer.status} ${await answer.text()}`);
  const { user } = (await answer.json()) as { user: { id: string } };
  const cookies = answer.headers.getSetCookie().map((one) => one.split(";")[0]);
  return { id: user.id, cookie: cookies.join("; ") };
}
