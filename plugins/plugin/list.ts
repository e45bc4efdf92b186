import { alignTabs, type CommandResult, type Context, type InputOf } from "../../src/mod.ts";
import type { list } from "./mod.ts";
import { listRows, type Row } from "./rows.ts";

/** Rows of `plugin list`. */
export async function* rows(context: Context, { flags }: InputOf<typeof list>): AsyncGenerator<readonly Row[]> {
  yield* listRows(context, flags.all === true);
}

/** Handler of `plugin list`. */
export default async function show(context: Context, { flags }: InputOf<typeof list>): Promise<CommandResult> {
  const plugins: Row[] = [];
  for await (const batch of listRows(context, flags.all === true)) plugins.push(...batch);
  return { data: () => ({ plugins }), text: () => table(plugins) };
}

function table(plugins: readonly Row[]): string {
  if (plugins.length === 0) return "";
  const rows = plugins.map((row) => [row.name, row.version || "-", fromOf(row), row.adds.join(", ") || row.summary]);
  const text = [["NAME", "VERSION", "FROM", "ADDS"], ...rows].map((cells) => cells.join("\t")).join("\n");
  return alignTabs(`${text}\n`, { padding: 2 });
}

function fromOf({ confined, from, source, state }: Row): string {
  const notes = [...(state === "enabled" ? [] : [state]), ...(confined ? ["confined"] : [])];
  return [source === "" || from === "added" ? from : `${from} ${source}`, ...notes].join(", ");
}
