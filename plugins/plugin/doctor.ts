import { type CommandResult, type Context, FerryError } from "../../src/mod.ts";

/** Handler of `plugin doctor`. */
export default async function run(context: Context): Promise<CommandResult> {
  const store = await context.plugins.store();
  const examined = (await store.examine()).map(({ failure, name }) => ({
    name,
    ok: failure === undefined,
    ...(failure === undefined ? {} : { code: failure.code, message: failure.message }),
    ...(failure?.hint === undefined ? {} : { hint: failure.hint }),
  }));
  const bad = examined.filter(({ ok }) => !ok).length;
  return {
    data: () => ({ folder: store.folder, plugins: examined }),
    text: () => examined.map((one) => `${one.name}: ${one.ok ? "ok" : one.message}\n`).join(""),
    ...(bad === 0 ? {} : {
      error: new FerryError("PLUGIN_INVALID", `${bad} of ${examined.length} plugins cannot be used`, {
        hint: "add them again, or take them away with plugin remove",
      }),
    }),
  };
}
