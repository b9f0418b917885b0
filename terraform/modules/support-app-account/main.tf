resource "aws_cloudcontrolapi_resource" "workspace" {
  for_each = var.slack_workspaces

  type_name     = "AWS::SupportApp::SlackWorkspaceConfiguration"
  desired_state = jsonencode({ TeamId = each.value })

  # With it, a plan checks the values without asking AWS for the schema.
  schema = jsonencode({
    typeName             = "AWS::SupportApp::SlackWorkspaceConfiguration"
    description          = "AWS::SupportApp::SlackWorkspaceConfiguration"
    additionalProperties = false
    properties = {
      TeamId    = { type = "string" }
      VersionId = { type = "string" }
    }
    required             = ["TeamId"]
    primaryIdentifier    = ["/properties/TeamId"]
    createOnlyProperties = ["/properties/TeamId"]
    writeOnlyProperties  = ["/properties/VersionId"]
  })
}

resource "aws_cloudcontrolapi_resource" "account_alias" {
  count = var.account_alias == null ? 0 : 1

  type_name     = "AWS::SupportApp::AccountAlias"
  desired_state = jsonencode({ AccountAlias = var.account_alias })

  schema = jsonencode({
    typeName             = "AWS::SupportApp::AccountAlias"
    description          = "AWS::SupportApp::AccountAlias"
    additionalProperties = false
    properties = {
      AccountAlias           = { type = "string" }
      AccountAliasResourceId = { type = "string" }
    }
    required           = ["AccountAlias"]
    primaryIdentifier  = ["/properties/AccountAliasResourceId"]
    readOnlyProperties = ["/properties/AccountAliasResourceId"]
  })
}

locals {
  # Null where it isn't known: a mocked resource in `terraform test` has properties that aren't JSON.
  live_alias = try(jsondecode(aws_cloudcontrolapi_resource.account_alias[0].properties).AccountAlias, null)
}

# Terraform reads the alias from AWS, but compares only what it wrote itself with what it would write.
check "account_alias" {
  assert {
    condition     = local.live_alias == null || local.live_alias == var.account_alias
    error_message = "In AWS, the account alias is ${jsonencode(local.live_alias)}, expected ${jsonencode(var.account_alias)}. Terraform doesn't correct this by itself. terraform apply -replace=ADDRESS removes the alias for a moment, and recreates it."
  }
}
