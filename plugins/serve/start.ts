import { type CommandResult, type Context, FerryError, type InputOf, loadServe, type Served } from "../../src/mod.ts";
import { planAccess } from "./access.ts";
import { durationOf, timeoutOf } from "./duration.ts";
import type { serve } from "./mod.ts";
import { collectRegularly } from "./schedule.ts";

type Flags = InputOf<typeof serve>["flags"];

/** Handler of `serve`: its output is a line at the start, and ends when the server has stopped. */
export default async function start(context: Context, { flags }: InputOf<typeof serve>): Promise<CommandResult> {
  const { log, signal } = context;
  const times = {
    head: timeoutOf("header-timeout", flags["header-timeout"]),
    keepAlive: timeoutOf("keep-alive-timeout", flags["keep-alive-timeout"]),
    idle: timeoutOf("idle-timeout", flags["idle-timeout"]),
    stop: durationOf("stop-timeout", flags["stop-timeout"]),
    interval: durationOf("gc-interval", flags["gc-interval"]),
    grace: durationOf("gc-grace", flags["gc-grace"]),
  };
  requireCounts(flags);
  const parts = await loadServe();
  const access = await planAccess(context, flags, parts);
  const tls = await readTls(flags);
  const clients = await readClients(flags);
  const memory = flags.store === "mem" ? await parts.openMemory(await baseOf(flags)) : undefined;
  let server: Served;
  try {
    const dir = memory?.dir ?? await openFolder(flags);
    server = await parts.serveFolder({
      dir,
      readOnly: flags["read-only"] === true,
      allowDelete: flags.delete === true,
      grace: times.grace,
      idleTimeout: times.idle,
      now: () => context.clock.now(),
      log,
      ...(flags["manifest-limit"] === undefined ? {} : { manifestLimit: flags["manifest-limit"] }),
      ...(flags["blob-limit"] === undefined ? {} : { blobLimit: flags["blob-limit"] }),
      address: flags.addr,
      port: flags.port,
      connections: flags["max-connections"],
      headTimeout: times.head,
      keepAliveTimeout: times.keepAlive,
      guard: access.guard,
      trustProxy: flags["trust-proxy"] === true,
      onAccess: (entry) => log.info("request", { ...entry }),
      onFailure: (error) =>
        log.error("A request failed", { error: error instanceof Error ? error.message : `${error}` }),
      ...(tls === undefined ? {} : { tls }),
      ...(clients === undefined ? {} : { clients }),
      ...(flags["rate-limit"] === undefined ? {} : { limiter: new parts.RateLimiter(flags["rate-limit"]) }),
    });
  } catch (error) {
    await memory?.remove();
    throw error;
  }
  const collects = times.interval > 0 && flags["read-only"] !== true;
  const schedule = { interval: times.interval, grace: times.grace, untagged: flags["gc-untagged"] === true };
  const collector = collects ? collectRegularly(context, server, schedule, signal) : Promise.resolve();
  const stop = async (): Promise<void> => {
    await server.stop(times.stop);
    await collector;
    await memory?.remove();
  };
  const line = flags["print-url"] === true ? server.url : startLine(flags, server.url, access.words);
  return { body: untilStopped(`${line}\n`, signal, stop) };
}

/** A stream that gives a line at once, and ends when the work is stopped and done. */
function untilStopped(line: string, signal: AbortSignal, stop: () => Promise<void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(line));
      const end = () => void stop().then(() => controller.close(), (error) => controller.error(error));
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    },
  });
}

function startLine(flags: Flags, url: string, access: string): string {
  const store = flags.store === "mem"
    ? (flags.dir === "." ? "memory" : `memory over "${flags.dir}"`)
    : `"${flags.dir}"`;
  const rights = flags["read-only"] === true ? "read-only" : flags.delete === true ? "push and delete" : "push";
  return `Serving ${store} at ${url}: ${rights}, ${access}`;
}

async function readTls(flags: Flags): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  const { "tls-cert": cert, "tls-key": key } = flags;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new FerryError("FLAG_INVALID", 'Flags "--tls-cert" and "--tls-key" need each other');
  }
  return { cert: await readText(cert), key: await readText(key) };
}

async function readClients(flags: Flags): Promise<{ readonly ca: string; readonly required: boolean } | undefined> {
  const { "client-ca": ca, "client-auth": auth } = flags;
  if (ca === undefined) return undefined;
  if (flags["tls-cert"] === undefined) {
    throw new FerryError("FLAG_INVALID", 'Flag "--client-ca" needs TLS', { hint: "give --tls-cert and --tls-key" });
  }
  return { ca: await readText(ca), required: auth === "require" };
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new FerryError("IO", `Could not read "${path}"`, { cause, hint: "check the path and its permissions" });
  }
}

/** The folder to store in, made where it is missing. */
async function openFolder({ dir, "read-only": readOnly }: Flags): Promise<string> {
  try {
    if (readOnly !== true) await Deno.mkdir(dir, { recursive: true });
    if (!(await Deno.stat(dir)).isDirectory) throw new Error("it is a file");
  } catch (cause) {
    throw new FerryError("IO", `Could not use the folder "${dir}": ${cause instanceof Error ? cause.message : cause}`, {
      cause,
      hint: "give a folder with --dir",
    });
  }
  await refuseLayout(dir);
  return dir;
}

/** The folder below the memory, where there is one. */
async function baseOf({ dir }: Flags): Promise<string | undefined> {
  if (dir === ".") return undefined;
  const info = await Deno.stat(dir).catch(() => undefined);
  if (!info?.isDirectory) {
    throw new FerryError("IO", `Folder "${dir}" does not exist`, { hint: "leave --dir out for none" });
  }
  await refuseLayout(dir);
  return dir;
}

async function refuseLayout(dir: string): Promise<void> {
  if (await Deno.stat(`${dir}/oci-layout`).then(() => true, () => false)) {
    throw new FerryError("FLAG_INVALID", `Folder "${dir}" is a layout itself`, {
      hint: "give the folder that it is in; the layout is the repository of its name",
    });
  }
}

function requireCounts(flags: Flags): void {
  for (const flag of ["rate-limit", "manifest-limit", "blob-limit", "max-connections"] as const) {
    const value = flags[flag];
    if (value !== undefined && value <= 0) {
      throw new FerryError("FLAG_INVALID", `Flag "--${flag}" must be more than 0, it is "${value}"`);
    }
  }
  if (flags.port < 0 || flags.port > 65535) {
    throw new FerryError("FLAG_INVALID", `Flag "--port" must be 0 to 65535, not "${flags.port}"`);
  }
}
