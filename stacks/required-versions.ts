export const AWS_SOURCE = "hashicorp/aws";

/** The provider versions that a published module works with. */
export const OLDEST_AWS_PROVIDER = ">= 5.100.0";

/** The provider versions that a deployed environment works with. CDKTF's bindings would pin the one they were generated from. */
export const AWS_PROVIDER = { source: AWS_SOURCE, version: `${OLDEST_AWS_PROVIDER}, < 7.0.0` };

/** The versions of Terraform that a deployable configuration works with: 1.7 is the first with `removed` blocks. */
export const REQUIRED_VERSION = ">= 1.7";

/** The same with state in S3: 1.10 is the first with its lock file. */
export const REQUIRED_VERSION_S3 = ">= 1.10";
