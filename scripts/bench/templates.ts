/**
 * Templates: 10,000 small ones, each parsed and rendered, against the time that one may take. Measured as the library runs, in this
 * process.
 *
 * @module
 */
import { renderTemplate } from "../../src/output/template/template.ts";
import type { Row } from "./row.ts";

/** Microseconds that one template may take. */
const MOST = 40;
const BATCH = 1000;

/** Measures the best of ten batches: a busy machine slows some of them down. */
export function templates(): Promise<Row[]> {
  const data = { Layers: [{ Size: 1, Digest: "sha256:a" }, { Size: 2, Digest: "sha256:b" }] };
  const times = Array.from({ length: 10 }, () => {
    const started = performance.now();
    for (let run = 0; run < BATCH; run++) renderTemplate("{{range .Layers}}{{println .Size .Digest}}{{end}}", data);
    return (performance.now() - started) * 1000 / BATCH;
  });
  const best = Math.min(...times);
  return Promise.resolve([{
    what: "a small template, parsed and rendered",
    ours: `${best.toFixed(1)} us`,
    peer: `${MOST} us allowed`,
    figure: best / MOST,
    limit: 1,
  }]);
}
