import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { deleteBlob } from "./mod.ts";

/** Handler of `blob delete`. */
export default async function remove(
  context: Context,
  { args }: InputOf<typeof deleteBlob>,
): Promise<CommandResult> {
  const transport = await context.transport(args.repository);
  await transport.deleteBlob(args.repository, args.digest, { signal: context.signal });
  return {};
}
