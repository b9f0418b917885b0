output "role_arn" {
  description = "ARN of the role to choose for a channel with full access."
  value       = aws_iam_role.full.arn
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.full.name
}

output "policy_arn" {
  description = "ARN of the role's policy."
  value       = local.policy_arn
}

output "capabilities" {
  description = "What people in the channel can do."
  value       = local.capabilities
}

output "channels" {
  description = "The channels, each as WORKSPACE_CHANNEL, the IDs in Slack."
  value       = keys(aws_cloudcontrolapi_resource.channel)

  precondition {
    condition     = length(distinct(concat(var.registered_workspaces, [for channel in values(var.channels) : channel.workspace]))) <= 5
    error_message = "Received ${length(distinct(concat(var.registered_workspaces, [for channel in values(var.channels) : channel.workspace])))} workspaces, expected at most 5, including those of the channels, the AWS limit for an account."
  }
}
