/**
 * What this package uses of its framework. No other file imports it: the package for CDKTF's successor differs only
 * here.
 */
export {
  App,
  CloudBackend,
  Fn,
  HttpBackend,
  type ITerraformDependable,
  LocalBackend,
  Manifest,
  NamedCloudWorkspace,
  ref,
  S3Backend,
  TerraformDataSource,
  TerraformElement,
  type TerraformMetaArguments,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
  TerraformVariable,
  Token,
  Tokenization,
} from "cdktf";
export { Construct, type IConstruct } from "constructs";
