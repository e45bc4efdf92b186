/**
 * A software bill of materials as CycloneDX 1.5 JSON.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Component, Subject } from "./component.ts";

/** The document. The same subject and components give the same bytes. */
export function cycloneDx(subject: Subject, components: readonly Component[]): string {
  const { name, version, commit, date } = subject;
  const own = `pkg:generic/${name}@${version}`;
  const used = new Set(components.flatMap(({ uses }) => uses));
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([subject, components]))}`,
    version: 1,
    metadata: {
      timestamp: date,
      component: {
        type: "application",
        "bom-ref": own,
        name,
        version,
        purl: own,
        ...(commit === "" ? {} : { properties: [{ name: "ferry:commit", value: commit }] }),
      },
    },
    components: components.map((component) => ({
      type: "library",
      "bom-ref": component.purl,
      ...nameOf(component.name),
      version: component.version,
      ...(component.sha512 === undefined ? {} : { hashes: [{ alg: "SHA-512", content: component.sha512 }] }),
      ...(component.license === undefined ? {} : { licenses: [{ expression: component.license }] }),
      purl: component.purl,
    })),
    dependencies: [
      { ref: own, dependsOn: components.map(({ purl }) => purl).filter((purl) => !used.has(purl)) },
      ...components.map(({ purl, uses }) => ({ ref: purl, dependsOn: uses })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function nameOf(name: string): { readonly group?: string; readonly name: string } {
  const [group = "", rest] = name.split("/");
  return rest === undefined ? { name } : { group, name: rest };
}

/** A UUID of version 8, its bits from a digest (RFC 9562, 5.8). */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = "89ab"[parseInt(hex[16]!, 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${
    hex.slice(20, 32)
  }`;
}
