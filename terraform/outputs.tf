output "read_only_role_arn" {
  description = "ARN of the role of channels with read-only access. Null: there is none."
  value       = local.role_arns.read_only
}

output "read_only_capabilities" {
  description = "What people in channels with read-only access can do."
  value       = one(module.read_only[*].capabilities)
}

output "full_role_arn" {
  description = "ARN of the role of channels with full access. Null: there is none."
  value       = local.role_arns.full
}

output "full_capabilities" {
  description = "What people in channels with full access can do."
  value       = one(module.full[*].capabilities)
}

output "channels" {
  description = "The channels, each as WORKSPACE_CHANNEL, the IDs in Slack."
  value       = keys(aws_cloudcontrolapi_resource.channel)

  precondition {
    condition     = length(local.channels) == length(local.all_channels)
    error_message = "Received ${join(", ", [for key, channels in local.channels_by_id : key if length(channels) > 1])} more than once in read_only and full, expected each channel once, since it has one role."
  }

  precondition {
    condition     = length(local.all_channels) <= 20
    error_message = "Received ${length(local.all_channels)} channels in read_only and full, expected at most 20, the AWS limit for an account."
  }

  precondition {
    condition     = length(distinct(concat(var.slack_workspaces, [for channel in local.all_channels : channel.workspace]))) <= 5
    error_message = "Received ${length(distinct(concat(var.slack_workspaces, [for channel in local.all_channels : channel.workspace])))} workspaces, expected at most 5, including those of the channels, the AWS limit for an account."
  }

  precondition {
    condition     = try(lower(coalesce(lookup(var.read_only, "role_name", null), "AWSSupportAppReadOnlyRole")) != lower(coalesce(lookup(var.full, "role_name", null), "AWSSupportAppFullRole")), true)
    error_message = "Received role_name = ${jsonencode(try(coalesce(lookup(var.full, "role_name", null), "AWSSupportAppFullRole"), null))} in read_only and full, expected names that differ in more than case, which IAM ignores."
  }

  precondition {
    condition     = try(lower(coalesce(lookup(var.read_only, "policy_name", null), "AWSSupportAppReadOnlyRolePolicy")) != lower(coalesce(lookup(var.full, "policy_name", null), "AWSSupportAppFullRolePolicy")), true)
    error_message = "Received policy_name = ${jsonencode(try(coalesce(lookup(var.full, "policy_name", null), "AWSSupportAppFullRolePolicy"), null))} in read_only and full, expected names that differ in more than case, which IAM ignores."
  }
}
