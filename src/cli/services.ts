/**
 * The services that handlers use, made when they are first asked for. The one file of the command line that names them.
 *
 * @module
 */
import type { Configuration } from "../config/configuration.ts";
import type { Clock, Log, Program, RegistriesOptions } from "../plugin.ts";
import type { RateLimited, RepositoryLister, Transport } from "../transport/transport.ts";
import type { UserPlugins } from "../user_plugin/types.ts";
import { lazyUserPlugins } from "../user_plugin/lazy.ts";
import type { UserPluginsOptions } from "../user_plugin/user_plugins.ts";
import type { ValueReaders } from "./values.ts";

/** The registry transport as handlers know it, and its end. */
export interface RegistryTransport extends Transport, RepositoryLister, RateLimited {
  /** Closes idle connections. */
  end(): void;
}

/** What services are made from. */
export interface ServiceOptions {
  /** The name that the program was called by. */
  readonly program: Program;
  /** Log lines. */
  readonly log: Log;
  /** Time. */
  readonly clock: Clock;
  /** An environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Settings of registries for this run, `reg=...,user=...`. */
  readonly hosts: readonly string[];
  /** User agent of requests, undefined for ferry's own. */
  readonly userAgent: string | undefined;
  /** Milliseconds that a credential helper may take, where it is not to wait for a person. */
  readonly helperTimeout?: number;
  /** Registries that a file of a person's own describes. */
  readonly registries?: RegistriesOptions;
}

/** Makes services. Each is asked for at most once for a context. */
export interface Services {
  /** Plugins that do not come with the program. */
  plugins(options: UserPluginsOptions): UserPlugins;
  /** Readers of references, registry names and digests; `schemes` are those that plugins serve. */
  readers(schemes?: ReadonlySet<string>): Promise<ValueReaders>;
  /** Configuration files and credentials. */
  configuration(options: ServiceOptions): Promise<Configuration>;
  /** Transport of registries. */
  registry(options: ServiceOptions, configuration: Configuration): Promise<RegistryTransport>;
  /** Transport of OCI image layouts. */
  layout(options: ServiceOptions): Promise<Transport>;
}

/** The services of the program itself; each is loaded when it is asked for. */
export function builtInServices(): Services {
  return {
    plugins: lazyUserPlugins,
    async readers(schemes) {
      const [{ parseReference, parseRegistry }, { parseDigest }] = await Promise.all([
        import("../reference/parse.ts"),
        import("../oci/digest.ts"),
      ]);
      return {
        reference: (text) => parseReference(text, schemes),
        registry: parseRegistry,
        digest: (text) => {
          parseDigest(text);
          return text;
        },
      };
    },
    async configuration({ env, helperTimeout, hosts, log, program, registries }) {
      const { openConfiguration } = await import("../config/configuration.ts");
      return await openConfiguration({
        env,
        hostFlags: hosts,
        as: program === "regctl" ? "regctl" : "ferry",
        log,
        ...(helperTimeout === undefined ? {} : { helperTimeout }),
        ...(registries === undefined ? {} : { registries }),
      });
    },
    async registry({ clock, env, log, userAgent }, { credentials, hosts }) {
      const [{ createRegistryTransport }, { VERSION }] = await Promise.all([
        import("../transport/registry/mod.ts"),
        import("../version.ts"),
      ]);
      return createRegistryTransport({
        hosts,
        credentials,
        env,
        clock,
        log,
        userAgent: userAgent ?? `ferry/${VERSION.version}`,
      });
    },
    async layout({ clock, env, log }) {
      const { createLayoutTransport } = await import("../transport/layout/mod.ts");
      const epoch = env("SOURCE_DATE_EPOCH");
      return createLayoutTransport({
        now: () => clock.now(),
        log,
        ...(epoch !== undefined && /^\d{1,11}$/.test(epoch) ? { created: rfc3339(Number(epoch)) } : {}),
      });
    },
  };
}

function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
