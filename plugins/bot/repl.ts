import { type CommandResult, type Context, type InputOf, isFerryError, LuaError, LuaExit } from "../../src/mod.ts";
import type { repl } from "./mod.ts";
import { limitsOf } from "./run.ts";
import { createActionLimit } from "./run/action_limit.ts";
import { Changes } from "./run/changes.ts";
import { lazyLua } from "./run/lazy_lua.ts";
import { printingResult } from "./run/printing.ts";
import { openScript, scriptFailure } from "./run/run_script.ts";

const NAME = "stdin";
/** Prints values, and nothing where there are none. */
const SHOW = '(function(...) if select("#", ...) > 0 then print(...) end end)';

/** Handler of `bot repl`: reads a line, runs it, prints what it gives. */
export default async function converse(context: Context, { flags }: InputOf<typeof repl>): Promise<CommandResult> {
  const limits = limitsOf(flags);
  const lua = await lazyLua()();
  return await Promise.resolve(printingResult(context, async (out, signal) => {
    let pending = "";
    let isReading = false;
    const lines = linesOf(context, () => isReading ? "" : pending === "" ? "> " : ">> ");
    const encoder = new TextEncoder();
    const shared = {
      context,
      out,
      dryRun: flags["dry-run"] === true,
      actions: createActionLimit(8),
      changes: new Changes(),
      lua: () => Promise.resolve(lua),
      // What a script reads are the lines behind the one that it was typed in.
      input: async () => {
        isReading = true;
        const { done, value } = await lines.next();
        isReading = false;
        return done === true ? undefined : encoder.encode(`${value}\n`);
      },
    };
    const { close, script } = await openScript({ name: NAME, limits }, shared, signal);
    const say = (text: string) => out.write(encoder.encode(`${text}\n`));
    try {
      for await (const line of lines) {
        if (pending === "" && /^\s*(exit|quit)\s*$/.test(line)) break;
        const text = pending === "" ? line.replace(/^=/, "return ") : `${pending}\n${line}`;
        const asValue = encoder.encode(`${SHOW}(${text.replace(/^\s*return\s/, "")}\n)`);
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
          if (error instanceof LuaExit && error.code === 0) break;
          if (!(error instanceof LuaError)) throw scriptFailure(error, NAME);
          say(error.message);
        }
        await out.drained();
      }
    } finally {
      await close();
    }
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
