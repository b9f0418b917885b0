locals {
  account_alias_differences = flatten([for resource in aws_cloudcontrolapi_resource.account_alias[*] : [for name, value in jsondecode(resource.desired_state) : format("%s has %s %s, expected %s", "the account alias", name, jsonencode(try(jsondecode(resource.properties)[name], null)), jsonencode(value)) if can(keys(jsondecode(resource.properties))) && try(jsondecode(resource.properties)[name], false) != value]])
}

resource "aws_cloudcontrolapi_resource" "workspace" {
  for_each      = toset(var.slack_workspaces)
  type_name     = "AWS::SupportApp::SlackWorkspaceConfiguration"
  desired_state = jsonencode({ "TeamId" = each.value })
  schema        = "{\"description\":\"AWS::SupportApp::SlackWorkspaceConfiguration\",\"additionalProperties\":false,\"typeName\":\"AWS::SupportApp::SlackWorkspaceConfiguration\",\"properties\":{\"TeamId\":{\"type\":\"string\"},\"VersionId\":{\"type\":\"string\"}},\"required\":[\"TeamId\"],\"primaryIdentifier\":[\"/properties/TeamId\"],\"createOnlyProperties\":[\"/properties/TeamId\"],\"writeOnlyProperties\":[\"/properties/VersionId\"]}"
}

resource "aws_cloudcontrolapi_resource" "account_alias" {
  count         = var.account_alias == null ? 0 : 1
  type_name     = "AWS::SupportApp::AccountAlias"
  desired_state = jsonencode({ "AccountAlias" = var.account_alias })
  schema        = "{\"description\":\"AWS::SupportApp::AccountAlias\",\"additionalProperties\":false,\"typeName\":\"AWS::SupportApp::AccountAlias\",\"properties\":{\"AccountAlias\":{\"type\":\"string\"},\"AccountAliasResourceId\":{\"type\":\"string\"}},\"required\":[\"AccountAlias\"],\"primaryIdentifier\":[\"/properties/AccountAliasResourceId\"],\"readOnlyProperties\":[\"/properties/AccountAliasResourceId\"]}"
}

check "account_alias" {
  assert {
    condition     = length(local.account_alias_differences) == 0
    error_message = "In AWS, ${join("; ", local.account_alias_differences)}. Terraform doesn't correct this by itself. Where environments.yaml is deployed, support-app deploy corrects it in place. Anywhere else, terraform apply -replace=ADDRESS removes the configuration for a moment, and recreates it."
  }
}
