locals {
  actions = {
    "view-cases" = [
      "support:DescribeCases",
      "support:DescribeCommunications",
    ]
    "create-cases" = [
      "support:CreateCase",
      "support:DescribeSeverityLevels",
    ]
    "reply-to-cases" = ["support:AddCommunicationToCase"]
    "attach-files"   = ["support:AddAttachmentsToSet"]
    "resolve-cases"  = ["support:ResolveCase"]
    "live-chat"      = ["support:InitiateChatForCase"]
    "request-quota-increases" = [
      "servicequotas:GetRequestedServiceQuotaChange",
      "servicequotas:GetServiceQuota",
      "servicequotas:RequestServiceQuotaIncrease",
    ]
  }
  policy_arn = var.policy == "aws-managed" ? "arn:aws:iam::aws:policy/AWSSupportAppFullAccess" : one(aws_iam_policy.full[*].arn)
  channels   = { for channel in values(var.channels) : "${channel.workspace}_${channel.channel}" => channel }
  capabilities = compact([
    "view-cases",
    var.create_cases ? "create-cases" : "",
    var.reply_to_cases ? "reply-to-cases" : "",
    var.attach_files ? "attach-files" : "",
    var.resolve_cases ? "resolve-cases" : "",
    var.live_chat ? "live-chat" : "",
    var.request_quota_increases ? "request-quota-increases" : "",
  ])
  channel_differences = flatten([for resource in values(aws_cloudcontrolapi_resource.channel) : [for name, value in jsondecode(resource.desired_state) : format("%s has %s %s, expected %s", format("the channel #%s (%s)", jsondecode(resource.desired_state).ChannelName, resource.id), name, jsonencode(try(jsondecode(resource.properties)[name], null)), jsonencode(value)) if can(keys(jsondecode(resource.properties))) && try(jsondecode(resource.properties)[name], false) != value]])
}

data "aws_iam_policy_document" "full_trust" {
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

data "aws_iam_policy_document" "full" {
  statement {
    effect    = "Allow"
    actions   = flatten([for capability in local.capabilities : local.actions[capability]])
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.request_quota_increases && var.service_quotas_role == "on-demand" ? ["on-demand"] : []

    content {
      effect    = "Allow"
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]

      condition {
        test     = "StringEquals"
        variable = "iam:AWSServiceName"
        values   = ["servicequotas.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role" "full" {
  name                 = var.role_name
  path                 = var.path
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.full_trust.json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  depends_on           = [aws_iam_policy.full]

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = var.policy != "aws-managed" || (var.create_cases && var.reply_to_cases && var.attach_files && var.resolve_cases && var.live_chat && var.request_quota_increases && var.service_quotas_role == "on-demand")
      error_message = "Received policy = \"aws-managed\" with a capability that is left out, or a service_quotas_role other than on-demand, expected nothing to leave out: AWS's managed policy can't be narrowed. Set policy to customer-managed."
    }

    precondition {
      condition     = var.policy != "aws-managed" || (var.policy_name == "AWSSupportAppFullRolePolicy" && var.policy_description == null)
      error_message = "Received policy = \"aws-managed\" with policy_name or policy_description, expected neither: AWS's managed policy has its own name and description. Set policy to customer-managed."
    }
  }
}

resource "aws_iam_policy" "full" {
  count       = var.policy == "customer-managed" ? 1 : 0
  name        = var.policy_name
  path        = var.path
  description = var.policy_description
  policy      = data.aws_iam_policy_document.full.json
  tags        = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy_attachment" "full" {
  policy_arn = local.policy_arn
  role       = aws_iam_role.full.name

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy_attachments_exclusive" "full" {
  policy_arns = [local.policy_arn]
  role_name   = aws_iam_role_policy_attachment.full.role

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policies_exclusive" "full" {
  policy_names = []
  role_name    = aws_iam_role_policy_attachments_exclusive.full.role_name

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_service_linked_role" "service_quotas" {
  count            = var.service_quotas_role == "create" ? 1 : 0
  aws_service_name = "servicequotas.amazonaws.com"
  tags             = var.tags

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [description]

    precondition {
      condition     = var.request_quota_increases
      error_message = "Received service_quotas_role = \"create\" without request_quota_increases, expected both or neither: without it, nobody needs the Service Quotas role. Set service_quotas_role to existing."
    }
  }
}

resource "aws_cloudcontrolapi_resource" "channel" {
  for_each      = local.channels
  type_name     = "AWS::SupportApp::SlackChannelConfiguration"
  desired_state = jsonencode({ "TeamId" = each.value.workspace, "ChannelId" = each.value.channel, "ChannelName" = tostring(each.value.name), "ChannelRoleArn" = aws_iam_role.full.arn, "NotifyOnCaseSeverity" = try(each.value.notify.severity, "none"), "NotifyOnCreateOrReopenCase" = try(contains(each.value.notify.events, "case-created"), false), "NotifyOnAddCorrespondenceToCase" = try(contains(each.value.notify.events, "reply-added"), false), "NotifyOnResolveCase" = try(contains(each.value.notify.events, "case-resolved"), false) })
  schema        = "{\"description\":\"AWS::SupportApp::SlackChannelConfiguration\",\"additionalProperties\":false,\"typeName\":\"AWS::SupportApp::SlackChannelConfiguration\",\"properties\":{\"TeamId\":{\"type\":\"string\"},\"ChannelId\":{\"type\":\"string\"},\"ChannelName\":{\"type\":\"string\"},\"NotifyOnCreateOrReopenCase\":{\"type\":\"boolean\"},\"NotifyOnAddCorrespondenceToCase\":{\"type\":\"boolean\"},\"NotifyOnResolveCase\":{\"type\":\"boolean\"},\"NotifyOnCaseSeverity\":{\"type\":\"string\"},\"ChannelRoleArn\":{\"type\":\"string\"}},\"required\":[\"TeamId\",\"ChannelId\",\"NotifyOnCaseSeverity\",\"ChannelRoleArn\"],\"primaryIdentifier\":[\"/properties/TeamId\",\"/properties/ChannelId\"],\"createOnlyProperties\":[\"/properties/TeamId\",\"/properties/ChannelId\"]}"
  depends_on = [
    aws_iam_role_policy_attachment.full,
    aws_iam_role_policy_attachments_exclusive.full,
    aws_iam_role_policies_exclusive.full,
    var.registered_workspaces,
  ]
}

check "channel" {
  assert {
    condition     = length(local.channel_differences) == 0
    error_message = "In AWS, ${join("; ", local.channel_differences)}. Terraform doesn't correct this by itself. Where environments.yaml is deployed, support-app deploy corrects it in place. Anywhere else, terraform apply -replace=ADDRESS removes the configuration for a moment, and recreates it."
  }
}
