import { type CommandResult, type Context, type InputOf, isFerryError, LuaError } from "../../src/mod.ts";
import type { repl } from "./mod.ts";
import { limitsOf } from "./run.ts";
import { createActionLimit } from "./run/action_limit.ts";
import { lazyLua } from "./run/open.ts";
import { printingResult } from "./run/printing.ts";
import { openScript } from "./run/run_script.ts";

const NAME = "stdin";

/** Handler of `bot repl`: reads a line, runs it, prints what it gives. */
export default async function converse(context: Context, { flags }: InputOf<typeof repl>): Promise<CommandResult> {
  const limits = limitsOf(flags);
  const lua = await lazyLua()();
  return await Promise.resolve(printingResult(context, async (out, signal) => {
    const shared = {
      context,
      out,
      dryRun: flags["dry-run"] === true,
      actions: createActionLimit(8),
      lua: () => Promise.resolve(lua),
    };
    const { close, script } = await openScript({ name: NAME, limits }, shared, signal);
    const encoder = new TextEncoder();
    const say = (text: string) => out.write(encoder.encode(`${text}\n`));
    let pending = "";
    for await (const line of linesOf(context, () => pending === "" ? "> " : ">> ")) {
      if (pending === "" && /^\s*(exit|quit)\s*$/.test(line)) break;
      const text = pending === "" ? line.replace(/^=/, "return ") : `${pending}\n${line}`;
      const asValue = encoder.encode(`print(${text.replace(/^\s*return\s/, "")}\n)`);
      const source = text.trim() !== "" && lua.check(asValue, NAME) === undefined ? asValue : encoder.encode(text);
      const wrong = lua.check(source, NAME);
      if (wrong !== undefined && /near (?:'?<eof>'?)$/.test(wrong)) {
        pending = text;
        continue;
      }
      pending = "";
      try {
        await script.run(source);
      } catch (error) {
        if (!(error instanceof LuaError)) throw error;
        say(error.message);
      }
      await out.drained();
    }
    close();
  }));
}

/** Lines that a person types at a prompt, or those of standard input. */
async function* linesOf(context: Context, prompt: () => string): AsyncGenerator<string> {
  try {
    for (;;) yield await context.prompt(prompt());
  } catch (error) {
    if (!isFerryError(error, "ARGUMENT_MISSING")) throw error;
  }
  let rest = "";
  for await (const piece of context.stdin.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + piece).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
