/**
 * Steps that change how containers of an image run (image-spec, config.md).
 *
 * @module
 */
import { isJsonObject, type JsonObject } from "../../oci/descriptor.ts";
import { type Platform, samePlatform } from "../../oci/platform.ts";
import { imagesFor, type Step } from "../step.ts";
import { objectIn, platformOf } from "../tree.ts";

/** Fields of a config that hold text. */
export type TextField = "author" | "User" | "WorkingDir";

/** Sets a field; an empty text clears it. */
export function setConfigText(field: TextField, value: string, platforms: readonly Platform[] = []): Step {
  return onConfigs(platforms, (json) => {
    const place = field === "author" ? json : objectIn(json, "config");
    if (value === "") delete place[field];
    else place[field] = value;
  });
}

/** Sets the command or the entrypoint; an empty list clears it. */
export function setConfigList(field: "Cmd" | "Entrypoint", value: readonly string[]): Step {
  return onConfigs([], (json) => {
    const container = objectIn(json, "config");
    if (value.length === 0) delete container[field];
    else container[field] = [...value];
  });
}

/** Sets the platform that configs name. Entries of an index keep theirs. */
export function setConfigPlatform(platform: Platform): Step {
  return (work) => {
    for (const image of imagesFor(work, [])) {
      if (!samePlatform(platformOf(image), platform)) setPlatform(image.config.json, platform);
    }
  };
}

function setPlatform(json: JsonObject, platform: Platform): void {
  for (const field of ["os", "architecture", "variant", "os.version", "os.features"]) delete json[field];
  Object.assign(json, platform);
}

/** Sets a variable of the environment; an empty value takes it away. */
export function setEnv(name: string, value: string, platforms: readonly Platform[] = []): Step {
  return onConfigs(platforms, (json) => {
    const container = objectIn(json, "config");
    const env = Array.isArray(container.Env) ? container.Env as string[] : [];
    const at = env.findIndex((item) => item.split("=", 1)[0] === name);
    if (value === "") container.Env = env.filter((_, index) => index !== at);
    else container.Env = at < 0 ? [...env, `${name}=${value}`] : env.with(at, `${name}=${value}`);
  });
}

/** Sets a label; an empty value takes it away. */
export function setLabel(name: string, value: string, platforms: readonly Platform[] = []): Step {
  return onConfigs(platforms, (json) => {
    const container = objectIn(json, "config");
    if (value !== "") objectIn(container, "Labels")[name] = value;
    else if (isJsonObject(container.Labels)) delete container.Labels[name];
  });
}

/** Adds a port or a volume to those that the config lists, or takes it away. */
export function setListed(field: "ExposedPorts" | "Volumes", name: string, listed: boolean): Step {
  return onConfigs([], (json) => {
    const container = objectIn(json, "config");
    if (listed) objectIn(container, field)[name] ??= {};
    else if (isJsonObject(container[field])) delete container[field][name];
  });
}

function onConfigs(platforms: readonly Platform[], change: (json: JsonObject) => void): Step {
  return (work) => {
    for (const { config } of imagesFor(work, platforms)) change(config.json);
  };
}
