import { type CommandResult, type Context, type Credential, FerryError, type InputOf } from "../../src/mod.ts";
import { checkReachable, DEFAULT_REGISTRY } from "./check.ts";
import type { login } from "./mod.ts";

/** User name that stands for an identity token. */
const TOKEN_USER = "<token>";
const MAX_PASSWORD_BYTES = 64 * 1024;

/** Handler of `registry login`. */
export default async function store(context: Context, { args, flags }: InputOf<typeof login>): Promise<CommandResult> {
  const registry = args.registry ?? DEFAULT_REGISTRY;
  if (flags["pass-stdin"] === true && flags.user === undefined) {
    throw new FerryError("ARGUMENT_MISSING", 'Flag "--pass-stdin" needs a user name', { hint: "add --user NAME" });
  }
  if (flags["pass-stdin"] === true && flags.pass !== undefined) {
    throw new FerryError("FLAG_INVALID", 'Flags "--pass" and "--pass-stdin" exclude each other');
  }
  const config = await context.config();
  const username = flags.user ?? await askUser(context, await config.whoami(registry));
  const password = flags["pass-stdin"] === true
    ? await readLine(context)
    : flags.pass ?? await context.prompt("Enter Password: ", { secret: true });
  if (username === "" || password === "") {
    throw new FerryError("ARGUMENT_MISSING", `Login to "${registry}" needs a user name and a password`, {
      hint: "give them with --user and --pass-stdin, or answer the questions",
    });
  }
  const credential: Credential = username === TOKEN_USER
    ? { kind: "identity", token: password }
    : { kind: "basic", username, password };
  const { stored, where } = await config.login(registry, credential);
  if (stored === "file") {
    context.log.warn("The password is stored in plain text, a credential helper would protect it", { file: where });
  } else context.log.info("The password is stored with a credential helper", { helper: where });
  if (flags["skip-check"] !== true) await checkReachable(context, registry);
  return {};
}

async function askUser(context: Context, current: string | undefined): Promise<string> {
  const answer = await context.prompt(current === undefined ? "Enter Username: " : `Enter Username [${current}]: `);
  return answer.trim() || (current ?? "");
}

/** Standard input as a password: without the line's end. */
async function readLine(context: Context): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of context.stdin) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > MAX_PASSWORD_BYTES) {
      throw new FerryError("ARGUMENT_INVALID", `Password on standard input has more than ${MAX_PASSWORD_BYTES} bytes`);
    }
  }
  return (text + decoder.decode()).replace(/[\r\n]+$/, "");
}
