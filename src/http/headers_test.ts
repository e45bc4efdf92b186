import { deepEqual, equal } from "node:assert/strict";
import { Backoff, BACKOFF_MOST } from "./backoff.ts";
import { nextLink } from "./link_header.ts";
import { redactHeaders, redactUrl } from "./redact.ts";
import { retryAfter } from "./retry_after.ts";

Deno.test("retryAfter reads seconds and dates", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const read = (value?: string) => retryAfter(new Headers(value === undefined ? {} : { "retry-after": value }), now);
  equal(read("120"), 120_000);
  equal(read("Thu, 01 Jan 2026 00:01:30 GMT"), 90_000);
  equal(read("Wed, 31 Dec 2025 00:00:00 GMT"), 0);
  equal(read("soon"), undefined);
  equal(read("-5"), 0);
  equal(read(), undefined);
});

Deno.test("nextLink finds the next page among several links", () => {
  const base = new URL("https://a.b/v2/x/tags/list?n=2");
  const read = (link: string) => nextLink(new Headers({ link }), base)?.href;
  equal(read('</v2/x/tags/list?n=2&last=b>; rel="next"'), "https://a.b/v2/x/tags/list?n=2&last=b");
  equal(read("<list?last=c>;rel=next"), "https://a.b/v2/x/tags/list?last=c");
  equal(read('<a>; rel="prev", <b,c>; title="x, y"; rel="start next"'), "https://a.b/v2/x/tags/b,c");
  equal(read('<a>; rel="prev"'), undefined);
  equal(read("garbage"), undefined);
  equal(nextLink(new Headers(), base), undefined);
});

Deno.test("redactUrl hides user information and signed values, and keeps what is plain", () => {
  equal(
    redactUrl("https://user:secret@a.b/v2/x?n=2&X-Amz-Signature=abc&digest=sha256:1#frag"),
    "https://a.b/v2/x?n=2&X-Amz-Signature=***&digest=sha256%3A1",
  );
  equal(redactUrl("not a url"), "(invalid URL)");
});

Deno.test("redactHeaders hides authorization and the queries of locations", () => {
  deepEqual(redactHeaders({ Authorization: "Bearer abc", location: "/x?_state=abc", "content-type": "a/b" }), {
    authorization: "***",
    location: "/x?***",
    "content-type": "a/b",
  });
});

Deno.test("Backoff doubles, is bounded, and is made up for by successes", () => {
  const backoff = new Backoff(() => 1);
  backoff.failed("a", 0);
  equal(backoff.wait("a", 0), 100);
  backoff.failed("a", 100);
  equal(backoff.wait("a", 100), 200);
  for (let at = 0; at < 20; at++) backoff.failed("a", 0);
  equal(backoff.wait("a", 0), BACKOFF_MOST);
  equal(backoff.wait("b", 0), 0);
  const failures = backoff.failures("a");
  backoff.succeeded("a");
  backoff.succeeded("a");
  equal(backoff.failures("a"), failures - 1);
});

Deno.test("Backoff takes the host's own word, which counts as no failure", () => {
  const backoff = new Backoff(() => 0);
  backoff.failed("a", 1000, 5000);
  equal(backoff.wait("a", 1000), 5000);
  equal(backoff.failures("a"), 0);
});
