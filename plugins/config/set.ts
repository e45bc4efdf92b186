import { type CommandResult, type ConfigFile, type Context, FerryError, type InputOf } from "../../src/mod.ts";
import type { set } from "./mod.ts";

/** Handler of `config set`. */
export default async function change(context: Context, { flags }: InputOf<typeof set>): Promise<CommandResult> {
  const config = await context.config();
  await config.update((file) => withFlags(file, flags));
  return {};
}

function withFlags(file: ConfigFile, flags: InputOf<typeof set>["flags"]): ConfigFile {
  const limit = flags["blob-limit"];
  if (limit !== undefined && limit < 0) {
    throw new FerryError("FLAG_INVALID", `Flag "--blob-limit" must not be negative, it is "${limit}"`);
  }
  const helper = flags["default-cred-helper"];
  const { credHelper: _helper, ...others } = file.hostDefault ?? {};
  const hostDefault = helper === undefined || helper === "" ? others : { ...others, credHelper: helper };
  const { hostDefault: _default, ...rest } = file;
  return {
    ...(helper === undefined ? file : Object.keys(hostDefault).length === 0 ? rest : { ...rest, hostDefault }),
    ...(limit === undefined ? {} : { blobLimit: limit }),
    ...(flags["docker-cert"] === undefined ? {} : { incDockerCert: flags["docker-cert"] }),
    ...(flags["docker-cred"] === undefined ? {} : { incDockerCred: flags["docker-cred"] }),
  };
}
