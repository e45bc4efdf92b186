/**
 * The configuration as templates see it.
 *
 * @module
 */
import { goMap } from "../template/go_map.ts";
import { GoNil, GoStrings, goStruct, type GoValue } from "../template/value.ts";

/** A configuration file or HOST object, without secrets; what is shown of it is known by name. */
export type Settings = Readonly<Record<string, unknown>>;

/** A configuration file: `.Filename`, `.Hosts`, `.HostDefault`. */
export function configFileData(filename: string, file: Settings): GoValue {
  const hosts = (file.hosts ?? {}) as Readonly<Record<string, Settings>>;
  return goStruct({
    type: "config.Config",
    fields: {
      Filename: filename,
      Version: file.version ?? 0,
      Hosts: Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, hostData(name, host)])),
      HostDefault: file.hostDefault === undefined
        ? new GoNil("*config.Host")
        : hostData("", file.hostDefault as Settings),
      BlobLimit: file.blobLimit ?? 0,
      IncDockerCert: file.incDockerCert ?? new GoNil("*bool"),
      IncDockerCred: file.incDockerCred ?? new GoNil("*bool"),
    },
    json: () => file,
  });
}

/** A HOST object: `.TLS`, `.User`, `.Mirrors`. */
export function hostData(name: string, host: Settings): GoValue {
  const text = (key: string) => host[key] ?? "";
  const number = (key: string) => host[key] ?? 0;
  return goStruct({
    type: "config.Host",
    fields: {
      Name: name,
      TLS: host.tls ?? "enabled",
      RegCert: text("regcert"),
      ClientCert: text("clientCert"),
      ClientKey: text("clientKey"),
      Hostname: text("hostname"),
      User: text("user"),
      Pass: "",
      Token: "",
      CredHelper: text("credHelper"),
      CredExpire: text("credExpire"),
      CredHost: text("credHost"),
      PathPrefix: text("pathPrefix"),
      Mirrors: new GoStrings(host.mirrors as readonly string[] | undefined),
      Priority: number("priority"),
      RepoAuth: host.repoAuth ?? false,
      APIOpts: goMap(host.apiOpts as Readonly<Record<string, string>> | undefined),
      BlobChunk: number("blobChunk"),
      BlobMax: number("blobMax"),
      ReqPerSec: number("reqPerSec"),
      ReqConcurrent: number("reqConcurrent"),
    },
    json: () => host,
  });
}
