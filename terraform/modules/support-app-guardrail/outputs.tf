output "policy_id" {
  description = "ID of the service control policy."
  value       = aws_organizations_policy.this.id
}

output "json" {
  description = "The policy as JSON, for somebody else to attach."
  value       = data.aws_iam_policy_document.this.minified_json
}
