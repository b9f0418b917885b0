output "slack_workspaces" {
  description = "The workspaces, once they are registered. Pass them to the modules with channels, as registered_workspaces."
  value       = var.slack_workspaces
  depends_on  = [aws_cloudcontrolapi_resource.workspace]
}
