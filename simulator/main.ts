import { parseArgs } from "node:util";
import type { SimulatorOptions } from "./contract.ts";
import { startSimulator } from "./server.ts";

const USAGE = `simulator [options]: a Partner Center and Microsoft Graph to run against

  --port N            port on 127.0.0.1, 0 takes a free one (0)
  --state FILE        keep everything in FILE; a second start goes on where the first stopped
  --seed N            another world of the same kind (1)
  --now INSTANT       where the virtual clock starts (the real time); it runs at real speed
  --world NAME        demo, empty or scale:<customers> (demo)
  --speed-cancel N    seconds until a cancelled Azure subscription is inactive (600)
  --throttle N        calls a minute to customers and subscriptions, 0 = any number (500; scale: 0)
  --page-rows N       most rows of a page (25; scale: 500)
  --usage-delay N     hours that spend estimates are behind (24; demo: 1)
  --quiet             no line per call
  --with-parent       ends when standard input ends, that is with the program that started it

Prints one JSON line when ready, with the address and test credentials; logs to standard error. Stop with Ctrl+C.
`;

function optionsOf(args: readonly string[]): SimulatorOptions | "help" {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: text,
      state: text,
      seed: text,
      now: text,
      world: text,
      "speed-cancel": text,
      throttle: text,
      "page-rows": text,
      "usage-delay": text,
      quiet: { type: "boolean" },
      "with-parent": { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return "help";
  const number = (
    name: "port" | "seed" | "speed-cancel" | "throttle" | "page-rows" | "usage-delay",
  ): number | undefined => {
    const given = values[name];
    if (given === undefined) return undefined;
    if (!/^\d+(\.\d+)?$/.test(given)) throw new Error(`--${name} is a number, not "${given}"`);
    return Number(given);
  };
  const options: { [Name in keyof SimulatorOptions]?: SimulatorOptions[Name] | undefined } = {
    port: number("port"),
    state: values.state,
    seed: number("seed"),
    now: values.now,
    world: values.world,
    speedCancelSeconds: number("speed-cancel"),
    throttlePerMinute: number("throttle"),
    pageRowsMax: number("page-rows"),
    usageDelayHours: number("usage-delay"),
    log: values.quiet === true ? undefined : (line: string) => process.stderr.write(`${line}\n`),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as SimulatorOptions;
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(USAGE);
    return;
  }
  const simulator = await startSimulator(options);
  const { credentials } = simulator.control;
  process.stdout.write(
    `${JSON.stringify({ ready: true, url: simulator.url, now: simulator.control.now(), credentials })}\n`,
  );
  const stop = (): void => {
    simulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (process.argv.includes("--with-parent")) process.stdin.once("end", stop).once("close", stop).resume();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exit(2);
});
