import { makeCertificates } from "../support/certificates.ts";
import { needs } from "../support/programs.ts";
import expired from "../vectors/tls_expired.json" with { type: "json" };
import { checkErrors } from "./error_stage.ts";

Deno.test({
  ...needs("golden: TLS", "openssl"),
  async fn() {
    const { ca, otherHost, selfSigned, server } = await makeCertificates();
    const trusting = (regcert: string) => ({ "config.json": JSON.stringify({ hosts: { REG: { regcert } } }) });
    const line = "manifest get REG/org/app:v1";
    await checkErrors("errors/tls.txt", [
      { title: "a server of plain HTTP", line, secure: true },
      { title: "plain HTTP on this machine, called as regctl", line, secure: true, argv0: "regctl" },
      {
        title: "an authority that nobody knows",
        line,
        certificate: server,
      },
      { title: "a certificate that signed itself", line, certificate: selfSigned },
      { title: "a certificate of another host", line, certificate: otherHost, files: trusting(ca) },
      { title: "an expired certificate", line, certificate: expired, files: trusting(expired.ca) },
      { title: "a CA that is no certificate", line, certificate: server, files: trusting("/etc/ca.pem") },
      { title: "JSON logs", line: `${line} --log-format json`, certificate: server },
    ]);
  },
});
