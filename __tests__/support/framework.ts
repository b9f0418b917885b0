/** What only tests use of the framework and of the AWS provider's bindings. */
export { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
export { Lexv2ModelsBotVersion } from "@cdktf/provider-aws/lib/lexv2models-bot-version";
export { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
export { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
export { S3TablesTableBucket } from "@cdktf/provider-aws/lib/s3tables-table-bucket";
export { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
export { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
export { TerraformAsset, TerraformHclModule, TerraformIterator, Testing } from "cdktf";
