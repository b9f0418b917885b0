/** What only tests use of the framework and of the AWS provider's bindings. */
export { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
export {
  DefaultTokenResolver,
  StringConcat,
  TerraformAsset,
  TerraformHclModule,
  TerraformIterator,
  Testing,
  Tokenization,
} from "cdktf";
