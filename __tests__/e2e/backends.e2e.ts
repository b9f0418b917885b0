import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { BUCKET_REGIONS } from "../../modules/support-app/model/limits";
import { GOOD_HOSTS, REFUSED_HOSTS } from "../support/backend-limits";
import { sample } from "../support/thorough";

/** One after the other, this would take a minute. */
const limit = pLimit(4);

/** What Terraform says of a configuration whose state is to be kept somewhere. */
function init(terraform: object): Promise<string> {
  return limit(async () => {
    const folder = mkdtempSync(join(process.env.E2E_SCRATCH ?? "", "backend-"));
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform }));
    const binary = process.env.TERRAFORM_BINARY_NAME || "terraform";
    const child = spawn(binary, [`-chdir=${folder}`, "init", "-input=false", "-no-color"], {
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: "1",
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
        AWS_ENDPOINT_URL: "http://127.0.0.1:9", // where nobody listens: what it says before it asks AWS is enough
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
    await new Promise((resolve) => child.on("close", resolve));
    return said;
  });
}

const inRegion = (region: string) =>
  init({
    backend: {
      s3: {
        bucket: "state",
        key: "a.tfstate",
        region,
        max_retries: 0,
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
      },
    },
  });

test("Terraform's S3 backend knows every region that a bucket may be in", async () => {
  const said = await Promise.all(sample(BUCKET_REGIONS, 10).map(async (region) => [region, await inRegion(region)]));
  for (const [region, text] of said) {
    expect([region, text]).toEqual([region, expect.stringContaining("Unable to list objects in S3 bucket")]);
  }
});

test("Terraform's S3 backend doesn't know a region with a typing error", async () => {
  expect(await inRegion("us-east-9")).toContain("Invalid AWS Region: us-east-9");
});

const onHost = (hostname: string) =>
  init({ cloud: { hostname, organization: "acme", workspaces: { name: "support-app-test" } } });
const MALFORMED = "The hostname is not in the correct format";

test.each(sample(GOOD_HOSTS, 4))("Terraform takes the host %s, and looks for it", async (host) => {
  const said = await onHost(host);
  expect(said).not.toContain(MALFORMED);
  expect(said).toContain("Failed to request discovery document");
});

test.each(sample(REFUSED_HOSTS, 4))("Terraform refuses the host %s", async (host) => {
  expect(await onHost(host)).toContain(MALFORMED);
});
