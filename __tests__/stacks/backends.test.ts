import { parseEnvironments } from "../../stacks/environments/environments";
import { BUCKET_REGIONS } from "../../stacks/environments/environments-schema";
import { cloudWorkspace, stateKey } from "../../stacks/environments/state-location";
import { GOOD_HOSTS, IMPOSSIBLE_HOSTS, REFUSED_HOSTS } from "../support/backend-limits";
import { errorsOf } from "../support/errors";

const LONGEST_NAME = `e${"n".repeat(62)}`;

function withBackend(backend: object): string {
  const environment = { account: "111122223333", region: "us-east-1", full: {}, backend };
  return JSON.stringify({ environments: { [LONGEST_NAME]: environment } });
}

const s3 = (settings: object) => withBackend({ type: "s3", bucket: "state", region: "us-east-1", ...settings });
const cloud = (settings: object) => withBackend({ type: "cloud", organization: "acme", ...settings });

test.each<[name: string, longest: string, refused: string]>([
  ["a bucket", s3({ bucket: "b".repeat(63) }), s3({ bucket: "b".repeat(64) })],
  ["a key prefix", s3({ prefix: "p".repeat(945) }), s3({ prefix: "p".repeat(946) })],
  [
    "a KMS alias",
    s3({ "kms-key": `arn:aws:kms:us-east-1:111122223333:alias/${"a".repeat(250)}` }),
    s3({ "kms-key": `arn:aws:kms:us-east-1:111122223333:alias/${"a".repeat(251)}` }),
  ],
  ["an organization", cloud({ organization: "o".repeat(255) }), cloud({ organization: "o".repeat(256) })],
  ["a workspace prefix", cloud({ "workspace-prefix": "w".repeat(26) }), cloud({ "workspace-prefix": "w".repeat(27) })],
])("the longest of %s is accepted, one character more is refused", (_, longest, refused) => {
  expect(errorsOf(longest)).toEqual([]);
  expect(errorsOf(refused)).toHaveLength(1);
});

test("the longest prefixes leave room for the longest name of an environment", () => {
  const [inS3] = parseEnvironments(s3({ prefix: "p".repeat(945) }), "e.yaml");
  const [inCloud] = parseEnvironments(cloud({ "workspace-prefix": "w".repeat(26) }), "e.yaml");
  if (inS3?.backend.type !== "s3" || inCloud?.backend.type !== "cloud") throw new Error("other backends");
  expect(Buffer.byteLength(`${stateKey(inS3.name, inS3.backend)}.tflock`)).toBe(1024);
  expect(cloudWorkspace(inCloud.name, inCloud.backend).length).toBeLessThanOrEqual(90);
});

test.each(BUCKET_REGIONS)("a bucket may be in %s", (region) => {
  expect(errorsOf(s3({ region }))).toEqual([]);
});

test.each(["app.terraform.io", "localhost", "10.0.0.1:8443", ...GOOD_HOSTS])("a host may be %s", (hostname) => {
  expect(errorsOf(cloud({ hostname }))).toEqual([]);
});

test.each([...REFUSED_HOSTS, ...IMPOSSIBLE_HOSTS])("no host is %s", (hostname) => {
  expect(errorsOf(cloud({ hostname }))).toHaveLength(1);
});
