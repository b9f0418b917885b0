resource "aws_cloudcontrolapi_resource" "channel" {
  for_each = { for channel in values(var.channels) : "${channel.workspace}_${channel.channel}" => channel }

  type_name = "AWS::SupportApp::SlackChannelConfiguration"
  desired_state = jsonencode({
    TeamId                          = each.value.workspace
    ChannelId                       = each.value.channel
    ChannelName                     = each.value.name
    ChannelRoleArn                  = aws_iam_role.this.arn
    NotifyOnCaseSeverity            = try(each.value.notify.severity, "none")
    NotifyOnCreateOrReopenCase      = try(contains(each.value.notify.events, "case-created"), false)
    NotifyOnAddCorrespondenceToCase = try(contains(each.value.notify.events, "reply-added"), false)
    NotifyOnResolveCase             = try(contains(each.value.notify.events, "case-resolved"), false)
  })

  # With it, a plan checks the values without asking AWS for the schema.
  schema = jsonencode({
    typeName             = "AWS::SupportApp::SlackChannelConfiguration"
    description          = "AWS::SupportApp::SlackChannelConfiguration"
    additionalProperties = false
    properties = {
      TeamId                          = { type = "string" }
      ChannelId                       = { type = "string" }
      ChannelName                     = { type = "string" }
      ChannelRoleArn                  = { type = "string" }
      NotifyOnCaseSeverity            = { type = "string" }
      NotifyOnCreateOrReopenCase      = { type = "boolean" }
      NotifyOnAddCorrespondenceToCase = { type = "boolean" }
      NotifyOnResolveCase             = { type = "boolean" }
    }
    required             = ["TeamId", "ChannelId", "NotifyOnCaseSeverity", "ChannelRoleArn"]
    primaryIdentifier    = ["/properties/TeamId", "/properties/ChannelId"]
    createOnlyProperties = ["/properties/TeamId", "/properties/ChannelId"]
  })

  depends_on = [
    aws_iam_role_policies_exclusive.this, # and so after the policies
    var.registered_workspaces,
  ]
}

locals {
  workspaces = setunion(var.registered_workspaces, [for channel in values(var.channels) : channel.workspace])

  # AWS may leave out a flag that is off. A mocked resource in `terraform test` has properties that aren't JSON.
  channel_differences = flatten([
    for resource in aws_cloudcontrolapi_resource.channel : [
      for name, value in jsondecode(resource.desired_state) : format(
        "the channel #%s (%s) has %s %s, expected %s",
        jsondecode(resource.desired_state).ChannelName,
        resource.id,
        name,
        jsonencode(try(jsondecode(resource.properties)[name], null)),
        jsonencode(value),
      )
      if can(keys(jsondecode(resource.properties))) && try(jsondecode(resource.properties)[name], false) != value
    ]
  ])
}

# Terraform reads a channel from AWS, but compares only what it wrote itself with what it would write.
check "channel" {
  assert {
    condition     = length(local.channel_differences) == 0
    error_message = "In AWS, ${join("; ", local.channel_differences)}. Terraform doesn't correct this by itself. terraform apply -replace=ADDRESS removes the configuration for a moment, and recreates it."
  }
}
