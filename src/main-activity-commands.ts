import { userInfo } from "node:os";
import type { Command } from "commander";
import { importCommand, importFiles } from "./activity/intake/commands.ts";
import { type FileAsk, importActivityFile } from "./activity/intake/import-file.ts";
import type { Desk } from "./main-desk.ts";

/** Opens the desk's data for one command, beside a desk that may be running. */
type WithDesk = (work: (desk: Desk) => Promise<number>) => Promise<number>;

/** `surety activity import FILE…` */
export function activityCommands(program: Command, withDesk: WithDesk): void {
  const activity =
    program.commands.find((one) => one.name() === "activity") ??
    program.command("activity").description("logs, rules over them and what they find");
  importCommand(activity, (files, options) =>
    withDesk(({ slices }) => {
      const name = `${userInfo().username} at the command line`;
      const actor = { kind: "machine", id: "command-line", name } as const;
      const world = {
        take: (ask: Omit<FileAsk, "actor">) => importActivityFile(slices.activity.intake.deps, { ...ask, actor }),
        write: (text: string) => void process.stdout.write(text),
        complain: (text: string) => console.error(text),
        isTerminal: process.stderr.isTTY,
        monotonicMs: () => performance.now(),
      };
      return importFiles(world, files, options);
    }),
  );
}
