locals {
  all_channels   = concat([for channel in try(values(var.read_only.channels), []) : merge(channel, { access = "read_only" })], [for channel in try(values(var.full.channels), []) : merge(channel, { access = "full" })])
  channels_by_id = { for channel in local.all_channels : "${channel.workspace}_${channel.channel}" => channel... }
  channels       = { for key, channels in local.channels_by_id : key => channels[0] }
  role_arns = {
    read_only = one(module.read_only[*].role_arn)
    full      = one(module.full[*].role_arn)
  }
  channel_differences = flatten([for resource in values(aws_cloudcontrolapi_resource.channel) : [for name, value in jsondecode(resource.desired_state) : format("%s has %s %s, expected %s", format("the channel #%s (%s)", jsondecode(resource.desired_state).ChannelName, resource.id), name, jsonencode(try(jsondecode(resource.properties)[name], null)), jsonencode(value)) if can(keys(jsondecode(resource.properties))) && try(jsondecode(resource.properties)[name], false) != value]])
}

module "read_only" {
  source               = "./modules/support-app-read-only"
  count                = var.read_only == null ? 0 : 1
  path                 = lookup(var.read_only, "path", null)
  description          = lookup(var.read_only, "description", null)
  policy               = lookup(var.read_only, "policy", null)
  role_name            = lookup(var.read_only, "role_name", null)
  policy_name          = lookup(var.read_only, "policy_name", null)
  policy_description   = lookup(var.read_only, "policy_description", null)
  permissions_boundary = lookup(var.read_only, "permissions_boundary", null)
  source_account       = lookup(var.read_only, "source_account", null)
  max_session_duration = lookup(var.read_only, "max_session_duration", null)
  tags                 = merge(var.tags, lookup(var.read_only, "tags", {}))
}

module "full" {
  source                  = "./modules/support-app-full"
  count                   = var.full == null ? 0 : 1
  path                    = lookup(var.full, "path", null)
  description             = lookup(var.full, "description", null)
  create_cases            = lookup(var.full, "create_cases", null)
  reply_to_cases          = lookup(var.full, "reply_to_cases", null)
  attach_files            = lookup(var.full, "attach_files", null)
  resolve_cases           = lookup(var.full, "resolve_cases", null)
  live_chat               = lookup(var.full, "live_chat", null)
  request_quota_increases = lookup(var.full, "request_quota_increases", null)
  policy                  = lookup(var.full, "policy", null)
  service_quotas_role     = lookup(var.full, "service_quotas_role", null)
  role_name               = lookup(var.full, "role_name", null)
  policy_name             = lookup(var.full, "policy_name", null)
  policy_description      = lookup(var.full, "policy_description", null)
  permissions_boundary    = lookup(var.full, "permissions_boundary", null)
  source_account          = lookup(var.full, "source_account", null)
  max_session_duration    = lookup(var.full, "max_session_duration", null)
  tags                    = merge(var.tags, lookup(var.full, "tags", {}))
}

module "account" {
  source           = "./modules/support-app-account"
  slack_workspaces = var.slack_workspaces
  account_alias    = var.account_alias
}

resource "aws_cloudcontrolapi_resource" "channel" {
  for_each      = local.channels
  type_name     = "AWS::SupportApp::SlackChannelConfiguration"
  desired_state = jsonencode({ "TeamId" = each.value.workspace, "ChannelId" = each.value.channel, "ChannelName" = tostring(each.value.name), "ChannelRoleArn" = local.role_arns[each.value.access], "NotifyOnCaseSeverity" = try(each.value.notify.severity, "none"), "NotifyOnCreateOrReopenCase" = try(contains(each.value.notify.events, "case-created"), false), "NotifyOnAddCorrespondenceToCase" = try(contains(each.value.notify.events, "reply-added"), false), "NotifyOnResolveCase" = try(contains(each.value.notify.events, "case-resolved"), false) })
  schema        = "{\"description\":\"AWS::SupportApp::SlackChannelConfiguration\",\"additionalProperties\":false,\"typeName\":\"AWS::SupportApp::SlackChannelConfiguration\",\"properties\":{\"TeamId\":{\"type\":\"string\"},\"ChannelId\":{\"type\":\"string\"},\"ChannelName\":{\"type\":\"string\"},\"NotifyOnCreateOrReopenCase\":{\"type\":\"boolean\"},\"NotifyOnAddCorrespondenceToCase\":{\"type\":\"boolean\"},\"NotifyOnResolveCase\":{\"type\":\"boolean\"},\"NotifyOnCaseSeverity\":{\"type\":\"string\"},\"ChannelRoleArn\":{\"type\":\"string\"}},\"required\":[\"TeamId\",\"ChannelId\",\"NotifyOnCaseSeverity\",\"ChannelRoleArn\"],\"primaryIdentifier\":[\"/properties/TeamId\",\"/properties/ChannelId\"],\"createOnlyProperties\":[\"/properties/TeamId\",\"/properties/ChannelId\"]}"
  depends_on = [
    module.read_only,
    module.full,
    module.account,
  ]
}

check "channel" {
  assert {
    condition     = length(local.channel_differences) == 0
    error_message = "In AWS, ${join("; ", local.channel_differences)}. Terraform doesn't correct this by itself. Where environments.yaml is deployed, support-app deploy corrects it in place. Anywhere else, terraform apply -replace=ADDRESS removes the configuration for a moment, and recreates it."
  }
}
