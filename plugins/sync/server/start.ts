import { type CommandResult, type Context, type InputOf, loadSchedule } from "../../../src/mod.ts";
import { parseShard } from "../engine/shard.ts";
import { SyncState } from "../engine/state.ts";
import type { server } from "../mod.ts";
import { durationOf, readFile } from "../open.ts";
import { listen, parseAddress } from "./listen.ts";
import { Metrics } from "./metrics.ts";
import { SyncServer } from "./server.ts";

/** Handler of `sync server`: ends when the process is told to, with what has begun. */
export default async function start(context: Context, { flags }: InputOf<typeof server>): Promise<CommandResult> {
  const { clock, log, signal } = context;
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard);
  const trust = durationOf("state-trust", flags["state-trust"]);
  const stopTimeout = durationOf("stop-timeout", flags["stop-timeout"]);
  const address = flags.listen === undefined ? undefined : parseAddress(flags.listen);
  const file = await readFile(context, flags);
  const statePath = flags.state ?? file.run.state;
  const metrics = new Metrics(clock);
  const one = new SyncServer({
    context,
    metrics,
    shard,
    only: flags.only,
    abortOnError: flags["abort-on-error"] === true,
    state: await SyncState.open(statePath, clock, trust, log),
    statePath,
    stopTimeout,
  });
  await using _listener = address === undefined ? undefined : listen(address, metrics, log);
  const { watchFile } = await loadSchedule();
  using _watcher = watchFile(flags.config!, {
    clock,
    log,
    signal,
    onChange: async () => {
      const changed = await readFile(context, flags);
      await one.load(changed);
      log.info("File was read anew", { file: changed.path, steps: changed.steps.length });
    },
    onResult: (worked) => metrics.reloaded(worked),
  });
  await one.load(file);
  await one.ended();
  const failed = metrics.failures;
  return context.program === "regsync" && failed > 0 ? { exit: 1 } : {};
}
