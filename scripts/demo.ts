/**
 * Shows the main job on this machine alone: starts a registry, makes a small image for three platforms, pushes it, promotes it, mirrors
 * it to a second registry, exports it, checks every byte of what came out, and collects garbage. Leaves nothing behind.
 *
 * @module
 */
import { join } from "node:path";
import { parseReference } from "../mod.ts";
import { platforms } from "./corpus/image.ts";
import { LayoutWriter } from "./corpus/layout.ts";
import { Stage } from "./demo/stage.ts";
import { verify } from "./demo/verify.ts";

/** Plays the demo; gives its last sentence. */
async function play(stage: Stage): Promise<string> {
  const writer = new LayoutWriter(join(stage.folder, "made"));
  platforms(writer, "demo", [0.2, 0.1, 0.05], ["1.0"]);
  platforms(writer, "demo again", [0.2, 0.1, 0.05], ["1.1"]);
  writer.close();
  stage.say(
    "Made a small image in two versions, each for linux/amd64, linux/arm64 and linux/arm/v7, in the layout ./made",
  );

  stage.say("Start a registry over a folder, and say that it speaks plain HTTP");
  const registry = await stage.serve("serve --dir registry --port 0 --delete --print-url");
  await stage.ferry(`registry set --tls disabled ${registry}`);
  const app = `${registry}/team/app`;

  stage.say("Push the image with all its platforms");
  await stage.ferry(`image copy ocidir://made:1.0 ${app}:1.0`);
  await stage.ferry(`image copy ocidir://made:1.1 ${app}:1.1`);
  await stage.ferry(`repo ls ${registry}`);
  await stage.ferry(`tag ls ${app}`);
  await stage.ferry(`manifest get ${app}:1.0`);

  stage.say("Promote it: another tag for the same digest");
  await stage.ferry(`image copy ${app}:1.0 ${app}:stable`);
  const digest = await stage.ferry(`image digest ${app}:stable`);

  stage.say("Mirror the repository to a second registry");
  const mirror = await stage.serve("serve --dir mirror --port 0 --print-url");
  await stage.ferry(`registry set --tls disabled ${mirror}`);
  await stage.ferry(`repo copy ${app} ${mirror}/team/app`);
  await stage.ferry(`tag ls ${mirror}/team/app`);

  stage.say("Export it from there to a layout");
  await stage.ferry(`image copy ${mirror}/team/app:stable ocidir://exported:stable`);
  const exported = await stage.ferry("image digest ocidir://exported:stable");
  if (exported !== digest) throw new Error(`The export has the digest ${exported.trim()}, expected ${digest.trim()}`);

  stage.say("Delete a version, and collect the garbage while the registry runs");
  await stage.ferry(`image delete ${app}@${(await stage.ferry(`image digest ${app}:1.1`)).trim()}`);
  await stage.ferry("serve gc registry --grace 0s");
  await stage.ferry(`tag ls ${app}`);

  const seen = await verify(parseReference(`ocidir://${join(stage.folder, "exported")}:stable`));
  const bytes = [...seen.values()].reduce((sum, size) => sum + size, 0);
  return `pushed, promoted, mirrored and exported the image; checked ${seen.size} blobs and manifests (${bytes} bytes) ` +
    "against their digests.";
}

if (import.meta.main) {
  const started = performance.now();
  let stage: Stage | undefined;
  let stopped = 0;
  for (const [name, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(name, () => {
      stopped = code;
      stage?.stop();
    });
  }
  const encoder = new TextEncoder();
  let code = 0;
  try {
    await using opened = await Stage.open((text) => void Deno.stdout.writeSync(encoder.encode(text)));
    stage = opened;
    if (stopped !== 0) stage.stop();
    const sentence = await play(stage);
    console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(1)} s: ${sentence}`);
  } catch (error) {
    code = 1;
    if (stopped === 0) console.error(`error: ${error instanceof Error ? error.message : error}`);
  }
  Deno.exit(stopped || code);
}
