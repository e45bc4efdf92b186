/**
 * A software bill of materials as SPDX 2.3 JSON.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Component, Subject } from "./component.ts";

const NONE = "NOASSERTION";

/** The document. The same subject and components give the same bytes. */
export function spdx(subject: Subject, components: readonly Component[]): string {
  const { name, version, commit, date, mark } = subject;
  const own = "SPDXRef-Package-ferry";
  const ids = new Map(components.map(({ purl }) => [purl, idOf(purl)]));
  const digest = createHash("sha256").update(JSON.stringify([subject, components])).digest("hex");
  const used = new Set(components.flatMap(({ uses }) => uses));
  const relation = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string) => ({
    spdxElementId,
    relationshipType,
    relatedSpdxElement,
  });
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `${name}-${version}${mark === "" ? "" : `-${mark}`}`,
    documentNamespace: `urn:ferry:spdx:${digest}`,
    creationInfo: { created: date, creators: ["Tool: ferry-build"] },
    documentDescribes: [own],
    packages: [
      {
        SPDXID: own,
        name,
        versionInfo: version,
        primaryPackagePurpose: "APPLICATION",
        ...common(NONE),
        ...(commit === "" ? {} : { sourceInfo: `built from commit ${commit}` }),
        externalRefs: [purlReference(`pkg:generic/${name}@${version}`)],
      },
      ...components.map((component) => ({
        SPDXID: ids.get(component.purl),
        name: component.name,
        versionInfo: component.version,
        primaryPackagePurpose: "LIBRARY",
        ...common(component.license ?? NONE),
        ...(component.sha512 === undefined
          ? {}
          : { checksums: [{ algorithm: "SHA512", checksumValue: component.sha512 }] }),
        externalRefs: [purlReference(component.purl)],
      })),
    ],
    relationships: [
      relation("SPDXRef-DOCUMENT", "DESCRIBES", own),
      ...components.flatMap(({ purl, uses }) => [
        relation(own, used.has(purl) ? "CONTAINS" : "DEPENDS_ON", ids.get(purl)!),
        ...uses.map((other) => relation(ids.get(purl)!, "DEPENDS_ON", ids.get(other)!)),
      ]),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function common(license: string): Record<string, unknown> {
  return {
    downloadLocation: NONE,
    filesAnalyzed: false,
    licenseConcluded: NONE,
    licenseDeclared: license,
    copyrightText: NONE,
  };
}

function purlReference(purl: string): Record<string, string> {
  return { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl };
}

/** An identifier has letters, digits, dots and hyphens only; a digest keeps two purls apart. */
function idOf(purl: string): string {
  const digest = createHash("sha256").update(purl).digest("hex").slice(0, 8);
  return `SPDXRef-Package-${purl.replace(/^pkg:/, "").replace(/[^A-Za-z0-9.]+/g, "-")}-${digest}`;
}
