import { type CommandResult, type Context, FerryError, type InputOf, loadServe } from "../../src/mod.ts";
import type { hash } from "./mod.ts";

/** Handler of `serve hash`. */
export default async function makeLine(
  context: Context,
  { args, flags }: InputOf<typeof hash>,
): Promise<CommandResult> {
  const { user } = args;
  if (!/^[^:\s]+$/.test(user)) {
    throw new FerryError("ARGUMENT_INVALID", `User "${user}" must be a name without blanks and colons`);
  }
  const { hashPassword, PASSWORD_MAX_BYTES } = await loadServe();
  const password = flags["pass-stdin"] === true
    ? await readLine(context, PASSWORD_MAX_BYTES)
    : await context.prompt("Password: ", { secret: true });
  const bytes = new TextEncoder().encode(password).byteLength;
  if (bytes === 0 || bytes > PASSWORD_MAX_BYTES) {
    throw new FerryError("ARGUMENT_INVALID", `Password must have 1 to ${PASSWORD_MAX_BYTES} bytes, it has ${bytes}`, {
      hint: "bcrypt does not look at more",
    });
  }
  const line = `${user}:${await hashPassword(password)}`;
  return { data: () => ({ line }), text: () => `${line}\n` };
}

/** Standard input as a password: without the line's end. */
async function readLine(context: Context, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of context.stdin) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > most * 2) break;
  }
  return (text + decoder.decode()).replace(/[\r\n]+$/, "");
}
