import assert from "node:assert/strict";
import { backupReference, createRenamer, stepSchedule, type SyncStep } from "../../plugins/sync/file/mod.ts";
import { formatReference, parseReference } from "../../src/mod.ts";
import { NOW, parse, testContext } from "./support.ts";

/** The step of a file that holds nothing else. */
async function stepOf(rest: string, type = "repository"): Promise<SyncStep> {
  const source = type === "registry" ? "registry.example.org" : "alpine";
  const { steps } = await parse(`sync: [{source: ${source}, target: "localhost:5000/mirror", type: ${type}, ${rest}}]`);
  const [step] = steps;
  assert.ok(step !== undefined);
  return step;
}

Deno.test("tags and repositories get new names by rules or templates", async () => {
  const named = (repository: string, tag?: string) => ({
    registry: "registry.example.org",
    repository,
    ...(tag === undefined ? {} : { tag }),
  });
  const rules = await createRenamer(
    await stepOf("rename: {tag: [{match: 'v(.*)', replace: '$1'}, {match: '.*rc(\\d+)', replace: 'candidate-${1}'}]}"),
    testContext(),
  );
  assert.equal(rules.tag(named("app", "v1.2")), "1.2");
  assert.equal(rules.tag(named("app", "1.3-rc2")), "candidate-2");
  assert.equal(rules.tag(named("app", "latest")), "latest");
  assert.equal(rules.repository(named("org/app")), "org/app");
  assert.throws(() => rules.tag(named("app", "v")), { code: "CONFIG_INVALID", message: /makes "" of "v"/ });

  const templates = await createRenamer(
    await stepOf(
      `rename: {tag: '{{ .Tag | lower }}-{{ time.Now.Format "20060102" }}-{{ env "HUB_USER" }}', ` +
        `repository: 'from-{{ index (split .Registry ".") 0 }}/{{ .Repository }}/{{ .Sync.Type }}'}`,
      "registry",
    ),
    testContext(),
  );
  assert.equal(templates.tag(named("app", "V1")), "v1-20260130-someone");
  assert.equal(templates.repository(named("org/app")), "from-registry/org/app/registry");
  const broken = await createRenamer(
    await stepOf("rename: {repository: 'A/{{.Repository}}'}", "registry"),
    testContext(),
  );
  assert.throws(() => broken.repository(named("app")), { code: "CONFIG_INVALID", message: /which is no repository/ });
});

Deno.test("a backup is a tag of the target or a reference, by regsync's template data", async () => {
  const target = parseReference("localhost:5000/mirror:v1");
  const backup = async (text: string, rest = "name: x") => {
    const step = await stepOf(`backup: '${text}', ${rest}`);
    const reference = await backupReference(step, { target, stepTarget: "localhost:5000/mirror" }, testContext());
    return reference === undefined ? undefined : formatReference(reference);
  };
  assert.equal(await backup("old-{{.Ref.Tag}}"), "localhost:5000/mirror:old-v1");
  assert.equal(await backup(" {{.Ref.Tag}}-old "), "localhost:5000/mirror:v1-old");
  assert.equal(
    await backup(
      '{{$t := time.Now}}{{printf "%s/backups/%s:%s-%d%d%d" .Ref.Registry .Ref.Repository .Ref.Tag $t.Year $t.Month $t.Day}}',
    ),
    "localhost:5000/backups/mirror:v1-2026130",
  );
  assert.equal(
    await backup("{{.Step.Type}}-{{.Sync.Interval}}-{{len .Step.Target}}-{{.Step.Source}}", "interval: 90m"),
    "localhost:5000/mirror:repository-1h30m0s-21-alpine",
  );
  assert.equal(await backup(""), undefined);
  await assert.rejects(backup("{{.Ref.Nope}}"), { code: "TEMPLATE_INVALID" });
  await assert.rejects(backup("a b"), { code: "REFERENCE_INVALID" });
  await assert.rejects(backup("A/b:c"), { code: "REFERENCE_INVALID" });
});

Deno.test("a step runs by its schedule, else by its interval, else never", async () => {
  assert.equal((await stepSchedule(await stepOf("interval: 90s")))?.next(NOW), NOW + 90_000);
  const nightly = await stepSchedule(await stepOf("interval: 90s, schedule: 'CRON_TZ=UTC 0 3 * * *'"));
  assert.equal(nightly?.next(NOW), Date.UTC(2026, 0, 31, 3));
  assert.equal(await stepSchedule(await stepOf("name: x")), undefined);
  assert.equal(await stepSchedule(await stepOf("interval: 0")), undefined);
});
