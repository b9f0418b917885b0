import { environment, expectErrors } from "./expected";

const BUCKET =
  "the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and single dots, no IP address, and no prefix or suffix that S3 reserves";

const BUCKET_REGION = "the bucket's AWS region, such as us-east-1, which Terraform's S3 backend must know";

const KEY_PREFIX =
  "a key prefix of at most 945 letters, digits and _ . - /, not beginning or ending with /, and without . or .. between slashes";

const ORGANIZATION = "the name of an HCP Terraform organization: at most 255 letters, digits, _ and -";

const HOST =
  "a host name such as app.terraform.io, of at most 253 characters and 63 between dots, not in punycode (xn--), with a port up to 65535 if it needs one";

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
    [
      "an unknown backend",
      environment("full: {}", "backend: { type: S3 }"),
      '6:22: test.backend.type: received "S3", expected one of local, s3, cloud. Did you mean s3?',
    ],
    [
      "a backend as a text",
      environment("full: {}", "backend: s3"),
      '6:14: test.backend: received "s3", expected a mapping whose type is one of local, s3, cloud.',
    ],
    [
      "a backend without a type",
      environment("full: {}", "backend: { bucket: tf-state }"),
      "6:5: test.backend.type: received nothing, expected one of local, s3, cloud.",
    ],
    [
      "an S3 backend without region, with a bad bucket and an unknown key",
      environment("full: {}", "backend: { type: s3, bucket: A, dynamodb_table: lock }"),
      `6:5: test.backend.region: received nothing, expected ${BUCKET_REGION}.`,
      `6:34: test.backend.bucket: received "A", expected ${BUCKET}.`,
      '6:37: test.backend.dynamodb_table: received the unknown key "dynamodb_table", expected one of type, bucket, region, prefix, kms-key.',
    ],
    ...["a..b", "192.168.1.1", "-a-", "xn--a", "state--x-s3"].map((bucket): [string, string, string] => [
      `an S3 bucket called ${bucket}`,
      environment("full: {}", `backend: { type: s3, region: us-east-1, bucket: ${bucket} }`),
      `6:53: test.backend.bucket: received "${bucket}", expected ${BUCKET}.`,
    ]),
    [
      "a KMS key that Terraform's S3 backend refuses",
      environment(
        "full: {}",
        "backend: { type: s3, bucket: abc, region: us-east-1, kms-key: 'arn:aws:kms:us-east-1:111122223333:key/foo' }",
      ),
      '6:67: test.backend.kms-key: received "arn:aws:kms:us-east-1:111122223333:key/foo", expected the ARN of a KMS key, such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-96ef-1234567890ab.',
    ],
    [
      "a host name with an empty label",
      environment("full: {}", "backend: { type: cloud, organization: acme, hostname: a..b }"),
      `6:59: test.backend.hostname: received "a..b", expected ${HOST}.`,
    ],
    ...["x:99999", "x:0", "x:65536", "x:080", "xn--zz.com", "a.xn--p1ai", "ab--cd.com", "a_b.com"].map(
      (host): [string, string, string] => [
        `a host that Terraform refuses: ${host}`,
        environment("full: {}", `backend: { type: cloud, organization: acme, hostname: "${host}" }`),
        `6:59: test.backend.hostname: received "${host}", expected ${HOST}.`,
      ],
    ),
    [
      "a bucket's region with a typing error, and one of another partition",
      `defaults: { backend: { type: s3, bucket: abc, region: us-east-9 } }\n${environment("full: {}", "backend: { type: s3, bucket: abc, region: us-gov-west-1 }")}`,
      `1:55: defaults.backend.region: received "us-east-9", expected ${BUCKET_REGION}. Did you mean us-east-1?`,
      `7:47: test.backend.region: received "us-gov-west-1", expected ${BUCKET_REGION}.`,
    ],
    ...["state/", "a//b", "../state", "a/./b", ".."].map((prefix): [string, string, string] => [
      `a key prefix that S3 takes for something else: ${prefix}`,
      environment("full: {}", `backend: { type: s3, bucket: abc, region: us-east-1, prefix: ${prefix} }`),
      `6:66: test.backend.prefix: received "${prefix}", expected ${KEY_PREFIX}.`,
    ]),
    [
      "one workspace for two environments",
      `${environment("full: {}", "backend: { type: cloud, organization: acme, workspace-prefix: a-b- }")}
  b-test: { account: "222222222222", region: us-east-1, full: {}, backend: { type: cloud, organization: acme, workspace-prefix: a- } }`,
      "7:129: environments.b-test.backend.workspace-prefix: received the workspace a-b-test, expected a unique one: test already has this one. Set another workspace-prefix.",
    ],
    [
      "a cloud backend without an organization",
      environment("full: {}", "backend: { type: cloud }"),
      `6:5: test.backend.organization: received nothing, expected ${ORGANIZATION}.`,
    ],
  ])("%s", (_, yaml, ...errors) => expectErrors(yaml, errors));
});
