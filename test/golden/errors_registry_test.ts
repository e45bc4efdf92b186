import { basicAuth } from "../support/fake_auth.ts";
import { answer, changeBody, headers, redirect, retryAfter, status } from "../support/faults.ts";
import { errorAnswer } from "../support/http_message.ts";
import { checkErrors, DIGEST } from "./error_stage.ts";

const HTML = { "content-type": "text/html; charset=utf-8" };
const PAGE = "<!DOCTYPE html><html><body>Sign in</body></html>";
const always = { times: Infinity };
const manifests = { ...always, path: /\/manifests\// };
const detail = (code: number, error: string, message: string, detail: unknown) =>
  answer({
    status: code,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ errors: [{ code: error, message, detail }] }),
  });
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: DIGEST, size: 2 },
  layers: [],
});

Deno.test("golden: what is not there", () =>
  checkErrors("errors/missing.txt", [
    { title: "a tag that is nearly right", line: "manifest get REG/org/app:v1.2" },
    { title: "asked for by HEAD", line: "image digest REG/org/app:V1" },
    { title: "nothing near", line: "image inspect REG/org/app:something-else" },
    { title: "no tag given", line: "image inspect REG/org/app" },
    { title: "a tag to delete", line: "tag delete REG/org/app:v22" },
    { title: "copied from", line: "image copy REG/org/app:v11 ocidir://DIR/new:v1" },
    { title: "JSON logs", line: "image digest REG/org/app:v11 --log-format json" },
    { title: "a repository", line: "manifest get REG/org/ap:v1" },
    { title: "a repository's tags", line: "tag ls REG/org/ap" },
    { title: "no list of tags", line: "manifest get REG/org/app:v11", faults: [{ path: /tags/, action: status(500) }] },
    { title: "a digest", line: "manifest get REG/org/app@DIGEST" },
    { title: "a digest, by HEAD", line: "image digest REG/org/app@DIGEST" },
    { title: "a blob", line: "blob get REG/org/app DIGEST" },
    { title: "a blob, by HEAD", line: "blob head REG/org/app DIGEST" },
    { title: "a platform", line: "image inspect -p linux/s390x REG/org/app:v1" },
    { title: "a platform, by digest", line: "image digest -p windows/amd64 REG/org/app:v1" },
    { title: "a catalog", line: "repo ls REG", features: { catalog: false } },
    { title: "called as regctl", line: "manifest get REG/org/app:v1.2", argv0: "regctl" },
  ]));

Deno.test("golden: who may come in", () =>
  checkErrors("errors/auth.txt", [
    { title: "nobody logged in", line: "tag ls REG/org/app", auth: basicAuth("ann", "right") },
    { title: "called as regctl", line: "tag ls REG/org/app", auth: basicAuth("ann", "right"), argv0: "regctl" },
    {
      title: "a wrong password",
      line: "tag ls REG/org/app",
      auth: basicAuth("ann", "right"),
      files: { "config.json": '{"hosts":{"REG":{"user":"ann","pass":"wrong1234","tls":"disabled"}}}' },
    },
    {
      title: "denied",
      line: "image copy ocidir://DIR/app:v1 REG/org/app:new",
      faults: [{ ...always, method: "POST", action: status(403, {}, "DENIED") }],
    },
    {
      title: "denied to delete",
      line: "tag delete REG/org/app:v2",
      faults: [{ ...always, method: "DELETE", action: status(403, {}, "DENIED") }],
    },
    {
      title: "403 with a web page: a firewall or proxy",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: answer({ status: 403, headers: HTML, body: PAGE }) }],
    },
    {
      title: "a proxy that wants a login",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: answer({ status: 407, headers: HTML, body: PAGE }) }],
    },
    {
      title: "a credential helper that is not there",
      line: "tag ls REG/org/app",
      auth: basicAuth("ann", "right"),
      files: { "config.json": '{"hosts":{"REG":{"credHelper":"docker-credential-nope","tls":"disabled"}}}' },
    },
    {
      title: "a credential helper that is locked",
      line: "tag ls REG/org/app",
      auth: basicAuth("ann", "right"),
      env: { PATH: "DIR/bin" },
      files: {
        "config.json": '{"hosts":{"REG":{"credHelper":"docker-credential-box","tls":"disabled"}}}',
        "bin/docker-credential-box": "#!/bin/sh\necho 'error: keychain is locked'\nexit 1\n",
      },
    },
    {
      title: "a credential helper that fails",
      line: "tag ls REG/org/app",
      auth: basicAuth("ann", "right"),
      env: { PATH: "DIR/bin" },
      files: {
        "config.json": '{"hosts":{"REG":{"credHelper":"docker-credential-box","tls":"disabled"}}}',
        "bin/docker-credential-box": "#!/bin/sh\necho 'exit 7: no session'\nexit 1\n",
      },
    },
  ]));

Deno.test("golden: limits and refusals", () =>
  checkErrors("errors/refusals.txt", [
    {
      title: "429, seconds",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: retryAfter(429, 720) }],
    },
    {
      title: "429, a date",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: retryAfter(429, new Date(Date.UTC(2024, 0, 1, 2, 5))) }],
    },
    {
      title: "429, Docker Hub",
      line: "manifest get REG/org/app:v1",
      faults: [{
        ...manifests,
        action: status(
          429,
          { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "0;w=21600" },
          "TOOMANYREQUESTS",
        ),
      }],
    },
    {
      title: "429, a reset",
      line: "manifest get REG/org/app:v1 --log-format json",
      faults: [{
        ...manifests,
        action: status(429, { "ratelimit-limit": "100;w=21600", "ratelimit-reset": "4321" }, "TOOMANYREQUESTS"),
      }],
    },
    {
      title: "429, a time of reset",
      line: "manifest get REG/org/app:v1",
      faults: [{
        ...manifests,
        action: status(429, { "x-ratelimit-reset": String(Date.UTC(2024, 0, 1, 0, 42) / 1000) }, "TOOMANYREQUESTS"),
      }],
    },
    {
      title: "429, structured fields",
      line: "manifest get REG/org/app:v1",
      faults: [{
        ...manifests,
        action: status(
          429,
          { "ratelimit-policy": '"pull";q=50;w=3600', "ratelimit": '"pull";r=0;t=900' },
          "TOOMANYREQUESTS",
        ),
      }],
    },
    { title: "429, no word", line: "manifest get REG/org/app:v1", faults: [{ ...manifests, action: status(429) }] },
    {
      title: "503, seconds",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: retryAfter(503, 900) }],
    },
    {
      title: "502 with a web page",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: answer({ status: 502, headers: HTML, body: PAGE }) }],
    },
    { title: "no deletes", line: "tag delete REG/org/app:v1", features: { tagDelete: false, manifestDelete: false } },
    {
      title: "no deletes by digest",
      line: "image delete REG/org/app:v1 --force-tag-dereference",
      features: { manifestDelete: false },
    },
    { title: "no deletes of blobs", line: "blob delete REG/org/app DIGEST", features: { blobDelete: false } },
    {
      title: "an immutable tag (ECR)",
      line: "image copy ocidir://DIR/app:v1 REG/org/app:v1",
      faults: [{
        ...manifests,
        method: "PUT",
        when: (request) => request.path.endsWith("/v1"),
        action: () =>
          errorAnswer(
            400,
            "TAG_INVALID",
            "The image tag 'v1' already exists in the 'app' repository and cannot be overwritten because the repository is immutable.",
          ),
      }],
    },
    {
      title: "an immutable tag (Harbor)",
      line: "image copy ocidir://DIR/app:v1 REG/org/app:v1",
      faults: [{
        ...manifests,
        method: "PUT",
        when: (request) => request.path.endsWith("/v1"),
        action: () =>
          errorAnswer(412, "PRECONDITION", "Failed to process request due to 'app:v1' configured as immutable."),
      }],
    },
    {
      title: "a quota",
      line: "image copy ocidir://DIR/app:v1 REG/org/app:new",
      faults: [{
        ...always,
        method: "PUT",
        path: /uploads/,
        action: () =>
          errorAnswer(
            412,
            "DENIED",
            "adding 1.2 MiB of storage resource, which when updated to current usage of 10 GiB will exceed the configured upper limit of 10 GiB.",
          ),
      }],
    },
    {
      title: "blobs that are not there",
      line: "manifest put REG/org/app:new",
      stdin: MANIFEST,
      faults: [{
        ...manifests,
        method: "PUT",
        action: detail(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", DIGEST),
      }],
    },
    {
      title: "blobs that are not there, without a word",
      line: "manifest put REG/org/app:new",
      stdin: MANIFEST,
      faults: [{ ...manifests, method: "PUT", action: status(404, {}, "BLOB_UNKNOWN") }],
    },
    { title: "schema 1", line: "image inspect REG/org/app:old" },
    {
      title: "schema 1, refused",
      line: "manifest get REG/org/app:old",
      faults: [{
        ...manifests,
        action: () => errorAnswer(404, "MANIFEST_UNKNOWN", "Schema 1 manifest not supported"),
      }],
    },
    {
      title: "too large",
      line: "manifest put REG/org/app:new",
      stdin: MANIFEST,
      faults: [{ ...manifests, method: "PUT", action: status(413) }],
    },
    {
      title: "a blob that is too large",
      line: "blob put REG/org/app",
      stdin: "some bytes",
      faults: [{ ...always, method: "PUT", action: status(413) }, { ...always, method: "PATCH", action: status(413) }],
    },
    {
      title: "a read-only registry",
      line: "blob put REG/org/app",
      stdin: "some bytes",
      faults: [{ ...always, method: "POST", action: status(405, {}, "UNSUPPORTED") }],
    },
  ]));

Deno.test("golden: not what a registry says", () =>
  checkErrors("errors/answers.txt", [
    {
      title: "a web page instead of a manifest",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: answer({ status: 200, headers: HTML, body: PAGE }) }],
    },
    {
      title: "a web page instead of a list",
      line: "tag ls REG/org/app",
      faults: [{ ...always, action: answer({ status: 200, headers: HTML, body: PAGE }) }],
    },
    {
      title: "a web page with 404",
      line: "tag ls REG/org/app",
      faults: [{ ...always, action: answer({ status: 404, headers: HTML, body: PAGE }) }],
    },
    {
      title: "a web page for HEAD",
      line: "image digest REG/org/app:v1",
      faults: [{ ...always, action: answer({ status: 200, headers: HTML, body: PAGE }) }],
    },
    {
      title: "a redirect loop",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...always, action: redirect("/v2/org/app/manifests/v1") }],
    },
    {
      title: "a redirect to a login page",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: redirect("http://user:pw@127.0.0.1:1/login") }],
    },
    {
      title: "another digest",
      line: "manifest get REG/org/app:v1",
      faults: [{ ...manifests, action: headers({ "docker-content-digest": DIGEST }) }],
    },
    {
      title: "other bytes of a config",
      line: "image inspect -p linux/amd64 REG/org/app:v1",
      faults: [{ ...always, path: /\/blobs\//, action: changeBody((body) => body.map((byte) => byte ^ 1)) }],
    },
    {
      title: "a config that is too short",
      line: "image inspect -p linux/amd64 REG/org/app:v1",
      faults: [{ ...always, path: /\/blobs\//, action: changeBody((body) => body.subarray(1)) }],
    },
    {
      title: "other bytes while copying",
      line: "image copy REG/org/app:v2 ocidir://DIR/new:v2",
      anyDigest: true,
      faults: [{ ...always, path: /\/blobs\//, action: changeBody((body) => body.map((byte) => byte ^ 1)) }],
    },
    {
      title: "a digest that an upload did not have",
      line: "blob put REG/org/app",
      stdin: "some bytes",
      faults: [{ ...always, method: "PUT", action: status(400, {}, "DIGEST_INVALID") }],
    },
    {
      title: "a broken manifest",
      line: "manifest get REG/org/app:v2",
      faults: [{ ...manifests, action: answer({ status: 200, body: '{"schemaVersion": 2, ' }) }],
    },
    { title: "plain HTTP", line: "tag ls REG/org/app", secure: true },
    { title: "nothing listens", line: "tag ls 127.0.0.1:1/org/app" },
    { title: "nothing listens, JSON logs", line: "tag ls 127.0.0.1:1/org/app --log-format json" },
  ]));
