output "policy_id" {
  description = "ID of the service control policy."
  value       = aws_organizations_policy.policy.id
}

output "json" {
  description = "The policy as JSON, for somebody else to attach."
  value       = data.aws_iam_policy_document.guardrail.minified_json
}
