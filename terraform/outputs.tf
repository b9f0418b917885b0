output "role_arn" {
  description = "ARN of the role. A channel that is configured by hand gets this access by choosing it."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "policy_arn" {
  description = "ARN of the role's policy."
  value       = local.policy_arn
}

output "capabilities" {
  description = "What people in the channels can do, including what ends."
  value       = local.capabilities
}

output "channels" {
  description = "The channels, each as WORKSPACE_CHANNEL, the IDs in Slack."
  value       = keys(aws_cloudcontrolapi_resource.channel)

  precondition {
    condition     = length(local.workspaces) <= 5
    error_message = "Received ${length(local.workspaces)} workspaces, expected at most 5, including those of the channels, the AWS limit for an account."
  }
}
