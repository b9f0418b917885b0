locals {
  policy_arn          = var.policy == "aws-managed" ? "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess" : one(aws_iam_policy.read_only[*].arn)
  channels            = { for channel in values(var.channels) : "${channel.workspace}_${channel.channel}" => channel }
  channel_differences = flatten([for resource in values(aws_cloudcontrolapi_resource.channel) : [for name, value in jsondecode(resource.desired_state) : format("%s has %s %s, expected %s", format("the channel #%s (%s)", jsondecode(resource.desired_state).ChannelName, resource.id), name, jsonencode(try(jsondecode(resource.properties)[name], null)), jsonencode(value)) if can(keys(jsondecode(resource.properties))) && try(jsondecode(resource.properties)[name], false) != value]])
}

data "aws_iam_policy_document" "read_only_trust" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["supportapp.amazonaws.com"]
    }

    dynamic "condition" {
      for_each = var.source_account[*]

      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "read_only" {
  statement {
    effect = "Allow"
    actions = [
      "support:DescribeCases",
      "support:DescribeCommunications",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "read_only" {
  name                 = var.role_name
  path                 = var.path
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.read_only_trust.json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  depends_on           = [aws_iam_policy.read_only]

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = var.policy != "aws-managed" || (var.policy_name == "AWSSupportAppReadOnlyRolePolicy" && var.policy_description == null)
      error_message = "Received policy = \"aws-managed\" with policy_name or policy_description, expected neither: AWS's managed policy has its own name and description. Set policy to customer-managed."
    }
  }
}

resource "aws_iam_policy" "read_only" {
  count       = var.policy == "customer-managed" ? 1 : 0
  name        = var.policy_name
  path        = var.path
  description = var.policy_description
  policy      = data.aws_iam_policy_document.read_only.json
  tags        = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy_attachment" "read_only" {
  policy_arn = local.policy_arn
  role       = aws_iam_role.read_only.name

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy_attachments_exclusive" "read_only" {
  policy_arns = [local.policy_arn]
  role_name   = aws_iam_role_policy_attachment.read_only.role

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policies_exclusive" "read_only" {
  policy_names = []
  role_name    = aws_iam_role_policy_attachments_exclusive.read_only.role_name

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudcontrolapi_resource" "channel" {
  for_each      = local.channels
  type_name     = "AWS::SupportApp::SlackChannelConfiguration"
  desired_state = jsonencode({ "TeamId" = each.value.workspace, "ChannelId" = each.value.channel, "ChannelName" = tostring(each.value.name), "ChannelRoleArn" = aws_iam_role.read_only.arn, "NotifyOnCaseSeverity" = try(each.value.notify.severity, "none"), "NotifyOnCreateOrReopenCase" = try(contains(each.value.notify.events, "case-created"), false), "NotifyOnAddCorrespondenceToCase" = try(contains(each.value.notify.events, "reply-added"), false), "NotifyOnResolveCase" = try(contains(each.value.notify.events, "case-resolved"), false) })
  schema        = "{\"description\":\"AWS::SupportApp::SlackChannelConfiguration\",\"additionalProperties\":false,\"typeName\":\"AWS::SupportApp::SlackChannelConfiguration\",\"properties\":{\"TeamId\":{\"type\":\"string\"},\"ChannelId\":{\"type\":\"string\"},\"ChannelName\":{\"type\":\"string\"},\"NotifyOnCreateOrReopenCase\":{\"type\":\"boolean\"},\"NotifyOnAddCorrespondenceToCase\":{\"type\":\"boolean\"},\"NotifyOnResolveCase\":{\"type\":\"boolean\"},\"NotifyOnCaseSeverity\":{\"type\":\"string\"},\"ChannelRoleArn\":{\"type\":\"string\"}},\"required\":[\"TeamId\",\"ChannelId\",\"NotifyOnCaseSeverity\",\"ChannelRoleArn\"],\"primaryIdentifier\":[\"/properties/TeamId\",\"/properties/ChannelId\"],\"createOnlyProperties\":[\"/properties/TeamId\",\"/properties/ChannelId\"]}"
  depends_on = [
    aws_iam_role_policy_attachment.read_only,
    aws_iam_role_policy_attachments_exclusive.read_only,
    aws_iam_role_policies_exclusive.read_only,
    var.registered_workspaces,
  ]
}

check "channel" {
  assert {
    condition     = length(local.channel_differences) == 0
    error_message = "In AWS, ${join("; ", local.channel_differences)}. Terraform doesn't correct this by itself. Where environments.yaml is deployed, support-app deploy corrects it in place. Anywhere else, terraform apply -replace=ADDRESS removes the configuration for a moment, and recreates it."
  }
}
